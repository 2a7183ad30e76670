"""`Coach`: the one door for every surface. Access first, then names, then facts, then words (DESIGN, the walk)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.coach.access import Asker, asker_for, is_guest, own_deals, visible_deals
from bot.coach.answers.closed import answer_closed
from bot.coach.answers.consult import answer_consult
from bot.coach.answers.menu import GUESTS_HAVE_NO_PACK, clarify, not_found, plain
from bot.coach.command_plan import Kept, KeptPlan
from bot.coach.consults.coverage import Coverage, coverage
from bot.coach.digest import DEFAULT_CONTENT, ContentRules, Digest, Wishes
from bot.coach.halt import Halt
from bot.coach.hearing import Hear
from bot.coach.home import HomeSummary, Suggestion, home_of, suggestions_of
from bot.coach.many import open_deals
from bot.coach.mornings import Mornings, Wanted
from bot.coach.names import resolve
from bot.coach.news import Before
from bot.coach.playbook import CoachPlaybook
from bot.coach.recall import Recall
from bot.coach.reply import CoachReply
from bot.coach.saved_views import OpenedView, SavedViews, ViewFilter
from bot.coach.standings import Standings
from bot.coach.told import with_notes
from bot.coach.turn import Turn
from bot.coach.understand import understand
from bot.coach.view import DealView, view_deal
from bot.handbook.search import Handbook
from bot.memory.action_items import ActionItem
from bot.memory.consults import ConsultKind
from bot.memory.guests import Grant
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import DealName, Note, User
from bot.pipeline.service import Pipeline
from bot.pipeline.shares import DEFAULT_RULES, AlertRules, ShareHistory
from bot.pipeline.views import UnknownView, View

if TYPE_CHECKING:  # pulls in the whole model path, which an installation without a model never needs
    from bot.coach.deepen import Deepener


def _no_histories(now: datetime) -> Mapping[str, ShareHistory]:  # noqa: ARG001 - the shape of the real one
    return {}


def _nowhere_invited(user_id: str, now: datetime) -> Collection[Grant]:  # noqa: ARG001 - the shape of the real one
    return ()


def _nothing_kept(deal_id: str) -> KeptPlan:  # noqa: ARG001 - the shape of the real one
    return KeptPlan()


def _never_held(deal_ids: Collection[str]) -> Mapping[str, datetime]:  # noqa: ARG001 - the shape of the real one
    return {}


def _nothing_promised(deal_id: str) -> Sequence[ActionItem]:  # noqa: ARG001 - the shape of the real one
    return ()


def _nothing_told(deal_ids: Sequence[str]) -> Mapping[str, Sequence[Note]]:  # noqa: ARG001 - the shape of the real one
    return {}


@dataclass(frozen=True, slots=True)
class Coach:
    """Answers questions about deals and the handbook for one asker at a time.

    `open_pipeline` and `open_handbook` return what is current, so a new import or index is seen without
    a restart. `probabilities` maps stage to 0-1 for the weighted forecast; `share_histories` returns
    everybody's at-risk share with its stored weeks; `deepener` is there when a model is configured, `recall` where
    there is a memory of what models read. `told` returns what people told about deals, `promised` the open actions
    of a deal's last consult, `grants` the deals of consults a person is invited to at an instant, `kept_plan` what is
    remembered of a deal's plan, `last_held` when deals had their last consult. `saved_views` are the views of the
    playbook. `write_refusal` says why a person cannot have a deal changed in the CRM, None if they can; it is None
    itself where nothing is ever written.

    All methods block: call them from a thread. Nothing here writes, but for the accounts of the deepener.
    """

    open_pipeline: Callable[[], Pipeline]
    open_handbook: Callable[[], Handbook | None]
    playbook: CoachPlaybook
    probabilities: Mapping[str, float]
    share_histories: Callable[[datetime], Mapping[str, ShareHistory]] = _no_histories
    alert_rules: AlertRules = DEFAULT_RULES
    deepener: "Deepener | None" = None
    told: Callable[[Sequence[str]], Mapping[str, Sequence[Note]]] = _nothing_told
    promised: Callable[[str], Sequence[ActionItem]] = _nothing_promised
    grants: Callable[[str, datetime], Collection[Grant]] = _nowhere_invited
    kept_plan: Kept = _nothing_kept
    last_held: Callable[[Collection[str]], Mapping[str, datetime]] = _never_held
    saved_views: SavedViews | None = None
    recall: Recall | None = None
    write_refusal: Callable[[Asker, str], str | None] | None = None

    def asker_for_slack(self, slack_user_id: str, email: str | None, now: datetime | None = None) -> Asker | None:
        """The person behind a Slack user, by Slack id, else by e-mail address; None if unknown or inactive.

        `now` is when they ask: invitations to consults hold at an instant, so without it none does.
        """
        pipeline = self.open_pipeline()
        user = pipeline.user_by_slack_id(slack_user_id) or (pipeline.user_by_email(email) if email else None)
        return self._invited(asker_for(user, pipeline.users), now)

    def asker_for_email(self, email: str) -> Asker | None:
        """The person with this e-mail address; None if unknown or inactive."""
        pipeline = self.open_pipeline()
        return asker_for(pipeline.user_by_email(email), pipeline.users)

    def asker_for_user(self, user_id: str, now: datetime | None = None) -> Asker | None:
        """The person with this user id; None if unknown or inactive. `now` as for `asker_for_slack`."""
        pipeline = self.open_pipeline()
        return self._invited(asker_for(pipeline.users.get(user_id), pipeline.users), now)

    def answer(self, asker: Asker, text: str, *, now: datetime, focus: str | None = None) -> CoachReply:
        """Answer one message. `focus` is the deal the conversation is about, used when no deal is named."""
        return Turn(self, asker, text, now, focus).answer()

    def deepen(
        self, asker: Asker, reply: CoachReply, text: str, *, now: datetime, halt: Halt | None = None
    ) -> CoachReply | None:
        """The answer to `text` in better words, checked; None if `reply` stands, as it does without a model.

        Takes seconds, less once `halt` is stopped. A model that is down, slow or wrong raises nothing.
        """
        brief = self._deepened(asker, reply, now)
        if self.deepener is None or brief is None:
            return None
        return self.deepener.deepen(brief, reply, understand(text), asker, now, self.open_handbook(), halt)

    def tell(
        self,
        asker: Asker,
        reply: CoachReply,
        text: str,
        *,
        now: datetime,
        hear: Hear,
        halt: Halt | None = None,
    ) -> None:
        """Say under the answer to `text`, sentence by sentence, what it had no room for, until `halt` is stopped.

        `hear` is called in this thread, with sentences a model worded and code checked. Takes seconds. A model that
        is down, slow or wrong raises nothing; without a model nothing is said.
        """
        brief = self._deepened(asker, reply, now)
        if self.deepener is None or brief is None:
            return
        from bot.coach.llm.client import Behalf

        behalf = Behalf(asker.user.id, brief.deal.id, now, halt or Halt())
        self.deepener.tell(brief, reply, understand(text), behalf, self.open_handbook(), hear)

    def consult(self, asker: Asker, text: str, *, now: datetime, kind: ConsultKind = ConsultKind.FULL) -> CoachReply:
        """The preparation pack for the deal `text` names; the same menu and not-found words as `answer`."""
        pipeline = self.open_pipeline()
        resolution = resolve(text, visible_deals(asker, pipeline))
        if not resolution.deals:
            return clarify(resolution.near, now, near=True) if resolution.near else not_found(now)
        if len(resolution.deals) > 1:
            return clarify(resolution.deals, now)
        if is_guest(asker, resolution.deals[0].id, pipeline):
            return plain(GUESTS_HAVE_NO_PACK, now)
        brief = self.briefs([resolution.deals[0].id], now)[0]
        if not brief.deal.is_open:
            return answer_closed(brief, self.playbook, self.open_handbook())
        return answer_consult(self.view(brief), self.playbook, kind, self.promised(brief.deal.id))

    def digest(
        self,
        user: User,
        *,
        now: datetime,
        yesterday: Mapping[str, HealthBucket],
        quiet_about: Collection[str] = (),
    ) -> Digest:
        """The daily digest for `user` over every open deal they may see but those they want quiet about.

        `yesterday` maps deal to bucket, `quiet_about` holds deal ids.
        """
        before = {deal_id: Before(bucket) for deal_id, bucket in yesterday.items()}
        asked = Wanted(user, before, Wishes(quiet=frozenset(quiet_about)))
        return self.mornings(Standings.read(self.open_pipeline(), now)).digests([asked])[user.id]

    def mornings(self, standings: Standings, rules: ContentRules = DEFAULT_CONTENT) -> Mornings:
        """What builds the digests of many readers from one set of standings."""
        return Mornings(standings, self.playbook, self.told, rules, self.recall)

    def suggestions(self, asker: Asker, *, now: datetime) -> list[Suggestion]:
        """Up to four prompts drawn from the asker's own pipeline, worst deals first."""
        return suggestions_of(self._own_open(asker, now))

    def home(self, asker: Asker, *, now: datetime) -> HomeSummary:
        """What the Home tab shows this person."""
        return home_of(self._own_open(asker, now))

    def views_for(self, asker: Asker) -> tuple[View, ...]:
        """The saved views in this person's menu."""
        return self.saved_views.menu(asker) if self.saved_views else ()

    def open_view(self, asker: Asker, name: str, *, now: datetime, wanted: ViewFilter | None = None) -> OpenedView:
        """A saved view over the deals this person may see. Raises UnknownView naming those there are."""
        if self.saved_views is None:
            raise UnknownView(f"There is no view called “{name}”.")
        return self.saved_views.open(asker, self.open_pipeline(), name, now, wanted)

    def rota(self, asker: Asker, *, now: datetime) -> list[Coverage]:
        """Whose deals should be consulted on, seller by seller."""
        pipeline = self.open_pipeline()
        seen = [deal for deal in visible_deals(asker, pipeline) if asker.may_see_owner(deal.owner_id)]
        rows = pipeline.facet_rows(now, _open_ids(seen))
        held = self.last_held([row["id"] for row in rows])
        return coverage(rows, pipeline.users, held, self.playbook.consult.cadence)

    def view(self, brief: DealBrief) -> DealView:
        """One deal judged. Whoever calls has checked access."""
        if self.recall is not None:
            return self.recall.view(brief, self.open_handbook())
        return view_deal(brief, self.playbook, self.open_handbook())

    def briefs(self, deal_ids: Sequence[str], now: datetime) -> list[DealBrief]:
        """Briefs in the order asked for, with what people told among the notes. Whoever calls has checked access."""
        told = self.told(deal_ids)
        return [with_notes(brief, told.get(brief.deal.id, ())) for brief in self.open_pipeline().briefs(deal_ids, now)]

    def _own_open(self, asker: Asker, now: datetime) -> list[DealBrief]:
        """The open deals that stay this person's when every invitation ends."""
        pipeline = self.open_pipeline()
        return pipeline.briefs(_open_ids(own_deals(asker, pipeline)), now)

    def _deepened(self, asker: Asker, reply: CoachReply, now: datetime) -> DealBrief | None:
        """The deal of an answer a model may go on with: one that is rated, and that the asker still sees."""
        if self.deepener is None or reply.deal is None or not reply.meddppicc:  # a short answer stands as it is
            return None
        if reply.deal.id not in {deal.id for deal in visible_deals(asker, self.open_pipeline())}:
            return None
        return self.briefs([reply.deal.id], now)[0]

    def _invited(self, asker: Asker | None, now: datetime | None) -> Asker | None:
        """The person with the deals of consults they are invited to at `now`."""
        if asker is None or now is None:
            return asker
        return replace(asker, grants=frozenset(self.grants(asker.user.id, now)))


def _open_ids(deals: Sequence[DealName]) -> list[str]:
    return [deal.id for deal in open_deals(deals)]
