"""A follow-up mail with one ask (F038)."""

from bot.coach.drafts.facts import DraftFacts, greeting, yours


def follow_up(facts: DraftFacts) -> str:
    """A mail to whoever wrote last: their mail, the one open point that matters most, one thing to say yes or no to."""
    mail, booked = facts.last_mail(), facts.next_meeting()
    readers = facts.people_of(mail)
    points = facts.open_points()
    waiting = facts.view.brief.facets.unanswered_inbound_days is not None
    return "\n".join(
        [
            f"Subject: {facts.view.brief.deal.name}: one question",
            "",
            greeting(readers),
            "",
            *_opening(facts),
            *([f"{yours('your answer to their mail')}", ""] if waiting else []),
            f"One point would help us both: {points[0] if points else yours('your question')}.",
            (
                f"Can you tell me before we meet on {facts.day(booked)}?"
                if booked
                else f"Could we take 20 minutes on {yours('first slot')} or {yours('second slot')} to settle it?"
            ),
            "",
            f"Best regards, {facts.rep}",
        ]
    )


def _opening(facts: DraftFacts) -> list[str]:
    """The last contact that is on record, whichever came later."""
    mail, met = facts.last_mail(), facts.last_meeting()
    if mail and (met is None or mail.at > met.at):
        return [f"thank you for your mail of {facts.day(mail)}.", ""]
    return [f"thank you for your time on {facts.day(met)}.", ""] if met else []
