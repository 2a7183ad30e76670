"""Results, targets and lists over time: counted by code, currencies apart, too few deals never a rate."""

import re
from datetime import date

import pytest
from deal_worlds import SAMPLE_NOW, Company

from bot.coach.filters import filters_of
from bot.coach.listings import ListKind, listing_of
from bot.coach.reply import CoachReply, Element, Outcome
from bot.coach.results import ResultKind, result_asked
from bot.coach.service import Coach
from bot.coach.windows import window_ahead, window_behind

TODAY = date(2026, 11, 18)


def ask(coach: Coach, text: str, email: str = "tess.calloway@fernhall.example") -> CoachReply:
    asker = coach.asker_for_email(email)
    assert asker is not None
    return coach.answer(asker, text, now=SAMPLE_NOW)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what's my win rate", ResultKind.WIN_RATE),
        ("how much have I closed this quarter", ResultKind.WON),
        ("how are we tracking against last quarter", ResultKind.WON),
        ("what did we lose and why", ResultKind.LOST),
        ("average deal size", ResultKind.SIZE),
        ("how long do deals usually take", ResultKind.CYCLE),
        ("am I going to hit quota", ResultKind.TARGET),
        ("coverage for 500k next quarter", ResultKind.COVERAGE),
        ("where do we lose deals", ResultKind.FUNNEL),
        ("re-book rate", ResultKind.REBOOK),
        ("crm hygiene", ResultKind.HYGIENE),
        ("how is the typical sales cycle worked out", None),
        ("how do I improve my win rate", None),
        ("how is my pipeline", None),
    ],
)
def test_questions_about_results_are_understood(text: str, kind: ResultKind | None) -> None:
    asked = result_asked(text, TODAY)
    assert (asked.kind if asked else None) is kind


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this quarter", date(2026, 10, 1), TODAY),
        ("last quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("in Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("in december", date(2025, 12, 1), date(2025, 12, 31)),
        ("ytd", date(2026, 1, 1), TODAY),
    ],
)
def test_days_gone_by(text: str, first: date, last: date) -> None:
    assert window_behind(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("closing in december", date(2026, 12, 1), date(2026, 12, 31)),
        ("in Q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("before christmas", TODAY, date(2026, 12, 24)),
        ("before 5 Dec", TODAY, date(2026, 12, 5)),
        ("in march", date(2027, 3, 1), date(2027, 3, 31)),
    ],
)
def test_days_to_come(text: str, first: date, last: date) -> None:
    assert window_ahead(text, TODAY) == (first, last)


def test_the_win_rate_is_the_count_of_the_snapshot(sample_coach: Coach) -> None:
    text = ask(sample_coach, "whats my win rate").text
    found = re.search(r"(\d+)%\*\n• (\d+) won of (\d+) closed", text)
    assert found is not None, text
    rate, won, closed = (int(each) for each in found.groups())
    assert rate == round(100 * won / closed)


def test_few_deals_are_a_count_and_no_rate(sample_coach: Coach) -> None:
    text = ask(sample_coach, "what's our win rate this month").text
    assert "too few" in text
    assert "%" not in text


def test_the_quarter_stands_beside_the_same_days_of_the_one_before(sample_coach: Coach) -> None:
    assert "Before, Wed 1 Jul to Tue 18 Aug" in ask(sample_coach, "how much did I close this quarter?").text


def test_a_target_is_never_made_up(sample_coach: Coach) -> None:
    assert "No target is among the data" in ask(sample_coach, "am I going to hit quota?").text
    assert "$500,000 less what is won leaves" in ask(sample_coach, "coverage for 500k this quarter").text


def test_a_colleagues_results_stay_hidden(sample_coach: Coach) -> None:
    for text in ("show me dev's win rate", "what did Dev win this quarter?", "dev's coverage for 500k"):
        reply = ask(sample_coach, text)
        assert reply.outcome is Outcome.NOT_FOUND
        assert not re.search(r"\d", reply.text)


def test_a_recipient_is_no_owner(sample_coach: Coach) -> None:
    assert ask(sample_coach, "write an update on my pipeline for Nadia").outcome is Outcome.ANSWER_PIPELINE


