"""MEDDPPICC in one line: what is confirmed, what is critical and why, what else is open."""

from bot.coach.qualify.meddppicc import ElementResult, Qualification
from bot.coach.reply import ElementStatus, Severity

_EXPLAINED = 2
_WHY_WORDS = 16
_LISTED = 4
_OPEN = (ElementStatus.STALE, ElementStatus.PARTIAL, ElementStatus.MISSING)


def gap_line(qualification: Qualification) -> str:
    """Confirmed elements first, then critical gaps with the reason for the worst, then the other open ones."""
    critical = qualification.gaps(Severity.CRITICAL)
    confirmed = qualification.with_status(ElementStatus.CONFIRMED)
    parts = [f"confirmed: {_names(confirmed)}"] if confirmed else []
    if critical:
        parts.append("critical: " + ", ".join(_critical(result, place) for place, result in enumerate(critical)))
    for status in _OPEN:
        others = [result for result in qualification.with_status(status) if result not in critical]
        if others:
            everything = status is ElementStatus.MISSING and len(others) > _LISTED
            parts.append(_all(others, alone=not parts) if everything else f"{status.value}: {_names(others)}")
    return f"*MEDDPPICC:* {'; '.join(parts)}."


def _all(missing: list[ElementResult], *, alone: bool) -> str:
    """A long list of missing elements by its number: nobody reads eight names; the typed reply holds them."""
    return f"{'nothing on record for any of the' if alone else 'missing: the other'} {len(missing)}"


def gap_lines(qualification: Qualification) -> list[str]:
    """Every gap by itself, the worst first: what is known, and the question that would close it."""
    return [
        f"• *{gap.element.label}*, {gap.status.value}{', critical' if gap.severity is Severity.CRITICAL else ''}: "
        f"{_sentence(gap.why)} Ask: “{gap.question}”"
        for gap in qualification.gaps()
    ]


def _sentence(why: str) -> str:
    return f"{why.rstrip('.')}."


def _names(results: tuple[ElementResult, ...] | list[ElementResult]) -> str:
    return ", ".join(result.element.label.lower() for result in results)


def _critical(result: ElementResult, place: int) -> str:
    """The element with its reason where evidence says something, while there are few."""
    name = result.element.label.lower()
    if place < _EXPLAINED and result.evidence and len(result.why.split()) <= _WHY_WORDS:
        return f"{name} ({result.status.value}: {result.why})"
    return name if result.status is ElementStatus.MISSING else f"{name} ({result.status.value})"
