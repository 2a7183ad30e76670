"""A person accepts a step of a card: it becomes a tracked action, once, in words somebody can check."""

import asyncio
import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.access import Asker
from bot.coach.actions import ActionDraft, ConcretenessRules, judge_action, rewrites
from bot.coach.view import DealView
from bot.memory import ActionItem, Memory, NewAction
from bot.pipeline.model import User
from bot.slack.cards import Card, advice_name
from bot.slack.changes import refuse_closed, since_card
from bot.slack.delivery import DeliveryFailed, deliver
from bot.slack.failures import Refused
from bot.slack.forms import entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.typed_actions import entered_action
from bot.slack.views.action_forms import ActionForm, action_form
from bot.slack.views.notices import reason_message, tracked_message, tracked_words
from bot.slack.visits import Visit

log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    """Listen to the button, to the rewrites inside the form, and to the form itself."""
    app.action(re.compile(ActionId.ACCEPT_STEP.pattern))(handle_accept)
    app.action(re.compile(ActionId.USE_REWRITE.pattern))(handle_rewrite)
    app.view(CallbackId.TRACK_ACTION.value)(handle_track)


async def handle_accept(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Open the form with the step; a step that is tracked already, or of a closed deal, gets a sentence."""
    await ack()
    key, _, place = action["value"].partition(":")
    card = await visit.card(key)
    step = card.step(int(place))
    view = await _open_deal(visit, card)
    tracked = await asyncio.to_thread(memory.actions.tracked_advice, card.deal.id)
    if (item := tracked.get(advice_name(step))) is not None:
        raise Refused(f"That step is tracked already: {tracked_words(item)} Change it on my Home tab.")
    people = await _people(visit, card)
    owner = next((person for person in people if step.owner in {person.name, person.first_name}), people[0])
    content = ActionForm(
        draft=ActionDraft(
            text=step.text, owner=owner.name, due=max(step.due, view.brief.today), done_when=step.done_when,
            counterpart=step.counterpart,
        ),
        owner_id=owner.id,
        people=people,
        deal_name=card.deal.name,
        notice=since_card(card, view, f"{step.owner}|{step.text}"),
        carried={"card": key, "step": int(place), "url": visit.url},
    )  # fmt: skip
    await visit.open(action_form(content))


async def handle_rewrite(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Put the chosen wording into the form."""
    await ack()
    form = await _Filled.read(visit)
    better = form.rewrites(visit.desk.coach.playbook.concreteness)
    await visit.redraw(action_form(form.content(better[int(action["value"])])))


async def handle_track(ack: AsyncAck, memory: Memory, visit: Visit) -> None:
    """Track the action, or send a vague one back with two ways to say it."""
    asker, form = await visit.identify(), await _Filled.read(visit)
    rules = visit.desk.coach.playbook.concreteness
    judged = judge_action(form.draft, rules, form.today)
    if not judged.accepted:
        content = form.content(form.draft, judged=judged, better=form.rewrites(rules))
        await ack(response_action="update", view=action_form(content))
        return
    item, is_new = await asyncio.to_thread(memory.actions.track, form.new_action(asker), visit.now)
    await ack()
    await _show_tracked(visit, form.card, item)
    if is_new and form.owner.id != asker.user.id:
        await _tell_owner(visit, form.owner, asker, item)


class _Filled:
    """The form as it was filled in, together with its card and the deal as it is now."""

    def __init__(
        self, card: Card, carried: dict[str, Any], entered: dict[str, Any], people: list[User], view: DealView
    ):
        self.card, self.carried, self.today = card, carried, view.brief.today
        self.people = people
        self.draft, self.owner = entered_action(entered, people)

    @classmethod
    async def read(cls, visit: Visit) -> "_Filled":
        """Raises Refused for a card that ran out or a deal that is closed, UnknownDeal for one out of reach."""
        card = await visit.card(visit.carried["card"])
        view, people = await _open_deal(visit, card), await _people(visit, card)
        return cls(card, visit.carried, entries(visit.body["view"]), people, view)

    def rewrites(self, rules: ConcretenessRules) -> tuple[ActionDraft, ActionDraft]:
        """Two ways to say it that one could check."""
        return rewrites(self.draft, rules, self.today, self.card.deal.account)

    def content(self, draft: ActionDraft, **changes: Any) -> ActionForm:
        """The form again with this draft, under a new revision."""
        return ActionForm(
            draft=draft,
            owner_id=self.owner.id,
            people=self.people,
            deal_name=self.card.deal.name,
            carried=self.carried,
            revision=self.carried.get("revision", 0) + 1,
            **changes,
        )

    def new_action(self, asker: Asker) -> NewAction:
        """The action as it will be tracked; one card and step make one action, however often it is sent."""
        number = self.carried["step"]
        assert self.draft.due is not None  # accepted drafts have a day
        return NewAction(
            deal_id=self.card.deal.id,
            deal_name=self.card.deal.name,
            source="advice",
            source_key=f"{self.card.key}:{number}",
            advice=advice_name(self.card.step(number)),
            owner_id=self.owner.id,
            owner_name=self.owner.name,
            counterpart=self.draft.counterpart,
            text=self.draft.text,
            due=self.draft.due,
            done_when=self.draft.done_when or "",
            created_by=asker.user.id,
        )


async def _open_deal(visit: Visit, card: Card) -> DealView:
    """The card's deal as it is now. Raises UnknownDeal, or Refused if it is closed."""
    view = await visit.deal(card.deal.id)
    refuse_closed(view.brief.deal)
    return view


async def _people(visit: Visit, card: Card) -> list[User]:
    """Who may own the action, the deal's owner first."""
    return await asyncio.to_thread(visit.desk.may_own, await visit.identify(), card.deal.id, visit.now)


async def _show_tracked(visit: Visit, card: Card, item: ActionItem) -> None:
    """Mark the step on the card; where the card is gone or too old for that, say it by direct message."""
    if not await visit.replace(await visit.cards.message(card, visit.now)):
        await visit.tell(reason_message(f"Tracked: {tracked_words(item)}"))


async def _tell_owner(visit: Visit, owner: User, asker: Asker, item: ActionItem) -> None:
    """Let the owner know who gave them the action; one who cannot be reached sees it on the Home tab."""
    if not owner.slack_user_id:
        return
    try:
        await deliver(visit.client, owner.slack_user_id, tracked_message(item, asker.user.name))
    except DeliveryFailed as error:
        log.warning("slack.owner_not_told", code=error.code)
