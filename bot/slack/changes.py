"""What changed between a card and the press of its button, in words."""

from bot.coach.view import DealView
from bot.pipeline.model import Deal, DealStatus
from bot.slack.cards import Card
from bot.slack.failures import Refused
from bot.slack.views.wording import as_of_words, day, worth


def since_card(card: Card, view: DealView, advice: str | None = None) -> str | None:
    """What is different about the deal now; None if nothing that matters. `advice`: the step being accepted."""
    deal, health, before = view.brief.deal, view.brief.health, card.reply.health
    found = [
        _change("rated", before.bucket if before else None, health.bucket),
        _change("in stage", card.deal.stage, deal.stage),
        _change("to close", day(card.deal.close_date), day(deal.close_date)),
        _change("worth", worth(card.deal.amount, card.deal.currency), worth(deal.amount, deal.currency)),
    ]
    changes = [each for each in found if each]
    if advice is not None and advice not in {f"{step.owner}|{step.text}" for step in view.steps}:
        changes.append("this step is no longer among the advice")
    if not changes:
        return None
    return f"Since that answer ({as_of_words(card.reply.as_of)}) the deal changed: {'; '.join(changes)}."


def closed_words(deal: Deal) -> str:
    """Why nothing more is tracked on a closed deal."""
    how = "won" if deal.status is DealStatus.WON else "lost"
    when = f" on {day(deal.closed_on)}" if deal.closed_on else ""
    return f"{deal.name} was {how}{when}, so there is no step left to track."


def _change(what: str, before: object, after: object) -> str | None:
    return f"{what} {after or 'unknown'}, was {before or 'unknown'}" if before != after else None


def refuse_closed(deal: Deal, because: str = "") -> None:
    """Let pass what is still open. Raises Refused, with `because` after the reason."""
    if not deal.is_open:
        raise Refused(f"{closed_words(deal)} {because}".rstrip())
