"""The Home tab: actions with what is overdue first, deals by urgency with their trend, the team, the sources.

One page of it is shown at a time; buttons carry the page to go to, and what may be seen is decided anew.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.coach.service import HomeDeal, HomeSummary, Suggestion
from bot.memory import ActionItem, Snooze
from bot.pipeline.brief import HealthBucket
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.action_forms import item_words
from bot.slack.views.blocks import (
    Element,
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
from bot.slack.views.escape import mrkdwn, plain
from bot.slack.views.message import Block

MAX_DEALS = 10
MAX_ACTIONS = 8
MAX_TEAM = 15
View = dict[str, object]
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)


@dataclass(frozen=True, slots=True)
class HomePage:
    """Which part is shown: whose deals (None = all one may see) and which ten of them."""

    person_id: str | None = None
    number: int = 0

    @property
    def value(self) -> str:
        """The page as the value of a button."""
        return f"{self.number}:{self.person_id or ''}"

    @classmethod
    def read(cls, value: str) -> "HomePage":
        """The page behind a button; the first one for a value that is not ours."""
        number, _, person_id = value.partition(":")
        return cls(person_id or None, int(number) if number.isdigit() else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContent:
    """Everything one page shows. `before` maps deals to their bucket a week ago; `name` whose page it is."""

    summary: HomeSummary
    suggestions: Sequence[Suggestion] = ()
    actions: Sequence[ActionItem] = ()
    before: Mapping[str, HealthBucket] = field(default_factory=dict)
    snoozed: Mapping[str, Snooze] = field(default_factory=dict)
    page: HomePage = HomePage()
    name: str | None = None
    own_id: str = ""
    today: date


def home_view(content: HomeContent) -> View:
    """Render one page of a known person's Home tab."""
    theirs = content.page.person_id is not None
    return _view(
        *_top(content),
        *_actions(content),
        *_deals(content),
        *([] if theirs else _team(content)),
        *([] if theirs else _prompts(content.suggestions)),
        *_foot(content.summary),
    )


def reason_view(reason: str) -> View:
    """The Home tab of a person the coach cannot help, with the reason."""
    return _view(header("Sales coach"), rich_text(line(words(reason))))


def _top(content: HomeContent) -> list[Block]:
    if content.page.person_id is not None:
        return [actions([_go("← Everybody", HomePage(), 90)]), header(f"{content.name}'s pipeline")]
    settings = button("Digest, quiet hours, snoozes…", ActionId.PREFERENCES.value, "open")
    return [actions([settings])]


def _go(label: str, page: HomePage, number: int) -> Element:
    return button(label, ActionId.HOME_GO.numbered(number), page.value)


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
    title = "Deals, most urgent first" if content.page.person_id else "Your deals, most urgent first"
    if not rows:
        return [header(title), rich_text(line(words("No open deals in the pipeline.")))]
    return [header(title), *rows, *_turn(content.page, len(shown))]


def _page_of(content: HomeContent) -> list[HomeDeal]:
    wanted = content.page.person_id
    deals = [deal for deal in content.summary.deals if wanted is None or deal.owner_id == wanted]
    return sorted(deals, key=lambda deal: deal.ref.id in content.snoozed)  # stable: snoozed ones last


def _turn(page: HomePage, total: int) -> list[Block]:
    """Which part this is, and the way to the others."""
    if total <= MAX_DEALS:
        return []
    first, last = page.number * MAX_DEALS + 1, min(total, (page.number + 1) * MAX_DEALS)
    back = [_go("← Back", HomePage(page.person_id, page.number - 1), 91)] if page.number else []
    on = [_go("More →", HomePage(page.person_id, page.number + 1), 92)] if last < total else []
    return [context(f"{first} to {last} of {total} open deals"), actions([*back, *on])]


def _deal(deal: HomeDeal, number: int, content: HomeContent) -> Block:
    bucket = deal.bucket.value if deal.bucket else "No bucket"
    title = f"{wording.bucket_mark(deal.bucket)} *{mrkdwn(deal.ref.name, 120)}*  ·  {bucket}{_trend(deal, content)}"
    why = mrkdwn(wording.sentence(deal.line), 240)
    if (snooze := content.snoozed.get(deal.ref.id)) is not None:
        why = f"💤 _quiet until {wording.day(snooze.until)}_"
    owner = f"{mrkdwn(deal.ref.owner, 60)} · " if deal.owner_id not in (None, content.own_id) else ""
    look = button("Look", ActionId.CHOOSE_DEAL.numbered(number), deal.ref.id, accessible=f"Look at {deal.ref.name}")
    return section(f"{title}\n{owner}{why}", accessory=look)


