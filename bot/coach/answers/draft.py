"""A draft as an answer: the text to copy, and which blanks are left to fill."""

import re
from collections.abc import Callable

from bot.coach.answers.wording import deal_ref, listed
from bot.coach.drafts.agenda import agenda
from bot.coach.drafts.facts import DraftFacts
from bot.coach.drafts.follow_up import follow_up
from bot.coach.drafts.playbook import DraftPlaybook
from bot.coach.drafts.recap import recap
from bot.coach.drafts.summary import executive_summary
from bot.coach.reply import CoachReply, Outcome, Section
from bot.coach.sheets import Sheet
from bot.coach.view import DealView

DRAFTS: dict[Sheet, Callable[[DraftFacts], str]] = {
    Sheet.RECAP: recap,
    Sheet.AGENDA: agenda,
    Sheet.FOLLOW_UP: follow_up,
    Sheet.SUMMARY: executive_summary,
}
_BLANK = re.compile(r"\[(?:fill in: ([^\]\n]+)|([^\]\n]+): not recorded)\]")


def answer_draft(view: DealView, sheet: Sheet, playbook: DraftPlaybook) -> CoachReply:
    """One of `DRAFTS` for a judged deal. Nothing is sent: a person copies it."""
    draft = DRAFTS[sheet](DraftFacts(view, playbook)).strip()
    headline = f"{view.brief.deal.name}: {sheet.value} to copy"
    blanks = list(dict.fromkeys(yours or missing for yours, missing in _BLANK.findall(draft)))
    left = f"Fill in before you send it: {listed(blanks)}." if blanks else "Read it once more before you send it."
    lead = f"*{headline}.* Only recorded facts; I send nothing. {left}"
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text=f"{lead}\n\n{draft}",
        deal=deal_ref(view.brief.deal),
        sections=(Section(title="Draft", lines=tuple(draft.splitlines())),),
        draft=draft,
    )