def test_a_manager_gets_the_results_of_one_person(sample_coach: Coach) -> None:
    own = ask(sample_coach, "win rate").text.splitlines()[1]
    seen = ask(sample_coach, "Tess's win rate", "nadia.rahimi@fernhall.example").text.splitlines()[1]
    assert own == seen


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("which deals got worse", ListKind.MOVED),
        ("what changed this week", ListKind.MOVED),
        ("deals without next step", ListKind.NO_STEP),
        ("my smallest deal", ListKind.SMALLEST),
        ("oldest deals", ListKind.OLDEST),
        ("which deal is most likely to close", ListKind.STRONGEST),
        ("what closes in Q1", ListKind.CLOSING),
        ("deals closing before christmas", ListKind.CLOSING),
        ("what's on my calendar this week", ListKind.MEETINGS),
    ],
)
def test_lists_are_understood(text: str, kind: ListKind) -> None:
    listing = listing_of(text, TODAY)
    assert listing is not None
    assert listing.kind is kind


def test_the_biggest_deal_is_one(sample_coach: Coach) -> None:
    assert len(ask(sample_coach, "whats my biggest deal").choices) == 1
    assert len(ask(sample_coach, "my biggest deals").choices) > 1


def test_a_missing_element_is_looked_for(sample_coach: Coach) -> None:
    listing = listing_of("which deals have no champion", TODAY)
    assert listing is not None
    assert listing.element is Element.CHAMPION
    assert "Champion not confirmed" in ask(sample_coach, "which deals have no champion").text


def test_nothing_is_said_of_who_is_busiest(sample_coach: Coach) -> None:
    assert "deal by deal" in ask(sample_coach, "how many calls did I make this week").text


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("deals over €50k", 50_000, None, "EUR"),
        ("deals over 50k eur", 50_000, None, "EUR"),
        ("deals between 50k and 100k", 50_000, 100_000, None),
        ("deals between 50 and 100k", 50_000, 100_000, None),
    ],
)
def test_amounts_carry_their_currency(text: str, low: float, high: float | None, currency: str | None) -> None:
    found = filters_of(text, ())
    assert (found.at_least, found.at_most, found.currency) == (low, high, currency)


EARLY = {"owner": "tilda", "stages": {"Discovery": -20}, "close": 30}
MIXED = [
    {**EARLY, "deal": "Aker Tents - Yard log", "amount": "9000 EUR"},
    {**EARLY, "deal": "Bragd Boats - Hull log", "amount": "80000 NOK"},
    {**EARLY, "deal": "Dale Dairy - Milk log", "amount": "7000 EUR"},
]


def test_currencies_are_not_held_against_each_other(company: Company) -> None:
    reply = company.reply("my biggest deals", *MIXED)
    assert [choice.currency for choice in reply.choices] == ["EUR", "EUR", "NOK"]
    assert "no exchange rate is recorded" in reply.text


def test_a_limit_in_one_currency_leaves_the_others_out(company: Company) -> None:
    reply = company.reply("deals over €8,000", *MIXED)
    assert [choice.name for choice in reply.choices] == ["Aker Tents - Yard log"]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Was sind meine größten Deals?", "Biggest first"),
        ("Wie steht es um Quarrybank?", "Quarrybank Stores"),
        ("Quels sont mes plus gros deals ?", "Biggest first"),
        ("¿Cuáles son mis mejores oportunidades?", "Biggest first"),
        ("Wann ist die nächste Betriebsfeier bei uns?", "Ich antworte auf Englisch"),
    ],
)
def test_other_languages_get_an_answer_or_are_told_what_is_understood(
    sample_coach: Coach, text: str, holds: str
) -> None:
    reply = ask(sample_coach, text)
    assert holds in reply.text
    assert re.search("Englisch|anglais|inglés", reply.text)


@pytest.mark.parametrize("text", ["lol", "you suck", "who are you", "help me", "?", "👍", "thx"])
def test_talk_is_never_taken_for_a_deal(sample_coach: Coach, text: str) -> None:
    assert ask(sample_coach, text).outcome is Outcome.ANSWER_HANDBOOK
