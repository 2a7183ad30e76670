"""Does a reply line meet the expectation? Hard misses fail a scenario, soft ones are only counted.

The text is always checked; a key of `structured` only if the reply has it. A missing reply is an
empty text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.coach.evaluation.expectation import Expectation, StepCheck, TextCheck
from bot.coach.evaluation.readable_dates import dates_in
from bot.coach.reply import Outcome

CONFIRMED = "confirmed"
_NO_DEAL = frozenset({Outcome.REFUSE, Outcome.NOT_FOUND})  # told apart, they would leak what exists
_STEP_KEYS = ("owner", "due", "text")
_LINK = re.compile(r"<[^<>|\s]*\|([^<>]*)>")
_USER = re.compile(r"<@(\w+)>")
_DECORATION = re.compile(r"[*_~`]")
_SECTION = re.compile(r"§\s?(?=\d)")


@dataclass(frozen=True, slots=True)
class Miss:
    """One failed check: which key of the expectation, and why it matters."""

    check: str
    why: str
    hard: bool


def score(expectation: Expectation, reply: Mapping[str, Any] | None) -> tuple[Miss, ...]:
    """Return every check the reply line fails, hard ones first; empty means all is met."""
    text = plain(str((reply or {}).get("text") or ""))
    structured = _mapping((reply or {}).get("structured"))
    misses = [
        *_text_misses(expectation, text),
        *_outcome_misses(expectation, structured),
        *_bucket_misses(expectation, structured),
        *_element_misses(expectation, structured),
        *_critical_misses(expectation, text),
        *_step_misses(expectation.next_step, structured, text),
        *_citation_misses(expectation.cite_any_of, structured, text),
        *_question_misses(expectation.open_questions_min, text),
    ]
    return tuple(sorted(misses, key=lambda miss: not miss.hard))


def _mapping(value: object) -> Mapping[str, Any]:
    """Return the value, or nothing where a reply holds something else than the format says."""
    return value if isinstance(value, Mapping) else {}


def plain(text: str) -> str:
    """Return the text without Slack's decoration: `<@U1>` as U1, `<url|label>` as its label."""
    return _DECORATION.sub("", _LINK.sub(r"\1", _USER.sub(r"\1", text)))


def _text_misses(expectation: Expectation, text: str) -> Iterator[Miss]:
    for check in expectation.must_match:
        if not _found(check.pattern, text):
            yield Miss("must_match", check.why, check.hard)
    for check in expectation.must_not_match:
        if _found(check.pattern, text):
            yield Miss("must_not_match", f"{check.why} ({_quote(check, text)})", check.hard)


def _quote(check: TextCheck, text: str) -> str:
    found = re.search(check.pattern, text, re.IGNORECASE)
    return f'"{found.group(0)}"' if found else ""


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _outcome_misses(expectation: Expectation, structured: Mapping[str, Any]) -> Iterator[Miss]:
    wanted, given = expectation.outcome, structured.get("outcome")
    if wanted is None or "outcome" not in structured or given == wanted:
        return
    if not {wanted, given} <= _NO_DEAL:
        yield Miss("outcome", f"is {given}, should be {wanted}", hard=True)


def _bucket_misses(expectation: Expectation, structured: Mapping[str, Any]) -> Iterator[Miss]:
    if "health_bucket" not in expectation.model_fields_set or "health_bucket" not in structured:
        return
    wanted, given = expectation.health_bucket, structured["health_bucket"]
    if given != wanted:
        yield Miss("health_bucket", f"is {given or 'null'}, should be {wanted or 'null'}", hard=True)


def _element_misses(expectation: Expectation, structured: Mapping[str, Any]) -> Iterator[Miss]:
    given = _mapping(structured.get("meddppicc"))
    never = dict.fromkeys((*expectation.must_not_confirm, *expectation.critical_gaps))
    for element in never:
        if given.get(element) == CONFIRMED:
            yield Miss("must_not_confirm", f"calls {element} confirmed", hard=True)
    for element, allowed in expectation.meddppicc.items():
        status = given.get(element)
        if status is None or status in allowed or (status == CONFIRMED and element in never):
            continue
        why = f"calls {element} {status}, should be {' or '.join(allowed)}"
        yield Miss("meddppicc", why, hard=status == CONFIRMED)


def _critical_misses(expectation: Expectation, text: str) -> Iterator[Miss]:
    if expectation.critical_gaps and not _found(r"\bcritical", text):
        gaps = ", ".join(expectation.critical_gaps)
        yield Miss("critical_gaps", f"does not call these critical: {gaps}", hard=False)


def _step_misses(check: StepCheck | None, structured: Mapping[str, Any], text: str) -> Iterator[Miss]:
    if check is None:
        return
    good = sum(_is_wanted_step(check, line) for line in _step_lines(structured, text))
    if good < check.min_count:
        first, last = check.due_between
        yield Miss(
            "next_step",
            f"{good} of {check.min_count} steps with an owner ({', '.join(check.owner_any_of)}), a date "
            f"from {first} to {last} and a topic ({' or '.join(check.topic_any_of)}) in one line",
            hard=True,
        )


def _step_lines(structured: Mapping[str, Any], text: str) -> Sequence[str]:
    steps = structured.get("next_steps") or []
    if not steps:
        return text.splitlines()
    return [plain(" ".join(str(_mapping(step).get(key) or "") for key in _STEP_KEYS)) for step in steps]


def _is_wanted_step(check: StepCheck, line: str) -> bool:
    first, last = check.due_between
    return (
        any(_found(rf"\b{re.escape(owner)}\b", line) for owner in check.owner_any_of)
        and any(first <= day <= last for day in dates_in(line))
        and any(_found(topic, line) for topic in check.topic_any_of)
    )


def _citation_misses(wanted: Sequence[str], structured: Mapping[str, Any], text: str) -> Iterator[Miss]:
    if not wanted:
        return
    listed = [_spelled_out(str(key)) for key in structured.get("citations") or []]
    if listed:
        cited = any(key == want or key.startswith(f"{want}#") for key in listed for want in wanted)
    else:
        cited = any(_names_key(_spelled_out(text), want) for want in wanted)
    if not cited:
        yield Miss("cite_any_of", f"cites none of {', '.join(wanted)}", hard=False)


def _spelled_out(text: str) -> str:
    """Read a bare section sign as a section of the book, whose key is 001."""
    return _SECTION.sub("001#", text)


def _names_key(text: str, key: str) -> bool:
    """Say whether `text` names the key itself, and not a longer number or section that holds it."""
    return _found(rf"(?<![\w.,#]){re.escape(key)}(?![\w%]|[.,]\d)", text)


def _question_misses(fewest: int, text: str) -> Iterator[Miss]:
    asked = text.count("?")
    if asked < fewest:
        yield Miss("open_questions_min", f"asks {asked} questions, should ask {fewest}", hard=True)
