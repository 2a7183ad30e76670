"""The doctor's one question to the model: answered, answered wrongly, refused."""

import pytest
from model_desk import Desk

from bot.coach.llm.errors import ModelMisconfigured
from bot.coach.llm.probe import JOB, answers
from bot.coach.llm.prompts import load_prompt
from bot.resources import shipped
from tests.servers.scripted_model import Answer, Say, Status

PROMPT = load_prompt(shipped("prompts"), JOB)


@pytest.mark.parametrize(("said", "usable"), [({"ready": True}, True), ({"ready": False}, False), ({}, False)])
def test_the_model_is_usable_if_it_keeps_to_the_form(desk: Desk, said: dict[str, bool], usable: bool) -> None:
    desk.model.reset(lambda _: Say(said))
    assert answers(desk.deepener.client.chat, PROMPT) is usable


def test_a_refused_key_is_named(desk: Desk) -> None:
    def refuse(_: object) -> Answer:
        return Status(401)

    desk.model.reset(refuse)
    with pytest.raises(ModelMisconfigured, match="key, address and COACH_MODEL"):
        answers(desk.deepener.client.chat, PROMPT)
