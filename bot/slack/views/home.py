"""The Home tab: actions with what is overdue first, deals by urgency with their trend, the team, the sources.

One page of it is shown at a time; buttons carry the page to go to, and what may be seen is decided anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.coach.consults.coverage import Coverage
from bot.coach.dates import plural
from bot.coach.home import HomeDeal, HomeSummary, Suggestion
from bot.coach.live_sources import SourceLine
from bot.memory import ActionItem, Consult, Snooze
from bot.pipeline.brief import HealthBucket
from bot.pipeline.views import View
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.action_forms import item_words
from bot.slack.views.blocks import (
    actions,
    bullets,
    button,
    context,
    divider,
    header,
    line,
    overflow,
    rich_text,
    section,
    words,
)
from bot.slack.views.charts import bars
from bot.slack.views.consult_lists import consult_rows, turn_row
from bot.slack.views.escape import mrkdwn
from bot.slack.views.home_pages import HomePage, HomeView, go, home_tab
from bot.slack.views.home_team import team_blocks
from bot.slack.views.home_views import plan_select, view_select
from bot.slack.views.message import Block

MAX_DEALS = 10
MAX_ACTIONS = 8
MAX_TURNS = 5
WEEKS_BACK = 5
FEWEST_WEEKS = 3
"""A trend of two points is a sentence, not a picture."""
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)


@dataclass(frozen=True, slots=True)
class HealthWeek:
    """How many deals were in each bucket on one day; those not rated then are not counted."""

    day: date
    counts: Mapping[HealthBucket, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContent:
    """Everything one page shows. `before` maps deals to their bucket a week ago; `name` whose page it is.

    `rota` is whose turn for a consult it is: of everybody in sight, or on somebody's page of that person.
    """

    summary: HomeSummary
    suggestions: Sequence[Suggestion] = ()
    actions: Sequence[ActionItem] = ()
    before: Mapping[str, HealthBucket] = field(default_factory=dict)
    weeks: Sequence[HealthWeek] = ()
    consults: Sequence[Consult] = ()
    rota: Sequence[Coverage] = ()
    views: Sequence[View] = ()
    snoozed: Mapping[str, Snooze] = field(default_factory=dict)
    page: HomePage = field(default_factory=HomePage)
    name: str | None = None
    own_id: str = ""
    today: date
    live: Sequence[SourceLine] = ()


def home_view(content: HomeContent) -> HomeView:
    """Render one page of a known person's Home tab."""
    if content.page.person_id is not None:
        parts = [*_person_top(content), *_actions(content), *_turns(content), *_deals(content)]
    else:
        parts = [
            *_top(content),
            *_actions(content),
            *_consults(content),
            *_deals(content),
            *_trend_chart(content.weeks),
            *team_blocks(content.summary.deals, content.rota, content.today),
            *_prompts(content.suggestions),
        ]
    return home_tab(*parts, *_foot(content.summary, content.live))


def reason_view(reason: str) -> HomeView:
    """The Home tab of a person the coach cannot help, with the reason."""
    return home_tab(header("Sales coach"), rich_text(line(words(reason))))


def _top(content: HomeContent) -> list[Block]:
    settings = button("Digest, quiet hours, snoozes…", ActionId.PREFERENCES.value, "open")
    return [actions([settings, *view_select(content.views), *plan_select(content.summary.deals)])]


def _person_top(content: HomeContent) -> list[Block]:
    return [actions([go("← Everybody", HomePage(), 90)]), header(f"{content.name}'s pipeline")]


def _consults(content: HomeContent) -> list[Block]:
    """Consults the person takes part in, those not followed up first."""
    rows = consult_rows(content.consults, content.own_id, content.today)
    return [header("Your consults"), *rows, divider()] if rows else []


def _turns(content: HomeContent) -> list[Block]:
    """On somebody's page: which of their strategic deals were consulted on, and which are due."""
    for each in content.rota:
        strategic = [turn for turn in each.turns if turn.strategic]
        rows = [turn_row(turn, number, content.today, with_owner=False) for number, turn in enumerate(strategic)]
        title = f"Consults: {each.covered} of {plural(each.strategic, 'strategic deal')} covered"
        return [header(title), *rows[:MAX_TURNS], divider()] if rows else []
    return []


def _actions(content: HomeContent) -> list[Block]:
    """Tracked actions, overdue ones first and marked (DOMAIN 6.3)."""
    if not content.actions:
        return []
    overdue = sum(item.due < content.today for item in content.actions)
    title = "Actions" if content.page.person_id else "Your actions"
    late = f" ({overdue} overdue)" if overdue else ""
    rows = [_action(item, content.today) for item in content.actions[:MAX_ACTIONS]]
    left_out = len(content.actions) - len(rows)
    more = [context(f"{left_out} more, due later.")] if left_out else []
    return [header(f"{title}{late}"), *rows, *more, divider()]


