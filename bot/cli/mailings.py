"""`coach digest` and `coach deliveries`: what would be sent to whom, and what became of what was sent."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli import app
from bot.cli.answers import asker
from bot.cli.context import AsJson, AsOf, fail, instant, open_runtime, print_json, print_message
from bot.cli.desk import print_notes, print_table, print_title
from bot.coach.access import asker_for
from bot.coach.digest import Digest, digest_text
from bot.coach.team_digest import team_text
from bot.jobs.clock import DigestRules
from bot.jobs.digests import KIND, RepDigests, build_for
from bot.jobs.mailing import Round
from bot.jobs.remembered import wanted
from bot.jobs.team_digests import build_team, build_team_for
from bot.memory import DeliveryRow, DeliveryStatus
from bot.memory.accounts import folded
from bot.pipeline.model import User
from bot.pipeline.store import NoSnapshot
from bot.runtime import Runtime

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reader would get: when (in their own zone), whether that is now, and in a line what or why not."""

    reader: str
    role: str
    at: datetime | None
    due_now: bool
    what: str


@app.command()
def digest(
    email: Annotated[str | None, typer.Option("--for", metavar="PERSON", help="Whose digest to preview.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody's, one line each.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show; `coach serve` is what sends.")] = False,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Preview the morning digest of one person, or of everybody; nothing is sent."""
    runtime = open_runtime()
    now = instant(as_of, runtime.settings.timezone)
    if everybody:
        if not dry_run:
            fail("`coach serve` sends the digests; add --dry-run to see what everybody would get")
        _print_plans(_plans(runtime, now), now, as_json=as_json)
        return
    if email is None:
        fail("say whose digest: --for EMAIL, or --all --dry-run")
    person = asker(runtime, email)
    built, team = build_for(runtime, person.user, now), build_team_for(runtime, person, now)
    if as_json:
        print_json(dataclasses.asdict(built) | {"team": team})
        return
    if team is not None:
        print_message(team_text(team))
    if team is None or not built.is_empty:
        print_message(digest_text(built))


def _plans(runtime: Runtime, now: datetime) -> list[Plan]:
    """What everybody would get on the day of `now`."""
    circle = Round(runtime, DigestRules.load(runtime.settings.playbook_dir), now)
    try:
        people = sorted(circle.users.values(), key=lambda user: user.name)
    except NoSnapshot as error:
        fail(str(error))
    readers = [person for person in people if person.role in circle.rules.readers]
    digests = circle.mornings.digests(wanted(circle, KIND, readers))
    return [_plan(circle, reader, _gets(circle, reader, digests[reader.id])) for reader in readers]


def _gets(circle: Round, reader: User, built: Digest) -> str:
    """The headlines of what a reader gets; who leads people gets their digest, and the own one if it says something."""
    asker = asker_for(reader, circle.users) if circle.leads(reader) else None
    if asker is None:
        return built.headline
    team = f"team: {build_team(circle, asker).headline}"
    return team if built.is_empty else f"{team}; own: {built.headline}"


def _plan(circle: Round, reader: User, headline: str) -> Plan:
    zone, wishes, day = circle.zone_of(reader), circle.wishes_of(reader), circle.today_of(reader)
    slot = RepDigests().slot(circle, reader, day)
    if slot is None:
        return Plan(reader.name, reader.role.value, None, False, f"nothing: {_why_not(circle, reader, day)}")
    due = slot.is_open(circle.now, zone, wishes)
    return Plan(reader.name, reader.role.value, slot.opens.astimezone(ZoneInfo(zone)), due, headline)


def _why_not(circle: Round, reader: User, day: date) -> str:
    if not reader.active:
        return "deactivated"
    if not reader.slack_user_id:
        return _no_account(circle, reader)
    if not circle.wishes_of(reader).digest_on:
        return "switched off on the Home tab"
    return "a day off" if not circle.rules.is_working_day(day, circle.zone_of(reader)) else "no digest for this role"


def _no_account(circle: Round, reader: User) -> str:
    """Why there is nobody to write to: what Slack said about the address, where none is recorded."""
    if not reader.email:
        return "no Slack account and no e-mail address is recorded"
    answer = circle.accounts.get(folded(reader.email))
    if answer is None:
        return "Slack was not asked for the account yet; `coach serve` does that"
    if answer.account_id:
        return f"the account Slack knows under {reader.email} is recorded for somebody else"
    return f"Slack has no member to write to under {reader.email} ({str(answer.refusal).replace('_', ' ')})"


def _print_plans(plans: Sequence[Plan], now: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json(plans)
        return
    due = sum(plan.due_now for plan in plans)
    print_title(f"{len(plans)} readers, {due} due now", f"as of {now:%Y-%m-%d %H:%M %Z}; nothing is sent")
    rows = [(plan.reader, plan.role, f"{plan.at:%a %H:%M %Z}" if plan.at else None, plan.what) for plan in plans]
    print_table(("reader", "role", "at", "what"), rows)


@app.command()
def deliveries(
    status: Annotated[
        DeliveryStatus | None, typer.Option("--status", help="Only these: sent, skipped, failed, dead or claimed.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only these: digest, team digest, alert ...")] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="How far back.")] = 7,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """What was sent, skipped or failed in the last days, and why."""
    runtime = open_runtime()
    now = instant(as_of, runtime.settings.timezone)
    rows = [
        row
        for row in runtime.memory.deliveries(status)
        if row.day > (now - timedelta(days=days)).date() and kind in (None, row.kind)
    ]
    if as_json:
        print_json(rows)
        return
    print_title(f"{len(rows)} messages in {days} days")
    print_table(("kind", "day", "status", "#messages", "reasons"), _summary(rows))
    troubles = [row for row in rows if row.status not in (DeliveryStatus.SENT, DeliveryStatus.SKIPPED)]
    if troubles:
        print_title("Not delivered")
        shown = [(row.kind, row.day, row.reader_id, row.status, row.attempts, row.reason) for row in troubles[:_SHOWN]]
        print_table(("kind", "day", "reader", "status", "#attempts", "reason"), shown)
    gone = runtime.memory.mailings.out_of_reach().values()
    print_notes(f"{each.reader_id} is out of reach ({each.reason}) since {each.since:%Y-%m-%d}" for each in gone)


def _summary(rows: Iterable[DeliveryRow]) -> list[tuple[str, date, str, int, str]]:
    counts: Counter[tuple[str, date, str]] = Counter()
    reasons: dict[tuple[str, date, str], Counter[str]] = {}
    for row in rows:
        key = (row.kind, row.day, row.status.value)
        counts[key] += 1
        if row.reason and row.status is not DeliveryStatus.SENT:
            reasons.setdefault(key, Counter())[row.reason] += 1
    return [
        (*key, count, ", ".join(f"{reason} ({times})" for reason, times in reasons.get(key, Counter()).most_common(3)))
        for key, count in counts.items()
    ]
