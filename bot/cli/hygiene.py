"""`coach hygiene`: what is wrong with the records, and what mends it (DOMAIN 5.3)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import typer

from bot.cli import app
from bot.cli.context import AsJson, AsOf, fail, print_json
from bot.cli.desk import Desk, Scope, open_desk, percent, print_notes, print_table, print_title
from bot.coach.names import resolve
from bot.pipeline.commitment import load_commitment
from bot.pipeline.hygiene import (
    DealHygiene,
    Duplicate,
    HygieneJudge,
    HygieneRules,
    Severity,
    find_duplicates,
    load_hygiene,
    mean_score,
)
from bot.pipeline.wording import counted

_SHOWN = 3
UNSCORED = "no open deal to score"


@dataclass(frozen=True, slots=True)
class Hygiene:
    """Everything `coach hygiene` found."""

    rules: HygieneRules
    deals: tuple[DealHygiene, ...]
    duplicates: tuple[Duplicate, ...]


@app.command()
def hygiene(
    deal: Annotated[str | None, typer.Argument(help="One deal by id or name, with every finding and its fix.")] = None,
    severity: Annotated[Severity, typer.Option(help="Least severity shown.")] = Severity.LOW,
    email: Scope = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Checks S1-S17 on records: findings, fixes, score, possible duplicates."""
    desk = open_desk(as_of, email)
    found = fetch_hygiene(desk, deal)
    if as_json:
        print_json(_as_json(found))
    elif deal:
        for each in found.deals:
            _print_deal(each)
    else:
        _print_summary(found, desk, severity)


def fetch_hygiene(desk: Desk, deal: str | None = None) -> Hygiene:
    """Check open deals and those that closed lately; whether data is recorded is judged over all of them."""
    playbook = desk.runtime.settings.playbook_dir
    rules, stages = load_hygiene(playbook), desk.runtime.rules.stages
    judge = HygieneJudge(rules, load_commitment(playbook, stages), stages)
    wanted = _wanted(desk, deal)
    rows = desk.pipeline.facet_rows(desk.now, desk.deal_ids, include_closed=True)
    since = desk.today - timedelta(days=rules.limits.look_back_days)
    briefs = desk.pipeline.briefs([row["id"] for row in rows if row["status"] == "open"], desk.now)
    closed = desk.pipeline.briefs([row["id"] for row in rows if row["status"] != "open"], desk.now)
    briefs += [brief for brief in closed if brief.deal.closed_on and brief.deal.closed_on >= since]
    found = judge.check(briefs, desk.pipeline.users)
    kept = tuple(each for each in found if wanted is None or each.deal.id in wanted)
    duplicates = () if deal or rules.checks["S16"].off else find_duplicates(desk.pipeline, desk.now, desk.deal_ids)
    return Hygiene(rules, kept, tuple(duplicates))


def _wanted(desk: Desk, text: str | None) -> set[str] | None:
    if text is None:
        return None
    names = [name for name in desk.pipeline.deal_names(None) if desk.deal_ids is None or name.id in desk.deal_ids]
    found = {name.id for name in names if name.id == text} or {name.id for name in resolve(text, names).deals}
    if not found:
        fail(f"no deal is called {text!r}")
    return found


def _as_json(found: Hygiene) -> dict[str, Any]:
    return {
        "score": mean_score(each.score for each in found.deals),
        "deals": [_deal_json(each) for each in found.deals],
        "duplicates": [
            {"code": "S16", "kind": each.kind, "shared": each.shared, "ids": each.ids, "names": each.names}
            for each in found.duplicates
        ],
    }


def _deal_json(each: DealHygiene) -> dict[str, Any]:
    score = each.score
    return {
        "id": each.deal.id,
        "name": each.deal.name,
        "owner": each.deal.owner.id,
        "status": each.deal.status.value,
        "findings": each.findings,
        "not_checked": each.not_checked,
        "score": score.value if score else None,
        "completeness": score.completeness if score else None,
        "consistency": score.consistency if score else None,
        "recency_days": score.recency_days if score else None,
        "is_stale": score.is_stale if score else None,
    }


def _print_deal(each: DealHygiene) -> None:
    score = each.score
    record = f"record {score.value:.0f}%" if score else f"closed {each.deal.status.value}"
    print_title(each.deal.name, f"{each.deal.owner.name} · {each.deal.stage} · {record}")
    if each.findings:
        rows = [(item.code, item.severity.value, item.sentence, item.fix) for item in each.findings]
        print_table(("check", "severity", "what", "do"), rows)
    print_notes(["nothing to mend"] if not each.findings else [])
    if score and (score.missing or score.broken):
        print_notes([f"score: {', '.join([*(f'no {name}' for name in score.missing), *score.broken])}"])
    print_notes(f"{item.code} not checked: {item.reason}" for item in each.not_checked)


def _print_summary(found: Hygiene, desk: Desk, least: Severity) -> None:
    levels = list(Severity)
    shown = set(levels[: levels.index(least) + 1])
    score = mean_score(each.score for each in found.deals)
    open_deals = sum(each.deal.is_open for each in found.deals)
    headline = f"CRM hygiene: {UNSCORED if score is None else f'{score:.0f}%'}"
    print_title(headline, f"{counted(open_deals, 'open deal')} and what closed lately, {desk.whose}")
    print_table(("check", "severity", "what", "#deals", "such as"), _by_check(found, shown))
    print_table(("rep", "#open", "#score", "#complete", "#consistent", "#stale", "#high findings"), _by_rep(found))
    for duplicate in found.duplicates[:_SHOWN]:
        print_notes([f"S16 {duplicate.sentence}"])
    print_notes(_unchecked(found.deals))
    print_notes(["one deal with its fixes: coach hygiene DEAL"])


def _by_check(found: Hygiene, shown: set[Severity]) -> list[tuple[Any, ...]]:
    """One row a check that found something: the most severe and frequent first."""
    groups: dict[tuple[Severity, str], list[str]] = {}
    for each in found.deals:
        for item in each.findings:
            if item.severity in shown:
                groups.setdefault((item.severity, item.code), []).append(each.deal.name)
    ranked = sorted(groups.items(), key=lambda group: (list(Severity).index(group[0][0]), -len(group[1])))
    return [
        (code, severity.value, found.rules.checks[code].title, len(names), _some(names))
        for (severity, code), names in ranked
    ]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _by_rep(found: Hygiene) -> list[tuple[Any, ...]]:
    groups: dict[str, list[DealHygiene]] = {}
    for each in found.deals:
        if each.score:
            groups.setdefault(each.deal.owner.name, []).append(each)
    return [
        (
            rep,
            len(deals),
            percent((mean_score(each.score for each in deals) or 0) / 100),
            percent(sum(each.score.completeness for each in deals if each.score) / len(deals) / 100),
            percent(sum(each.score.consistency for each in deals if each.score) / len(deals) / 100),
            sum(each.score.is_stale for each in deals if each.score),
            sum(item.severity is Severity.HIGH for each in deals for item in each.findings),
        )
        for rep, deals in sorted(groups.items())
    ]


def _unchecked(deals: Sequence[DealHygiene]) -> list[str]:
    reasons = Counter((item.code, item.reason) for each in deals for item in each.not_checked)
    return [f"{code} not checked on {counted(n, 'deal')}: {reason}" for (code, reason), n in sorted(reasons.items())]
