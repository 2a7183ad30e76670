"""A person accepts a step of a card: it becomes a tracked action, once, in words somebody can check."""

import asyncio
import re
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.actions import ActionDraft, judge_action, rewrites
from bot.coach.desk import Desk
from bot.coach.view import DealView
from bot.memory import ActionItem, Memory, NewAction
from bot.pipeline.model import User
from bot.slack.cards import Card, Cards, advice_name
from bot.slack.changes import closed_words, since_card
from bot.slack.delivery import DeliveryFailed, deliver
from bot.slack.failures import Refused
from bot.slack.forms import entered_date, entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.replacing import replaced
from bot.slack.views.action_forms import ActionForm, action_form
from bot.slack.views.notices import reason_message, tracked_message, tracked_words

log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    """Listen to the button, to the rewrites inside the form, and to the form itself."""
    app.action(re.compile(ActionId.ACCEPT_STEP.pattern))(handle_accept)
    app.action(re.compile(ActionId.USE_REWRITE.pattern))(handle_rewrite)
    app.view(CallbackId.TRACK_ACTION.value)(handle_track)


async def handle_accept(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Open the form with the step; a step that is tracked already, or of a closed deal, gets a sentence."""
    await ack()
    asker = await identify()
    key, _, place = action["value"].partition(":")
    card = await cards.find(key, asker, now)
    step = card.step(int(place))
    view = await _open_deal(desk, asker, card, now)
    tracked = await asyncio.to_thread(memory.actions.tracked_advice, card.deal.id)
    if (item := tracked.get(advice_name(step))) is not None:
        raise Refused(f"That step is tracked already: {tracked_words(item)} Change it on my Home tab.")
    people = await asyncio.to_thread(desk.may_own, asker, card.deal.id, now)
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
        carried={"card": key, "step": int(place), "url": body.get("response_url")},
    )  # fmt: skip
    await open_form(client, body, action_form(content))


async def handle_rewrite(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    now: datetime,
) -> None:
    """Put the chosen wording into the form."""
    await ack()
    asker, view = await identify(), body["view"]
    form = await _Filled.read(view, asker, cards, desk, now)
    better = rewrites(form.draft, desk.coach.playbook.concreteness, form.today, form.card.deal.account)
    content = form.content(better[int(action["value"])])
    await client.views_update(view_id=view["id"], hash=view["hash"], view=action_form(content))


async def handle_track(
    ack: AsyncAck,
    view: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Track the action, or send a vague one back with two ways to say it."""
    asker = await identify()
    form = await _Filled.read(view, asker, cards, desk, now)
    rules = desk.coach.playbook.concreteness
    judged = judge_action(form.draft, rules, form.today)
    if not judged.accepted:
        better = rewrites(form.draft, rules, form.today, form.card.deal.account)
        content = form.content(form.draft, judged=judged, better=better)
        await ack(response_action="update", view=action_form(content))
        return
    item, is_new = await asyncio.to_thread(memory.actions.track, form.new_action(asker), now)
    await ack()
    await _show_tracked(client, body["user"]["id"], form, cards, item, now)
    if is_new and form.owner.id != asker.user.id:
        await _tell_owner(client, form.owner, asker, item)


class _Filled:
    """The form as it was filled in, together with its card and the deal as it is now."""

    def __init__(
        self, card: Card, carried: dict[str, Any], entered: dict[str, Any], people: list[User], view: DealView
    ):
        self.card, self.carried, self.today = card, carried, view.brief.today
        self.people = people
        self.owner = next((person for person in people if person.id == entered.get("owner")), people[0])
        self.draft = ActionDraft(
            text=entered.get("text") or "",
            owner=self.owner.name,
            due=entered_date(entered.get("due")),
            done_when=entered.get("done_when"),
            counterpart=entered.get("counterpart"),
        )

    @classmethod
    async def read(cls, view: dict[str, Any], asker: Asker, cards: Cards, desk: Desk, now: datetime) -> "_Filled":
        """Raises Refused for a card that ran out or a deal that is closed, UnknownDeal for one out of reach."""
        carried = metadata(view)
        card = await cards.find(carried["card"], asker, now)
        deal = await _open_deal(desk, asker, card, now)
        people = await asyncio.to_thread(desk.may_own, asker, card.deal.id, now)
        return cls(card, carried, entries(view), people, deal)

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


async def _open_deal(desk: Desk, asker: Asker, card: Card, now: datetime) -> DealView:
    """The card's deal as it is now. Raises UnknownDeal, or Refused if it is closed."""
    view = await asyncio.to_thread(desk.view, asker, card.deal.id, now)
    if not view.brief.deal.is_open:
        raise Refused(closed_words(view.brief.deal))
    return view


async def _show_tracked(
    client: AsyncWebClient, user_id: str, form: _Filled, cards: Cards, item: ActionItem, now: datetime
) -> None:
    """Mark the step on the card; where the card is gone or too old for that, say it by direct message."""
    message = await cards.message(form.card, now)
    if not await replaced(form.carried.get("url"), message):
        await deliver(client, user_id, reason_message(f"Tracked: {tracked_words(item)}"))


async def _tell_owner(client: AsyncWebClient, owner: User, asker: Asker, item: ActionItem) -> None:
    """Let the owner know who gave them the action; one who cannot be reached sees it on the Home tab."""
    if not owner.slack_user_id:
        return
    try:
        await deliver(client, owner.slack_user_id, tracked_message(item, asker.user.name))
    except DeliveryFailed as error:
        log.warning("slack.owner_not_told", code=error.code)
