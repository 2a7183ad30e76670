"""Answers that are not an assessment: which deal, no such deal, help.

"Not found" reads the same for a deal that does not exist and one the asker may not see (DOMAIN 8.2).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.coach.answers.wording import choice, is_closed, listed
from bot.coach.reply import CoachReply, Outcome, Section
from bot.coach.understand import Kind
from bot.pipeline.model import DealName

_MENU = 8

NOT_FOUND = (
    "I can't find a deal by that name among the deals you can see. Check the spelling, pick one from your list in "
    "the Home tab, or ask sales operations if you expect access."
)

COLLEAGUE_UNSEEN = (
    "I show you the deals you own or are on the team of, and to managers those of the people below them. For a "
    "colleague's deals ask that colleague, or sales operations if you expect access."
)

_WELCOME = "You are welcome. Ask for another deal by its name, or “my pipeline”."
GUESTS_HAVE_NO_PACK = (
    "The preparation pack is for the manager who leads the consult. You are invited to it: ask me about the deal by "
    "its name, or open your side of the consult."
)
_SELF = (
    "I am the sales coach: software that reads your CRM, mail and calendar records and your handbook. Code computes "
    "the figures, nobody's message changes what I may show, and I write nothing by myself. Say “help” for what to ask."
)
_BANTER = (
    "I am better with deals than with that. Was an answer wrong or useless? Name the deal and what is wrong, or press "
    "*Contest* under its card. “help” shows what I can do."
)
_OWN_ACTIONS = (
    "Your tracked actions are on the Home tab, overdue ones first: there you say what was done, moved or dropped. A "
    "deal's next step joins them when you press *Accept* under its card."
)
OWN_ACTIVITY = (
    "I count contact deal by deal, not per person and week. Ask “how many mails did I send <deal>?”, “which deals are "
    "untouched?” or “who has gone quiet?”."
)
ONLY_OPEN = "I list open deals only. Name a closed one, and I tell what it showed and what to take from it."

_HELP = (
    "“How is <deal> doing?” for the assessment",
    "“Gaps on <deal>” for MEDDPPICC",
    "“Next step for <deal>”, or one number: “when did they last write?”",
    "“Are we ready to close <deal>?”, “intent card for <deal>”, “gates”, “close week”, “who is missing at <deal>?”",
    "“Mutual action plan for <deal>”, “command plan for <deal>”",
    "“Draft a recap for <deal>”, or an agenda, a follow-up mail, an executive summary",
    "“What changed since Monday on <deal>?”, “trial closes for <deal>”",
    "“My pipeline”, “forecast”, “what should I do today?”",
    "“Which deals slipped?”, “who has gone quiet?”, “what closes in December?”, “what changed this week?”",
    "“My win rate”, “what did we win this quarter?”, “coverage for 500k next quarter”, “where do we lose deals?”",
    "“Prep me for my call with <deal>”, “should I forecast it?”, “what did <person> say?”, “why?”",
    "A handbook question, for example “how do I test a champion?”",
    "`/consult <deal>` for a private preparation pack; “who should I consult this week?” for the rota",
)


def plain(text: str, as_of: datetime) -> CoachReply:
    """One sentence that needs no facts."""
    return CoachReply(outcome=Outcome.ANSWER_HANDBOOK, as_of=as_of, headline=text.split(". ")[0], text=text)


def not_found(as_of: datetime) -> CoachReply:
    """No deal by that name in the asker's view; never a hint at others."""
    return CoachReply(outcome=Outcome.NOT_FOUND, as_of=as_of, headline="No such deal in your view", text=NOT_FOUND)


def colleague_unseen(as_of: datetime) -> CoachReply:
    """A colleague's figures asked for by somebody they are not shown to; nothing is said of the figures."""
    headline = "Not a pipeline I show you"
    return CoachReply(outcome=Outcome.NOT_FOUND, as_of=as_of, headline=headline, text=COLLEAGUE_UNSEEN)


def clarify(deals: Sequence[DealName], as_of: datetime, *, near: bool = False, unnamed: bool = False) -> CoachReply:
    """Ask which of several deals is meant; says nothing about how any of them is doing.

    `near`: the name fits none exactly. `unnamed`: the message named no deal at all.
    """
    shown = deals[:_MENU]
    repeated = {name for name, count in Counter(deal.name for deal in shown).items() if count > 1}
    names = [_menu_name(deal, numbered=deal.name in repeated) for deal in shown]
    more = f" and {len(deals) - _MENU} more; add a word of the name" if len(deals) > _MENU else ""
    question = f"Did you mean {' or '.join(names)}?" if near else f"Which one: {listed(names, 'or')}{more}?"
    lead = "More than one deal matches. "
    if near or unnamed:
        lead = "No deal of yours has exactly that name. " if near else "Say which deal you mean. "
    return CoachReply(
        outcome=Outcome.CLARIFY,
        as_of=as_of,
        headline="Which deal?",
        text=lead + question,
        choices=tuple(choice(deal) for deal in shown),
    )


def _menu_name(deal: DealName, *, numbered: bool) -> str:
    """A deal as a menu names it; its id only where the name alone would not tell it from another."""
    return deal.name + (f" [{deal.id}]" if numbered else "") + (" (closed)" if is_closed(deal) else "")


def small_talk(kind: Kind, as_of: datetime) -> CoachReply | None:
    """The reply to what is about no deal: a greeting, thanks, banter, "who are you?", help, "my actions"; else None."""
    if kind in {Kind.HELP, Kind.GREETING}:
        return help_reply(as_of)
    said = _SMALL_TALK.get(kind)
    return plain(said, as_of) if said else None


_SMALL_TALK = {Kind.THANKS: _WELCOME, Kind.SELF: _SELF, Kind.BANTER: _BANTER, Kind.OWN_ACTIONS: _OWN_ACTIONS}


def help_reply(as_of: datetime) -> CoachReply:
    """What one can ask."""
    return CoachReply(
        outcome=Outcome.ANSWER_HANDBOOK,
        as_of=as_of,
        headline="What you can ask",
        text="\n".join(["*What you can ask*", *(f"• {line}" for line in _HELP)]),
        sections=(Section(title="Ask for example", lines=_HELP),),
    )