def _action(item: ActionItem, today: date) -> Block:
    days = (today - item.due).days
    late = f"⏰ *{days} {'day' if days == 1 else 'days'} overdue*\n" if days > 0 else ""
    moved = f"  _moved {item.moves}×_" if item.moves else ""
    choices = [(label, f"{verb}:{item.id}:{item.version}") for verb, label in _VERBS]
    return section(
        f"{late}{item_words(item)}{moved}", accessory=overflow(ActionId.ACTION_MENU.numbered(item.id), choices)
    )


_VERBS = (("done", "Done"), ("move", "Move to another day"), ("drop", "Drop"))


def _deals(content: HomeContent) -> list[Block]:
    shown = _page_of(content)
    start = content.page.number * MAX_DEALS
    rows = [_deal(deal, start + number, content) for number, deal in enumerate(shown[start : start + MAX_DEALS])]
    title = f"{_whose(content)}, most urgent first"
    if not rows:
        return [header(title), rich_text(line(words("No open deals in the pipeline.")))]
    return [header(title), *rows, *_turn(content.page, len(shown))]


def _whose(content: HomeContent) -> str:
    if content.page.person_id:
        return "Deals"
    own = all(deal.owner_id == content.own_id for deal in content.summary.deals)
    return "Your deals" if own else "All deals"


def _page_of(content: HomeContent) -> list[HomeDeal]:
    wanted = content.page.person_id
    deals = [deal for deal in content.summary.deals if wanted is None or deal.owner_id == wanted]
    return sorted(deals, key=lambda deal: deal.ref.id in content.snoozed)  # stable: snoozed ones last


def _turn(page: HomePage, total: int) -> list[Block]:
    """Which part this is, and the way to the others."""
    if total <= MAX_DEALS:
        return []
    first, last = page.number * MAX_DEALS + 1, min(total, (page.number + 1) * MAX_DEALS)
    back = [go("← Back", HomePage(page.person_id, page.number - 1), 91)] if page.number else []
    on = [go("More →", HomePage(page.person_id, page.number + 1), 92)] if last < total else []
    return [context(f"{first} to {last} of {total} open deals"), actions([*back, *on])]


def _deal(deal: HomeDeal, number: int, content: HomeContent) -> Block:
    bucket = deal.bucket.value if deal.bucket else "No bucket"
    title = f"{wording.bucket_mark(deal.bucket)} *{mrkdwn(deal.ref.name, 120)}*  ·  {bucket}{_trend(deal, content)}"
    why = mrkdwn(wording.sentence(deal.line), 240)
    if (snooze := content.snoozed.get(deal.ref.id)) is not None:
        why = f"💤 _quiet until {wording.day(snooze.until)}_"
    shown_above = {None, content.own_id, content.page.person_id}
    owner = f"{mrkdwn(deal.ref.owner, 60)} · " if deal.owner_id not in shown_above else ""
    look = button("Look", ActionId.CHOOSE_DEAL.numbered(number), deal.ref.id, accessible=f"Look at {deal.ref.name}")
    return section(f"{title}\n{owner}{why}", accessory=look)


def _trend(deal: HomeDeal, content: HomeContent) -> str:
    """Where the deal came from in a week; nothing if it is where it was, or was not rated then."""
    before = content.before.get(deal.ref.id)
    if before is None or deal.bucket is None or before is deal.bucket:
        return ""
    better = _WORST_FIRST.index(deal.bucket) > _WORST_FIRST.index(before)
    return f"  {'↗' if better else '↘'} _{before.value} a week ago_"


def _trend_chart(weeks: Sequence[HealthWeek]) -> list[Block]:
    """Today's open deals by health, week by week; the arrows beside the deals say the same one by one."""
    if len(weeks) < FEWEST_WEEKS:
        return []
    series = {bucket.value: [week.counts.get(bucket, 0) for week in weeks] for bucket in _WORST_FIRST}
    return [bars("Health week by week", [wording.short_day(week.day) for week in weeks], series, "open deals")]


def _prompts(suggestions: Sequence[Suggestion]) -> list[Block]:
    if not suggestions:
        return []
    asks = [[words(f"“{suggestion.message}”", limit=160)] for suggestion in suggestions[:4]]
    return [divider(), rich_text(line(words("Ask me in the Messages tab", bold=True)), bullets(asks))]


def _foot(home: HomeSummary, live: Sequence[SourceLine]) -> list[Block]:
    """What limits the page: sources of these deals that are silent, and how the live sources stand."""
    silent = [f"⚠️  {mrkdwn(text, 200)}" for text in home.sources[:5]]
    more = [f"{len(home.sources) - 5} more sources are silent"] if len(home.sources) > 5 else []
    connected = [] if silent or not home.deals else ["🔌  All mail, calendar and call sources are connected."]
    standing = [f"{'🔄' if each.is_well else '⚠️'}  {mrkdwn(each.text, 300)}" for each in live]
    notes = [*([mrkdwn(home.note, 300)] if home.note else []), *silent, *more, *connected, *standing]
    return [divider(), context("\n".join(notes))] if notes else []


WEEK = timedelta(days=7)
"""How far back the trend looks."""
