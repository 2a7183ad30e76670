"""A saved view on the Home tab: narrowed by seller, stage and health, ten deals a page, with a chart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.coach.dates import plural
from bot.coach.home import HomeDeal
from bot.coach.saved_views import OpenedView
from bot.pipeline.brief import HealthBucket
from bot.pipeline.views import View
from bot.slack.ids import ActionId
from bot.slack.views.blocks import Element, actions, context, header, option, section
from bot.slack.views.charts import bars
from bot.slack.views.consult_lists import view_row
from bot.slack.views.escape import mrkdwn
from bot.slack.views.home_pages import LONGEST_OPTION, HomePage, HomeView, go, home_tab
from bot.slack.views.message import Block

PAGE = 10
FEWEST_FOR_A_CHART = 4
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)


@dataclass(frozen=True, slots=True)
class ViewPage:
    """One page of one view, and the other views of the person."""

    page: HomePage
    opened: OpenedView
    views: Sequence[View]


def saved_view(content: ViewPage) -> HomeView:
    """Render one page of a saved view."""
    opened, page = content.opened, content.page
    start = page.number * PAGE
    rows = [view_row(row, number) for number, row in enumerate(opened.rows[start : start + PAGE])]
    nothing = section("No deal of yours passes." if opened.total else "No deal of yours is in this view.")
    return home_tab(
        actions([go("← Home", HomePage(), 90), *view_select(content.views)]),
        header(f"{opened.view.title}: {plural(opened.total, 'deal')}"),
        context(mrkdwn(opened.view.about, 300)),
        *_filters(opened, page),
        *_chart(opened),
        *(rows or [nothing]),
        *_turn(page, len(opened.rows)),
    )


def view_select(views: Sequence[View]) -> list[Element]:
    """A menu of saved views; nothing if there are none."""
    choices = [(view.title, HomePage(view=view.name).value, view.about) for view in views[:100]]
    return _select("Open a saved view", choices, 80)


def plan_select(deals: Sequence[HomeDeal]) -> list[Element]:
    """A menu of the deals whose command plan can be opened; nothing if there are none."""
    options = [option(deal.ref.name, deal.ref.id) for deal in deals[:100]]
    if not options:
        return []
    return [
        {
            "type": "static_select",
            "action_id": ActionId.COMMAND_PLAN.value,
            "options": options,
            "placeholder": {"type": "plain_text", "text": "Open a command plan"},
        }
    ]


def _filters(opened: OpenedView, page: HomePage) -> list[Block]:
    """Seller, stage and health; the chosen one is named, and the first choice of each takes it back."""
    owners = [(name, page.narrowed(person_id=owner_id).value, "") for owner_id, name in opened.owners.items()]
    stages = [(stage, page.narrowed(stage=stage).value, "") for stage in opened.stages]
    buckets = [(bucket.value, page.narrowed(bucket=bucket).value, "") for bucket in _WORST_FIRST]
    selects = [
        *(_filter("Every seller", owners, page.narrowed(person_id=None), 81, page) if len(owners) > 1 else []),
        *(_filter("Every stage", stages, page.narrowed(stage=None), 82, page) if len(stages) > 1 else []),
        *(_filter("Any health", buckets, page.narrowed(bucket=None), 83, page) if opened.total > 1 else []),
    ]
    return [actions(selects)] if selects else []


def _filter(
    everything: str, choices: Sequence[tuple[str, str, str]], without: HomePage, number: int, page: HomePage
) -> list[Element]:
    select = _select(everything, [(everything, without.value, ""), *choices], number)
    chosen = HomePage(page.person_id, 0, page.view, page.stage, page.bucket).value
    for element in select:
        element["initial_option"] = next(
            (each for each in element["options"] if each["value"] == chosen), element["options"][0]
        )
    return select


def _select(placeholder: str, choices: Sequence[tuple[str, str, str]], number: int) -> list[Element]:
    """A menu; a choice whose value would not fit is left out rather than cut."""
    options = [option(*each) for each in choices[:100] if len(each[1]) <= LONGEST_OPTION]
    if not options:
        return []
    return [
        {
            "type": "static_select",
            "action_id": ActionId.HOME_GO.numbered(number),
            "placeholder": {"type": "plain_text", "text": placeholder},
            "options": options,
        }
    ]


def _chart(opened: OpenedView) -> list[Block]:
    """The deals shown by health; the dots of the rows say the same one by one."""
    counts = Counter(row.bucket for row in opened.rows if row.bucket)
    if sum(counts.values()) < FEWEST_FOR_A_CHART:
        return []
    names = [bucket.value for bucket in _WORST_FIRST]
    return [bars("By health", names, {"deals": [counts[bucket] for bucket in _WORST_FIRST]}, "deals")]


def _turn(page: HomePage, total: int) -> list[Block]:
    if total <= PAGE:
        return []
    first, last = page.number * PAGE + 1, min(total, (page.number + 1) * PAGE)
    back = [go("← Back", page.turned(-1), 91)] if page.number else []
    on = [go("More →", page.turned(1), 92)] if last < total else []
    return [context(f"{first} to {last} of {total} deals"), actions([*back, *on])]
