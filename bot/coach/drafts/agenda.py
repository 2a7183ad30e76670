"""The agenda of the next meeting: worst open point first, a decision at the end (F038)."""

from bot.coach.drafts.facts import DraftFacts, blank, yours


def agenda(facts: DraftFacts) -> str:
    """An agenda to paste into the invitation."""
    booked = facts.next_meeting()
    people = facts.people_of(booked)
    points = [*facts.open_points(), yours("topic"), yours("topic")]
    when = facts.day(booked) if booked else blank("day")
    with_whom = ", ".join(person.name for person in people) or blank("who attends")
    parts = [
        f"{part.minutes} min: {_capital(part.text.format(topic=points[0], next_topic=points[1]))}"
        for part in facts.words.agenda
    ]
    return "\n".join(
        [
            f"{booked.subject if booked and booked.subject else 'Agenda'}, {when}",
            f"With: {with_whom}, {facts.rep}",
            "",
            *(f"{place}. {part}" for place, part in enumerate(parts, start=1)),
            "",
            f"At the end we want to know: {points[0]}.",
        ]
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
