"""The forms of a consult: start, overview, answer, swap, agree, wrap-up, result of an action."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.coach.consults.questions import Coaching, topic
from bot.coach.consults.rules import ConsultRules, OverviewField
from bot.coach.dates import plural
from bot.memory import ActionItem, ConsultKind, ConsultQuestion
from bot.slack.ids import CallbackId
from bot.slack.views import wording
from bot.slack.views.action_forms import item_words
from bot.slack.views.blocks import BUTTON_LIMIT, bullets, context, divider, line, rich_text, section, words
from bot.slack.views.consult_panel import PHASE_WORDS
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block
from bot.slack.views.modal import View, choice_input, day_input, form, reading, text_input

DIRECT, HERE = "direct", "here"
FIELD_LIMIT = 1500
ANSWER_LIMIT = 1000
OWN_QUESTION = "own"
_OFFERED = 20
_LISTED = 7


def start_form(
    deal_name: str,
    other: str,
    rules: ConsultRules,
    kind: ConsultKind,
    carried: dict[str, Any],
    *,
    leads: bool,
    channel: str | None,
    why_not_here: str | None,
) -> View:
    """Who is invited to what, and where it takes place. `channel` None = direct messages only."""
    first = other.split()[0]
    parts = [
        [words(f"{minutes} min "), words(PHASE_WORDS[phase].lower())] for phase, minutes in rules.minutes[kind].items()
    ]
    asks = f"{plural(rules.total_minutes(kind), 'minute')} with *{mrkdwn(other, 60)}* on *{mrkdwn(deal_name, 150)}*"
    blocks: list[Block] = [section(asks), rich_text(line(words("In this order", bold=True)), bullets(parts))]
    if leads:
        places = [("In direct messages, each with me", DIRECT)]
        places += [(f"In a thread of #{channel}", HERE)] if channel else []
        blocks.append(choice_input("where", "Where", places, chosen=DIRECT, radio=True))
        safe = "In a channel the others see who talks; what concerns the deal only the two of you see."
        blocks.append(context(mrkdwn(why_not_here, 300) if why_not_here else safe))
    title = "Start a consult" if leads else "Ask for a consult"
    submit = f"Invite {first}" if leads else f"Ask {first}"
    return form(title, blocks, callback=CallbackId.CONSULT_START, submit=submit, carried=carried)


def overview_form(
    deal_name: str, fields: Sequence[OverviewField], values: Mapping[str, str], carried: dict[str, Any], *, fresh: bool
) -> View:
    """The seller's overview sheet; `fresh` = filled in with what is on record, not with what was written."""
    lead = "Filled in with what is on record. Correct it; mark the gaps openly." if fresh else "As it was written."
    inputs = [
        text_input(
            each.key, each.label, value=values.get(each.key), hint=each.hint, longest=FIELD_LIMIT, multiline=True,
            optional=True,
        )
        for each in fields
    ]  # fmt: skip
    blocks = [section(f"*{mrkdwn(deal_name, 150)}*\n{lead}"), *inputs]
    return form("Overview", blocks, callback=CallbackId.CONSULT_OVERVIEW, submit="Send", carried=carried)


def answer_form(
    question: ConsultQuestion, coaching: Coaching | None, carried: dict[str, Any], *, leads: bool, seller: str
) -> View:
    """A question: first the seller's own reading; once that is written, what is on record and what is agreed."""
    first = seller.split()[0]
    asked = section(f"*{mrkdwn(topic(question.about), 60)}*\n{mrkdwn(question.text, 300)}")
    own = f"{first}'s own reading" if leads else "Your own reading"
    reads = text_input(
        "answer", own, value=question.answer, longest=ANSWER_LIMIT, multiline=True,
        hint="What the buyer did, first-hand; “I don't know” is a good answer.",
    )  # fmt: skip
    blocks = [asked, reads]
    if question.answer is None:
        lock = "🔒  What is on record opens after the answer." if leads else "It goes to the two of you."
        blocks.append(context(lock))
    else:
        blocks += [*(_coaching(coaching) if coaching and leads else []), _agreed_input(question)]
    submit = "Write down" if question.answer is None else "Save"
    return form("Question", blocks, callback=CallbackId.CONSULT_ANSWER, submit=submit, carried=carried)


def _agreed_input(question: ConsultQuestion) -> Block:
    return text_input(
        "agreed", "What you agree on", value=question.agreed, longest=ANSWER_LIMIT, multiline=True, optional=True,
        hint="The gap in one sentence, or that there is none. It goes into the wrap-up.",
    )  # fmt: skip