def _trend(deal: HomeDeal, content: HomeContent) -> str:
    """Where the deal came from in a week; nothing if it is where it was, or was not rated then."""
    before = content.before.get(deal.ref.id)
    if before is None or deal.bucket is None or before is deal.bucket:
        return ""
    better = _WORST_FIRST.index(deal.bucket) > _WORST_FIRST.index(before)
    return f"  {'↗' if better else '↘'} _{before.value} a week ago_"


def _team(content: HomeContent) -> list[Block]:
    """A manager's people with their deals by bucket, those with most at risk first; one press opens a person."""
    by_owner: dict[str, list[HomeDeal]] = {}
    for deal in content.summary.deals:
        if deal.owner_id is not None:
            by_owner.setdefault(deal.owner_id, []).append(deal)
    if len(by_owner) < 2:
        return []
    ranked = sorted(by_owner.items(), key=lambda item: -_at_risk(item[1]))
    rows = [_member(owner_id, deals, number) for number, (owner_id, deals) in enumerate(ranked[:MAX_TEAM])]
    left_out = len(ranked) - len(rows)
    more = [context(f"{left_out} more people.")] if left_out else []
    return [divider(), header("Your team"), _chart(ranked[:MAX_TEAM]), *rows, *more]


def _at_risk(deals: Sequence[HomeDeal]) -> int:
    return sum(deal.bucket in _WORST_FIRST[:2] for deal in deals)


def _member(owner_id: str, deals: Sequence[HomeDeal], number: int) -> Block:
    counts = Counter(deal.bucket for deal in deals)
    split = "  ".join(f"{wording.bucket_mark(each)} {counts[each]}" for each in _WORST_FIRST if counts[each])
    name = deals[0].ref.owner
    opened = _go("Open", HomePage(owner_id), number)
    noun = "deal" if len(deals) == 1 else "deals"
    return section(f"*{mrkdwn(name, 100)}*  ·  {len(deals)} open {noun}\n{split}", accessory=opened)


def _chart(team: Sequence[tuple[str, Sequence[HomeDeal]]]) -> Block:
    """Deals by bucket and person. The rows below say the same in words, for those who cannot see it."""
    names = _distinct([plain(deals[0].ref.owner, 20) or "–" for _, deals in team])
    series = [
        {
            "name": bucket.value,
            "data": [
                {"label": name, "value": sum(deal.bucket is bucket for deal in deals)}
                for name, (_, deals) in zip(names, team, strict=True)
            ],
        }
        for bucket in _WORST_FIRST
    ]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": names, "y_label": "open deals"}}
    return {"type": "data_visualization", "title": "Open deals by health", "chart": chart}


def _distinct(names: Sequence[str]) -> list[str]:
    """Names cut to twenty characters may fall together; then they are numbered."""
    seen: Counter[str] = Counter()
    shown = []
    for name in names:
        seen[name] += 1
        shown.append(name if seen[name] == 1 else f"{name[:17]} {seen[name]}")
    return shown


def _prompts(suggestions: Sequence[Suggestion]) -> list[Block]:
    if not suggestions:
        return []
    asks = [[words(f"“{suggestion.message}”", limit=160)] for suggestion in suggestions[:4]]
    return [divider(), rich_text(line(words("Ask me in the Messages tab", bold=True)), bullets(asks))]


def _foot(home: HomeSummary) -> list[Block]:
    silent = [f"⚠️  {mrkdwn(text, 200)}" for text in home.sources[:5]]
    more = [f"{len(home.sources) - 5} more sources are silent"] if len(home.sources) > 5 else []
    connected = [] if silent or not home.deals else ["🔌  All mail, calendar and call sources are connected."]
    notes = [*([mrkdwn(home.note, 300)] if home.note else []), *silent, *more, *connected]
    return [divider(), context("\n".join(notes))] if notes else []


def _view(*blocks: Block) -> View:
    return {"type": "home", "blocks": list(blocks)}


WEEK = timedelta(days=7)
"""How far back the trend looks."""
