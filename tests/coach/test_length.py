"""The length contract over every open deal of the sample company (180 words a message, 400 a consult pack)."""

import pytest
from deal_worlds import SAMPLE_NOW

from bot.coach.access import Asker
from bot.coach.answers.wording import CONSULT_WORDS, DM_WORDS, word_count
from bot.coach.reply import CoachReply, Outcome
from bot.coach.service import Coach
from bot.pipeline.model import DealStatus, Role
from bot.pipeline.service import Pipeline

ASKED = (
    "how is {} doing?",
    "gaps on {}",
    "next step for {}",
    "what are the odds for {}, is it a lock?",
    "move {} to commit and write two lines to my boss",
    "{} in two lines please",
    "who is the economic buyer at {}?",
    "when did {} last write?",
)


@pytest.fixture(scope="module")
def everything(sample: Pipeline, sample_coach: Coach) -> Asker:
    operations = next(user for user in sample.users.values() if user.role is Role.SALES_OPERATIONS)
    asker = sample_coach.asker_for_user(operations.id)
    assert asker is not None
    return asker


@pytest.fixture(scope="module")
def open_names(sample: Pipeline) -> list[str]:
    return [deal.name for deal in sample.deal_names(None) if deal.status is DealStatus.OPEN]


@pytest.fixture(scope="module")
def assessments(open_names: list[str], everything: Asker, sample_coach: Coach) -> list[CoachReply]:
    replies = [sample_coach.answer(everything, f"how is {name} doing?", now=SAMPLE_NOW) for name in open_names]
    assert len(replies) > 20
    return replies


def test_every_assessment_keeps_to_its_length(assessments: list[CoachReply]) -> None:
    assert [reply.headline for reply in assessments if word_count(reply.text) > DM_WORDS] == []


@pytest.mark.slow
@pytest.mark.parametrize("ask", ASKED)
def test_every_answer_on_every_open_deal_keeps_to_its_length(
    ask: str, open_names: list[str], everything: Asker, sample_coach: Coach
) -> None:
    for name in open_names:
        reply = sample_coach.answer(everything, ask.format(name), now=SAMPLE_NOW)
        assert word_count(reply.text) <= DM_WORDS, f"{name}\n{reply.text}"


@pytest.mark.slow
def test_every_consult_pack_keeps_to_its_length(open_names: list[str], everything: Asker, sample_coach: Coach) -> None:
    for name in open_names:
        pack = sample_coach.consult(everything, name, now=SAMPLE_NOW)
        assert word_count(pack.text) <= CONSULT_WORDS, f"{name}\n{pack.text}"


def test_every_open_deal_is_found_by_its_own_name(assessments: list[CoachReply], open_names: list[str]) -> None:
    assert [reply.deal.name for reply in assessments if reply.deal] == open_names


def test_every_assessment_is_complete(assessments: list[CoachReply]) -> None:
    for reply in assessments:
        assert reply.outcome is Outcome.ANSWER
        assert reply.health is not None
        assert reply.health.bucket is not None
        assert reply.health.bucket.value in reply.text
        assert reply.meddppicc
        assert reply.next_steps
        assert reply.text.splitlines()[0].startswith("*")


def test_the_verdict_comes_before_the_acts_and_the_acts_before_the_steps(assessments: list[CoachReply]) -> None:
    for reply in assessments:
        places = [reply.text.index(mark) for mark in ("*Why:*", "*They did:*", "*Next:*")]
        assert places == sorted(places)


def test_no_answer_on_many_deals_is_a_wall(everything: Asker, sample_coach: Coach) -> None:
    pipeline = sample_coach.answer(everything, "all deals", now=SAMPLE_NOW)
    assert pipeline.outcome is Outcome.ANSWER_PIPELINE
    assert word_count(pipeline.text) <= DM_WORDS
