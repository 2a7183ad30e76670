"""Broken characters are read from their neighbours, and only where they are broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handbook.repair import drop_invisible, repair_bare_a, repair_characters, shows_bare_a


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("10â14 days", "10–14 days"),
        ("18%â22", "18%–22"),
        ("Lead â Qualified", "Lead → Qualified"),
        ("donât, theyâre, weâll, Iâve, itâs, heâd, Iâm", "don’t, they’re, we’ll, I’ve, it’s, he’d, I’m"),
        ("the planâsimple as it isâworks", "the plan—simple as it is—works"),
        ("a âgoodâ margin", "a “good” margin"),
        ("(âgoodâ)", "(“good”)"),
        ("âStart of lineâ\nâNextâ", "“Start of line”\n“Next”"),
        ("costs â$48 a dayâ.", "costs “$48 a day”."),
        ("a gap âŚ and 3Ă more", "a gap … and 3× more"),
        ("50%â of it", "50%” of it"),
    ],
)
def test_each_sign_is_told_by_its_neighbours(broken: str, mended: str) -> None:
    assert repair_bare_a(broken) == mended


def test_a_text_with_the_symptom_is_repaired_whole() -> None:
    text = "She said âyesâ. He said ânoâ. We canât tell âmaybeâ from ânoâ. 3Ă âmoreâ."
    assert shows_bare_a(text)
    assert repair_characters(text) == "She said “yes”. He said “no”. We can’t tell “maybe” from “no”. 3× “more”."


@pytest.mark.parametrize(
    "text",
    [
        "Le château, l'âge et la pâte: grâce à l'âme, bâtir, hâte, tâche, âpre.",
        "În română: când, până, mâine, sâmbătă, România, Ăsta, hotărâre.",
        "Only one stray â here.",
    ],
)
def test_languages_that_write_the_letter_are_left_alone(text: str) -> None:
    assert not shows_bare_a(text)
    assert repair_characters(text) == text


def test_ordinary_mojibake_is_repaired() -> None:
    assert repair_characters("donâ€™t stop â€” ever") == "don’t stop — ever"


def test_hidden_characters_go() -> None:
    hidden = "pay\u200b on\u202e time\u00ad\U000e0041\x07"
    assert drop_invisible(hidden) == "pay on time"


@given(st.text(alphabet="abc d1%.â(\n", max_size=60))
def test_no_bare_sign_survives(text: str) -> None:
    assert "â" not in repair_bare_a(text)
