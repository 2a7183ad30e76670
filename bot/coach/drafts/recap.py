"""The recap of a meeting that asks for “Confirmed” (F038; DOMAIN 7, 8.5)."""

from bot.coach.answers.wording import listed
from bot.coach.drafts.facts import DraftFacts, blank, greeting


def recap(facts: DraftFacts) -> str:
    """A mail to one who was there: what they told us, what is planned, what is open, and the ask to confirm."""
    met = facts.last_meeting()
    people = facts.people_of(met)
    reader = facts.main_reader(people)
    when = facts.day(met) if met else blank("day of the meeting")
    said = [f"- “{item.quote.rstrip('.')}”" for item in facts.own_words(reader)]
    others = [person.first_name for person in people if person != reader]
    return "\n".join(
        [
            f"Subject: Recap of {when}",
            "",
            greeting([reader] if reader else []),
            "",
            f"thank you for your time on {when}. So that we work from the same page, this is what I have from you:",
            *(said or [f"- {blank('what was agreed')}"]),
            "",
            "What comes next:",
            *_next(facts),
            *_open(facts),
            "",
            facts.words.confirm,
            *([f"Please pass it on to {listed(others)}."] if others else []),
            "",
            f"Best regards, {facts.rep}",
        ]
    )


def _next(facts: DraftFacts) -> list[str]:
    booked = facts.next_meeting()
    lines = [f"- We meet on {facts.day(booked)}{f': {booked.subject}' if booked.subject else ''}"] if booked else []
    lines += [f"- {line}" for line in facts.plan_lines()[:3]]
    return lines or [f"- {blank('next step, with owner and date')}"]


def _open(facts: DraftFacts) -> list[str]:
    points = facts.open_points()
    return ["", "Still open for me:", *(f"- {point}" for point in points)] if points else []
