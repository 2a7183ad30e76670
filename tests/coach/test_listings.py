"""Questions about which deals: understood as a list, answered from the asker's own deals, unknown never counted."""

from datetime import date

import pytest
from deal_worlds import LIVELY, SAMPLE_NOW, Company

from bot.coach.access import Asker
from bot.coach.filters import Filters
from bot.coach.listings import Listing, ListKind, listing_of
from bot.coach.reply import Outcome
from bot.coach.service import Coach
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import DealType
from bot.pipeline.service import Pipeline

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what should I do today?", ListKind.TODAY),
        ("where do I start", ListKind.TODAY),
        ("which of my deals slipped?", ListKind.SLIPPED),
        ("who has not replied to me for two weeks?", ListKind.SILENT),
        ("any deals that went dark?", ListKind.SILENT),
        ("who do I owe an answer?", ListKind.UNANSWERED),
        ("which mails have I not answered", ListKind.UNANSWERED),
        ("which deals have no next meeting?", ListKind.NO_MEETING),
        ("deals without a meeting booked", ListKind.NO_MEETING),
        ("which deals are untouched?", ListKind.UNTOUCHED),
        ("list deals past their close date", ListKind.PAST_DATE),
        ("show me the biggest deals", ListKind.BIGGEST),
        ("which deals are stuck?", ListKind.STUCK),
        ("what's in my commit?", ListKind.COMMIT),
        ("any new deals?", ListKind.NEW),
    ],
)
def test_a_question_about_many_deals_is_understood(text: str, kind: ListKind) -> None:
    listing = listing_of(text, TODAY)
    assert listing is not None
    assert listing.kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "how do I handle a deal that has gone dark?",
        "what should I do when a champion leaves?",
        "what is a stalled deal?",
        "why do deals slip?",
        "how is my pipeline?",
        "what do I say after weeks without contact?",
        "has the buyer replied?",
    ],
)
def test_a_question_of_principle_is_no_list(text: str) -> None:
    assert listing_of(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("what closes this week?", TODAY, date(2026, 11, 22)),
        ("what closes next week?", date(2026, 11, 23), date(2026, 11, 29)),
        ("which deals close this month?", TODAY, date(2026, 11, 30)),
        ("which deals close next month?", date(2026, 12, 1), date(2026, 12, 31)),
        ("which deals close this quarter?", TODAY, date(2026, 12, 31)),
        ("which deals close next quarter?", date(2027, 1, 1), date(2027, 3, 31)),
        ("which deals close in the next 10 days?", TODAY, date(2026, 11, 28)),
        ("what meetings do I have tomorrow?", date(2026, 11, 19), date(2026, 11, 19)),
    ],
)
def test_the_days_meant_are_calendar_days(text: str, first: date, last: date) -> None:
    listing = listing_of(text, TODAY)
    assert listing is not None
    assert (listing.first, listing.last) == (first, last)


def test_a_length_of_silence_and_a_number_of_deals_are_read() -> None:
    assert listing_of("which deals are untouched for three weeks?", TODAY) == Listing(ListKind.UNTOUCHED, days=21)
    assert listing_of("top 3 deals", TODAY) == Listing(ListKind.BIGGEST, most=3)


@pytest.fixture
def tess(sample_coach: Coach) -> Asker:
    asker = sample_coach.asker_for_email("tess.calloway@fernhall.example")
    assert asker is not None
    return asker


def test_the_list_agrees_with_the_facets(tess: Asker, sample_coach: Coach, sample: Pipeline) -> None:
    own = [deal.id for deal in sample.deal_names(tess.owner_ids) if deal.status.value == "open"]
    bare = {row["name"] for row in sample.facet_rows(SAMPLE_NOW, own) if row["next_meeting"] is None}
    reply = sample_coach.answer(tess, "which deals have no next meeting?", now=SAMPLE_NOW)
    assert reply.outcome is Outcome.ANSWER_PIPELINE
    assert {deal.name for deal in reply.choices} == bare
    assert bare
    assert all(name in reply.text for name in bare)


def test_a_colleagues_list_is_refused_in_the_words_for_unknown(tess: Asker, sample_coach: Coach) -> None:
    reply = sample_coach.answer(tess, "which of Dev's deals are stuck?", now=SAMPLE_NOW)
    assert reply.outcome is Outcome.NOT_FOUND


def test_what_to_do_today_names_a_step_with_its_day(tess: Asker, sample_coach: Coach) -> None:
    reply = sample_coach.answer(tess, "what should I do today?", now=SAMPLE_NOW)
    assert 0 < len(reply.choices) <= 3
    assert reply.text.count(", by ") == len(reply.choices)


def test_in_a_conversation_about_a_deal_the_next_step_is_that_deals(tess: Asker, sample_coach: Coach) -> None:
    deal = sample_coach.answer(tess, "how is Quarrybank?", now=SAMPLE_NOW).deal
    assert deal is not None
    reply = sample_coach.answer(tess, "what should I do next?", now=SAMPLE_NOW, focus=deal.id)
    assert reply.deal == deal


