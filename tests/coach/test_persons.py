"""A deal asked for by its people: only inside the asker's scope, and never for a company that shares a first name."""

import pytest
from deal_worlds import SAMPLE_NOW

from bot.coach.access import Asker
from bot.coach.persons import persons_in
from bot.coach.reply import Outcome
from bot.coach.service import Coach


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what did Gareth say?", {"gareth"}),
        ("what did gareth say?", {"gareth"}),
        ("when is my next meeting with Ray?", {"ray"}),
        ("draft a mail to Marlene Strauss", {"marlene", "strauss"}),
        ("Has Gareth replied?", {"gareth"}),
        ("did Gareth Logistics reply?", {"gareth", "logistics"}),
    ],
)
def test_a_person_is_read_with_the_whole_name(text: str, name: set[str]) -> None:
    assert name in persons_in(text)


@pytest.mark.parametrize("text", ["how is Gareth?", "status of Gareth", "where are we with Gareth?", "Gareth"])
def test_what_may_be_a_deal_is_no_person(text: str) -> None:
    assert persons_in(text) == []


@pytest.fixture
def tess(sample_coach: Coach) -> Asker:
    asker = sample_coach.asker_for_email("tess.calloway@fernhall.example")
    assert asker is not None
    return asker


def test_the_persons_deal_is_answered(tess: Asker, sample_coach: Coach) -> None:
    reply = sample_coach.answer(tess, "what did Gareth say?", now=SAMPLE_NOW)
    assert reply.deal is not None
    assert reply.deal.account == "Quarrybank Stores"


def test_a_person_on_two_deals_makes_a_menu_and_the_focus_decides(tess: Asker, sample_coach: Coach) -> None:
    menu = sample_coach.answer(tess, "what should I ask Marlene?", now=SAMPLE_NOW)
    assert menu.outcome is Outcome.CLARIFY
    assert len(menu.choices) == 2
    chosen = sample_coach.answer(tess, "what should I ask Marlene?", now=SAMPLE_NOW, focus=menu.choices[1].id)
    assert chosen.deal is not None
    assert chosen.deal.id == menu.choices[1].id


@pytest.mark.parametrize("text", ["did Gareth Logistics reply?", "did Gareth at Halcyon Rail reply?"])
def test_a_company_of_that_name_is_not_found(text: str, tess: Asker, sample_coach: Coach) -> None:
    assert sample_coach.answer(tess, text, now=SAMPLE_NOW).outcome is Outcome.NOT_FOUND


def test_a_person_on_a_hidden_deal_is_nobody(sample_coach: Coach) -> None:
    other = sample_coach.asker_for_email("dev.malhotra@fernhall.example")
    assert other is not None
    reply = sample_coach.answer(other, "what did Gareth say?", now=SAMPLE_NOW)
    assert reply.deal is None
    assert "Quarrybank" not in reply.text