def _coaching(coaching: Coaching) -> list[Block]:
    lines = "\n".join(f"• {mrkdwn(wording.sentence(each), 400)}" for each in coaching.on_record)
    ask_for = [section(f"*To ask for*\n{mrkdwn(coaching.ask_for, 500)}")] if coaching.ask_for else []
    title = mrkdwn(coaching.source.title, 150) if coaching.source else ""
    source = [context(f"📖  {title}: {mrkdwn(coaching.source.quote, 350)}")] if coaching.source else []
    return [divider(), section(f"*On record*\n{lines}"), *ask_for, *source, divider()]


def swap_form(
    questions: Sequence[ConsultQuestion],
    others: Sequence[ConsultQuestion],
    carried: dict[str, Any],
    problem: str | None,
) -> View:
    """Put another question in the place of one: an offered one, or one's own, which has to be open."""
    places = [(f"{number + 1}. {each.text}", str(number)) for number, each in enumerate(questions) if not each.answer]
    offered = [(*_in_two(each.text), question_key(each.text)) for each in others[:_OFFERED]]
    blocks = [
        *([section(f"✋  {mrkdwn(problem, 300)}")] if problem else []),
        choice_input("place", "Instead of", places, chosen=places[0][1]),
        choice_input("offered", "Ask", [(label, key, rest) for label, rest, key in offered], optional=True),
        text_input(
            OWN_QUESTION, "Or your own words", longest=200, optional=True,
            hint="Begin with what, who, how, when or which; leave room for either answer.",
        ),
    ]  # fmt: skip
    return form("Swap a question", blocks, callback=CallbackId.CONSULT_SWAP, submit="Swap", carried=carried)


def question_key(text: str) -> str:
    """Names an offered question, whatever else is offered by the time the form comes back."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _in_two(text: str) -> tuple[str, str]:
    """A long question as the two lines an option has."""
    if len(text) <= BUTTON_LIMIT:
        return text, ""
    head = text[:BUTTON_LIMIT].rsplit(" ", 1)[0]
    return head, text[len(head) :].strip()


def nothing_to_swap_view() -> View:
    """Every question is answered."""
    return reading("Swap a question", [section("Every question has its answer; there is nothing left to swap.")])


def agree_form(items: Sequence[ActionItem], recap: str | None, follow_up_on: date, carried: dict[str, Any]) -> View:
    """The end of the session: the strategy in the seller's words, and the day of the follow-up."""
    shown = [f"📌  {item_words(item).splitlines()[0]}, by *{wording.due(item.due)}*" for item in items[:_LISTED]]
    more = [context(f"{plural(len(items) - _LISTED, 'more action')}.")] if len(items) > _LISTED else []
    blocks = [
        section("\n".join(shown)),
        *more,
        text_input(
            "recap", "The strategy in two sentences", value=recap, longest=600, multiline=True,
            hint="In the seller's words: how this deal is won.",
        ),
        day_input("follow_up", "Follow-up on", value=follow_up_on, hint="Each action: done, moved or dropped."),
    ]  # fmt: skip
    return form("Agree the plan", blocks, callback=CallbackId.CONSULT_AGREE, submit="Agree", carried=carried)


def wrap_up_form(wrap_up: Sequence[Block], readers: Sequence[str], carried: dict[str, Any]) -> View:
    """What will be sent to whom, as it will look, before it is."""
    to = " and ".join(f"*{mrkdwn(name, 60)}*" for name in readers)
    foot = context("Writing it into the CRM is a click of its own, afterwards.")
    blocks = [section(f"This goes to {to}, by direct message."), divider(), *wrap_up, foot]
    return form("Send the wrap-up", blocks, callback=CallbackId.CONSULT_WRAP_UP, submit="Send", carried=carried)


def result_form(item: ActionItem, verb: str, today: date, carried: dict[str, Any]) -> View:
    """What became of an action: the evidence that it is done, the new day, or why it is dropped."""
    shown = section(item_words(item))
    if verb == "moved":
        moved = [context(f"Moved {plural(item.moves, 'time')} already.")] if item.moves else []
        day = day_input("due", "New day", value=max(item.due, today))
        blocks = [shown, *moved, day, text_input("note", "Why", longest=500)]
        return form("Moved", blocks, callback=CallbackId.CONSULT_RESULT, submit="Move", carried=carried)
    done = verb == "done"
    label = "What shows it? What did the buyer do?" if done else "Why is it dropped?"
    blocks = [shown, text_input("note", label, longest=500, multiline=True)]
    title, submit = ("Done", "Mark done") if done else ("Dropped", "Drop it")
    return form(title, blocks, callback=CallbackId.CONSULT_RESULT, submit=submit, carried=carried)
