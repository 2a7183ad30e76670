"""What the owner's mail, calendar and calls can tell about a deal: unknown is said, and is never zero."""

from collections import defaultdict

from bot.pipeline.brief import DealBrief


def knows_activity(brief: DealBrief) -> bool:
    """Whether the owner's activity is known at all; without it every engagement facet is None."""
    return brief.facets.touches_last_14 is not None


def missing_sources(brief: DealBrief) -> str:
    """The sources that do not feed this deal, those with the same reason together; empty if all do."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for status in brief.sources:
        if not status.connected:
            by_reason[status.detail.removeprefix(f"{status.source} ").partition(";")[0]].append(status.source)
    return "; ".join(_said(names, reason) for reason, names in by_reason.items())


def _said(names: list[str], reason: str) -> str:
    if len(names) == 1:
        return f"{names[0]} {reason}"
    together = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{together} {reason.replace('is ', 'are ', 1)}"