def test_two_deals_are_set_side_by_side(tess: Asker, sample_coach: Coach) -> None:
    reply = sample_coach.answer(tess, "compare Quarrybank and Foxley", now=SAMPLE_NOW)
    assert [deal.account for deal in reply.choices] == ["Quarrybank Stores", "Foxley Parcel"]
    assert "Needs you first:* Foxley" in reply.text


def test_a_deal_of_somebody_else_cannot_be_compared(tess: Asker, sample_coach: Coach) -> None:
    reply = sample_coach.answer(tess, "compare Quarrybank and Cobden Glass", now=SAMPLE_NOW)
    assert "Cobden" not in reply.text


@pytest.mark.parametrize(
    "ask", ["which deals have gone quiet?", "which deals have no next meeting?", "which deals are at risk?"]
)
def test_without_a_mailbox_nothing_is_claimed(ask: str, company: Company) -> None:
    coach, asker, world = company.at_work({**LIVELY, "deal": "Kolbotn Radios - Bench", "activity_connected": False})
    reply = coach.answer(asker, ask, now=world.as_of)
    assert reply.choices == ()
    assert "cannot be told" in reply.text
    assert "Not judged: 1 deal (" in reply.text


@pytest.mark.parametrize(
    ("ask", "lacks", "why"),
    [
        ("what closes this month?", {"close": None}, "no close date is recorded"),
        ("which deals slipped?", {}, "earlier close dates are not recorded"),
        ("show me deals over 10k", {"amount": "none EUR"}, "no amount is recorded"),
        ("show me the biggest deals", {"amount": "none EUR"}, "no amount is recorded"),
    ],
)
def test_what_is_not_recorded_is_unknown_and_not_no(
    ask: str, lacks: dict[str, str | None], why: str, company: Company
) -> None:
    coach, asker, world = company.at_work({**LIVELY, "deal": "Kolbotn Radios - Bench", **lacks})
    assert why in coach.answer(asker, ask, now=world.as_of).text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thanks!", "You are welcome"),
        ("list all closed deals", "open deals only"),
        ("did we win Tarrant?", "still open: neither won nor lost"),
        ("what would make Foxley Good?", "lift"),
    ],
)
def test_a_short_question_gets_its_own_answer_first(text: str, words: str, tess: Asker, sample_coach: Coach) -> None:
    reply = sample_coach.answer(tess, text, now=SAMPLE_NOW)
    assert words in "\n".join(reply.text.splitlines()[:2])


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("deals over 50k in Commercial", Filters(at_least=50_000, stage="Commercial")),
        ("show me deals under $1.5m", Filters(at_most=1_500_000, currency="USD")),
        ("which deals are at risk?", Filters(buckets=frozenset({HealthBucket.AT_RISK, HealthBucket.POOR}))),
        ("list renewals", Filters(deal_type=DealType.EXISTING_BUSINESS)),
        ("which deals are untouched for more than 3 weeks?", Filters()),
    ],
)
def test_a_list_can_be_narrowed(text: str, filters: Filters) -> None:
    listing = listing_of(text, TODAY, ("Discovery", "Commercial"))
    assert listing is not None
    assert listing.filters == filters


@pytest.fixture
def nadia(sample_coach: Coach) -> Asker:
    asker = sample_coach.asker_for_email("nadia.rahimi@fernhall.example")
    assert asker is not None
    return asker


def test_a_narrowed_list_agrees_with_the_facets(nadia: Asker, sample_coach: Coach, sample: Pipeline) -> None:
    own = [deal.id for deal in sample.deal_names(nadia.owner_ids) if deal.status.value == "open"]
    rows = sample.facet_rows(SAMPLE_NOW, own)
    expected = {row["name"] for row in rows if row["stage"] == "Commercial" and (row["amount"] or 0) >= 50_000}
    reply = sample_coach.answer(nadia, "show me deals over 50k in Commercial", now=SAMPLE_NOW)
    assert {deal.name for deal in reply.choices} == expected
    assert expected


def test_a_team_is_counted_by_owner(nadia: Asker, sample_coach: Coach, sample: Pipeline) -> None:
    own = [deal.id for deal in sample.deal_names(nadia.owner_ids) if deal.status.value == "open"]
    rows = sample.facet_rows(SAMPLE_NOW, own)
    risky = sum(row["health_bucket"] in {"At Risk", "Poor"} for row in rows)
    reply = sample_coach.answer(nadia, "how is my team doing?", now=SAMPLE_NOW)
    assert reply.headline == f"5 people, {len(rows)} open deals, {risky} At Risk or Poor, 1 not rated"
    assert len(reply.sections[0].lines) == len({row["owner"] for row in rows})


def test_one_colleague_is_asked_about_by_name(nadia: Asker, sample_coach: Coach) -> None:
    assert "Tess's pipeline" in sample_coach.answer(nadia, "how is Tess doing?", now=SAMPLE_NOW).text
    assert sample_coach.answer(nadia, "how is Hugh doing?", now=SAMPLE_NOW).outcome is Outcome.NOT_FOUND
