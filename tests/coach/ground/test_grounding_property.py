"""Change any number, date, name, unit or "no" of a supported sentence, and it is no longer supported."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.coach.evidence.cues import Cues
from bot.coach.ground.check import GroundingCheck
from bot.coach.ground.lexicon import Lexicon
from bot.coach.ground.model import Claim, Fact, Findings, Material, Quote
from bot.coach.reply import Element
from bot.pipeline.brief import HealthBucket
from bot.playbook import load_playbook
from bot.resources import shipped

PLAYBOOK: Path = shipped("knowledge") / "playbook"
CHECK = GroundingCheck(load_playbook(PLAYBOOK / "grounding.yaml", Lexicon), load_playbook(PLAYBOOK / "cues.yaml", Cues))
TODAY = date(2026, 10, 7)
NAMES = ["Hanne", "Odd", "Jerome", "Beatrix", "Sorcha", "Niamh", "Oyvind", "Zoë"]
UNITS = ["day", "week", "month", "hour", "meeting", "person"]

counts = st.integers(min_value=2, max_value=400)
names = st.sampled_from(NAMES)
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))


def check(sentence: str, *facts: str, quotes: tuple[Quote, ...] = ()) -> Findings:
    known = tuple(Fact(f"f{place}", text) for place, text in enumerate(facts))
    material = Material(known, quotes, HealthBucket.AVERAGE, {}, "Varg Shipyards - Crane scheduling", TODAY)
    claim = Claim(sentence, tuple(fact.id for fact in known), tuple(quote.id for quote in quotes))
    return CHECK.check([claim], material)


def stands(sentence: str, *facts: str) -> bool:
    return check(sentence, *facts).removed == ()


def written(on: date) -> list[str]:
    """One date in the ways people write it."""
    return [
        on.isoformat(),
        f"{on.day} {on:%b} {on.year}",
        f"{on.day} {on:%B}",
        f"{on:%a} {on.day} {on:%b}",
        f"{on:%B} {on.day}, {on.year}",
    ]


@given(count=counts, other=counts, unit=st.sampled_from(UNITS), name=names)
def test_a_number_changed(count: int, other: int, unit: str, name: str) -> None:
    fact = f"last mail from {name} {count} {unit}s ago"
    assert stands(f"The last mail from {name} is {count} {unit}s ago.", fact)
    assert stands(f"The last mail from {name} is {other} {unit}s ago.", fact) is (other == count)


@given(count=counts, unit=st.sampled_from(UNITS), other=st.sampled_from(UNITS))
def test_a_unit_changed(count: int, unit: str, other: str) -> None:
    fact = f"untouched for {count} {unit}s"
    assert stands(f"It is untouched for {count} {other}s.", fact) is (unit == other)


@given(count=counts, name=names, other=names)
def test_a_name_changed(count: int, name: str, other: str) -> None:
    fact = f"last meeting {count} days ago with {name}"
    assert stands(f"The last meeting with {other} was {count} days ago.", fact) is (other == name)


@given(on=days, other=days, form=st.integers(0, 4), other_form=st.integers(0, 4))
def test_a_date_changed_or_only_written_differently(on: date, other: date, form: int, other_form: int) -> None:
    fact = f"next meeting on {written(on)[form]}"
    assert stands(f"The next meeting is on {written(other)[other_form]}.", fact) is (on == other)


@given(on=days, shift=st.integers(1, 6))
def test_a_weekday_that_does_not_belong_to_the_date(on: date, shift: int) -> None:
    wrong = on + timedelta(days=shift)
    assert not stands(f"The next meeting is on {wrong:%A} {on.day} {on:%B}.", f"next meeting on {on.isoformat()}")


@given(first=counts, second=counts)
def test_two_true_numbers_swapped(first: int, second: int) -> None:
    assume(first != second)
    facts = (f"untouched for {first} days", f"{second} days old")
    assert stands(f"It is untouched for {first} days and {second} days old.", *facts)
    assert not stands(f"It is untouched for {second} days and {first} days old.", *facts)


@given(amount=st.integers(1000, 9_999_999), other=st.integers(1000, 9_999_999))
def test_an_amount_changed_or_only_written_differently(amount: int, other: int) -> None:
    fact = f"the proposal names €{amount:,}"
    for shape in (f"€{amount:,}", f"EUR {amount}", f"{amount} EUR", f"{amount:,} €", f"€{amount / 1000:g}k"):
        assume(float(f"{amount / 1000:g}") * 1000 == amount or "k" not in shape)
        assert stands(f"The proposal names {shape}.", fact), shape
    assert stands(f"The proposal names €{other:,}.", fact) is (amount == other)
    assert not stands(f"The proposal names ${amount:,}.", fact)


@given(words=st.lists(st.sampled_from("alpha bravo delta echo golf hotel kilo lima".split()), min_size=4, max_size=9))
def test_a_quote_stands_whole_or_not_at_all(words: list[str]) -> None:
    quote = Quote("q1", " ".join(words).capitalize() + ".", "Hanne, Fri 25 Sep")
    assert check(f"Hanne, Fri 25 Sep: “{quote.text}”", quotes=(quote,)).removed == ()
    assert check(f"Hanne, Fri 25 Sep: “{' '.join(words[:-1])}”", quotes=(quote,)).removed
    assert check(f"Hanne, Fri 25 Sep: “{quote.text} Yes”", quotes=(quote,)).removed
    assert check(f"Odd, Fri 25 Sep: “{quote.text}”", quotes=(quote,)).removed


@pytest.mark.parametrize(
    ("fact", "denied"),
    [
        ("nothing booked ahead", "It is booked ahead."),
        ("no act of theirs is on record", "An act of theirs is on record."),
        ("its cost is not named", "Its cost is named."),
        ("Odd is in contact", "Odd is not in contact."),
        ("untouched for 40 days", "It is not untouched for 40 days."),
    ],
)
def test_a_yes_for_a_no(fact: str, denied: str) -> None:
    assert stands(fact[:1].upper() + fact[1:] + ".", fact)
    assert not stands(denied, fact)


@pytest.mark.parametrize("limit", ["only", "if", "last", "typical", "may", "called", "until"])
def test_a_limit_dropped(limit: str) -> None:
    fact = f"{limit} cranes count"
    assert stands(f"{limit.capitalize()} cranes count.", fact)
    assert not stands("Cranes count.", fact)


@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    findings = check(text, "untouched for 40 days", text)
    assert findings.sentences >= len(findings.removed)


def test_every_element_name_is_known() -> None:
    for element in Element:
        assert not stands(f"{element.label} confirmed.", f"{element.label.lower()} is a word")
