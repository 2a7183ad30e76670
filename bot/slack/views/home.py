"""The Home tab: the reader's deals by urgency, where the figures come from, what to ask."""

from bot.coach.service import HomeDeal, HomeSummary, Suggestion
from bot.slack.ids import ActionId
from bot.slack.views import wording
from bot.slack.views.blocks import bullets, button, context, divider, header, line, rich_text, section, words
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block

MAX_DEALS = 10
View = dict[str, object]


def home_view(home: HomeSummary, suggestions: list[Suggestion]) -> View:
    """Render the Home tab of one known person."""
    rows = [_row(deal, number) for number, deal in enumerate(home.deals[:MAX_DEALS])]
    left_out = len(home.deals) - len(rows)
    more = [context(f"{left_out} more open deals; ask me for “my pipeline”.")] if left_out else []
    empty = [] if rows else [rich_text(line(words("You have no open deals in the pipeline.")))]
    return _view(header("Your deals, most urgent first"), *empty, *rows, *more, *_prompts(suggestions), *_foot(home))


def reason_view(reason: str) -> View:
    """The Home tab of a person the coach cannot help, with the reason."""
    return _view(header("Sales coach"), rich_text(line(words(reason))))


def _row(deal: HomeDeal, number: int) -> Block:
    bucket = deal.bucket.value if deal.bucket else "No bucket"
    title = f"{wording.bucket_mark(deal.bucket)} *{mrkdwn(deal.ref.name, 120)}*  ·  {bucket}"
    look = button("Look", ActionId.CHOOSE_DEAL.numbered(number), deal.ref.id, accessible=f"Look at {deal.ref.name}")
    return section(f"{title}\n{mrkdwn(wording.sentence(deal.line), 240)}", accessory=look)


def _prompts(suggestions: list[Suggestion]) -> list[Block]:
    if not suggestions:
        return []
    asks = [[words(f"“{suggestion.message}”", limit=160)] for suggestion in suggestions[:4]]
    return [divider(), rich_text(line(words("Ask me in the Messages tab", bold=True)), bullets(asks))]


def _foot(home: HomeSummary) -> list[Block]:
    notes = [mrkdwn(text, 300) for text in (home.note, *home.sources) if text]
    return [divider(), context("\n".join(notes))] if notes else []


def _view(*blocks: Block) -> View:
    return {"type": "home", "blocks": list(blocks)}
