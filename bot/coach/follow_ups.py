"""Which actions come back to be asked about, which are too vague to check, which close plans grow old (DOMAIN 6.3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.actions import ActionDraft, ConcretenessRules, judge_action, rewrites
from bot.coach.dates import plural
from bot.coach.news import Row
from bot.memory.action_items import ActionItem
from bot.memory.follow_ups import Ask, PlanReminder


class FollowUpRules(BaseModel):
    """`follow_ups` of `digest.yaml`. The defaults are the shipped numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask_again_days: int = Field(default=7, ge=1, le=30)
    most: int = Field(default=6, ge=1, le=12)
    plan_days: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = (7, 8, 14)


@dataclass(frozen=True, slots=True)
class Question:
    """An action to ask about. `lacks` says what makes it too vague to check; `better` are two ways to say it."""

    item: ActionItem
    lacks: tuple[str, ...] = ()
    better: tuple[ActionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class OldPlan:
    """A close plan that reached an age people are told of."""

    deal_id: str
    deal_name: str
    reminder: PlanReminder
    words: str


def to_ask(
    due: Iterable[tuple[ActionItem, Ask | None]], concreteness: ConcretenessRules, rules: FollowUpRules, today: date
) -> list[Question]:
    """The actions due by today that were not asked about for this day, or not for as long as the rules say."""
    again = timedelta(days=rules.ask_again_days)
    fresh = [
        item
        for item, ask in due
        if item.due <= today and (ask is None or ask.due != item.due or today - ask.asked_on >= again)
    ]
    return [_question(item, concreteness, today) for item in fresh]


def _question(item: ActionItem, rules: ConcretenessRules, today: date) -> Question:
    judged = judge_action(_draft(item, today), rules, today)
    if judged.accepted:
        return Question(item)
    return Question(item, judged.missing, better_wordings(item, rules, today))


def better_wordings(item: ActionItem, rules: ConcretenessRules, today: date) -> tuple[ActionDraft, ...]:
    """Two concrete ways to say an action, with days of their own."""
    draft = _draft(item, today)
    undated = ActionDraft(
        text=draft.text, owner=draft.owner, due=None, done_when=draft.done_when, counterpart=draft.counterpart
    )
    return rewrites(undated, rules, today, item.deal_name.split(" - ")[0])  # most deals are called "account - what"


def _draft(item: ActionItem, today: date) -> ActionDraft:
    """The action as it is judged: that its day has come is no fault of its wording."""
    return ActionDraft(
        text=item.text,
        owner=item.owner_name,
        due=max(item.due, today),
        done_when=item.done_when,
        counterpart=item.counterpart,
    )


def old_plans(rows: Sequence[Row], reminded: Mapping[str, PlanReminder], rules: FollowUpRules) -> Iterator[OldPlan]:
    """The close plans that reached an age not yet told of since they were last refreshed."""
    for row in rows:
        age = row["plan_freshness"]
        reached = [days for days in rules.plan_days if age is not None and age >= days]
        if not reached:
            continue
        refreshed = row["today"] - timedelta(days=age)
        last = reminded.get(row["id"])
        if last is None or last.refreshed_on != refreshed or last.days < reached[-1]:
            yield OldPlan(row["id"], row["name"], PlanReminder(refreshed, reached[-1]), _plan_words(age, rules))


def _plan_words(age: int, rules: FollowUpRules) -> str:
    reminded, flagged, stale = rules.plan_days
    if age >= stale:
        return f"is stale: last refreshed {plural(age, 'day')} ago"
    return (
        f"is {plural(age, 'day')} old, refresh it" if age >= flagged else f"turns {plural(reminded, 'day')} old today"
    )
