"""The command plan of one deal: goal, strategy, message, actions, what is missing, what a manager thought (F072)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.coach.close_plan import LONGEST_PLAN, PlanFinding, lint_plan, parts_of
from bot.coach.consults.rules import ConsultRules
from bot.coach.money import money
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem, ActionStatus
from bot.memory.consults import Consult
from bot.memory.plans import MutualPlan, PlanReview
from bot.memory.service import Memory


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What the bot itself remembers of a deal's plan. `last` is its last consult that ended in a wrap-up."""

    last: Consult | None = None
    actions: Sequence[ActionItem] = ()
    reviews: Sequence[PlanReview] = ()
    mutual: MutualPlan | None = None


Kept = Callable[[str], KeptPlan]


def kept_plan(memory: Memory, deal_id: str) -> KeptPlan:
    """What is kept of a deal's plan."""
    return KeptPlan(
        memory.consults.last_shared(deal_id),
        memory.actions.of_deal(deal_id),
        memory.plans.reviews(deal_id),
        memory.plans.mutual(deal_id),
    )


@dataclass(frozen=True, slots=True)
class PlanAction:
    """One action of the plan. `due` and `proof` None = not written down; `item` None = it stands in the CRM."""

    text: str
    owner: str
    due: date | None
    proof: str | None
    item: ActionItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPlan:
    """The plan as it stands. `fields` are (label, text or None for a blank); `actions` come with the newest first."""

    goal: str
    strategy: str | None
    strategy_by: str | None
    strategy_on: date | None
    fields: tuple[tuple[str, str | None], ...]
    actions: tuple[PlanAction, ...]
    findings: tuple[PlanFinding, ...]
    reviews: tuple[PlanReview, ...]
    length: int
    cap: int = LONGEST_PLAN

    @property
    def parts(self) -> tuple[tuple[str, bool], ...]:
        """What a whole plan has, and whether it is there: strategy, each field, actions that prove something."""
        proven = bool(self.actions) and all(each.due and each.proof for each in self.actions if each.item)
        named = [(label, text is not None) for label, text in self.fields]
        return (("strategy", self.strategy is not None), *named, ("actions with a day and a proof", proven))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not there yet."""
        return tuple(name for name, there in self.parts if not there)


def command_plan(view: DealView, kept: KeptPlan, rules: ConsultRules) -> CommandPlan:
    """Put the plan together from CRM and memory."""
    deal, last = view.brief.deal, kept.last
    fields = tuple((_label(name), deal.command_plan.get(name) or None) for name in rules.command_plan)
    actions = (*_tracked(kept.actions), *_planned(view))
    strategy = last.recap if last else None
    written = [strategy or "", *(text or "" for _, text in fields), *(each.text for each in actions)]
    close = f"by {deal.close_date:%d %b %Y}" if deal.close_date else "no close date"
    return CommandPlan(
        goal=f"Win {deal.name}, {money(deal.amount, deal.currency)}, {close}",
        strategy=strategy,
        strategy_by=last.seller_name if last and strategy else None,
        strategy_on=last.shared_at.date() if last and last.shared_at else None,
        fields=fields,
        actions=actions,
        findings=tuple(lint_plan(deal.close_plan, view.brief.today, deal.close_date, [c.name for c in deal.contacts])),
        reviews=tuple(kept.reviews),
        length=sum(map(len, written)),
    )


def _tracked(items: Sequence[ActionItem]) -> tuple[PlanAction, ...]:
    """Open actions people agreed on, the newest first."""
    still = sorted((item for item in items if item.status is ActionStatus.OPEN), key=lambda item: -item.id)
    return tuple(PlanAction(item.text, item.owner_name, item.due, item.done_when or None, item) for item in still)


def _planned(view: DealView) -> tuple[PlanAction, ...]:
    """The lines of the CRM's close plan, the latest day first."""
    plan = view.brief.deal.close_plan
    parts = [parts_of(line) for line in plan.lines] if plan else []
    found = [PlanAction(text, owner, on, None) for on, owner, text in parts]
    return tuple(sorted(found, key=lambda each: each.due or date.max, reverse=True))


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
