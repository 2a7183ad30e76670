"""Whatever a model does, the person gets a true and useful answer: 0 unsupported statements.

The verdict here does not come from the check under test. What a person sees may consist of two things only:
lines exactly as code wrote them, and sentences of the honest model, which are the facts as given.
"""

import re

import pytest
from hostile import ANSWERS, CLAIMS, READINGS, hostile_claims
from model_desk import Desk

from bot.coach.reply import CoachReply, ElementStatus
from tests.servers.scripted_model import Answer, Request, Say, Status, honest, honest_claims

assert len(CLAIMS) + len(ANSWERS) + len(READINGS) >= 60
_LABEL = re.compile(r"^\*[^*]+\*\s*")


def unsupported(shown: CoachReply, by_code: CoachReply, honest_sentences: list[str]) -> list[str]:
    """What is left of the message without code's lines and honest sentences: must be nothing."""
    left = []
    for line in shown.text.splitlines():
        if line in by_code.text.splitlines():
            continue
        rest = _LABEL.sub("", line)
        for sentence in sorted(honest_sentences, key=len, reverse=True):
            rest = rest.replace(sentence, "")
        left += [rest.strip()] if rest.strip() else []
    return left


def is_useful(shown: CoachReply, by_code: CoachReply) -> bool:
    """Bucket, facts and steps are those of code, and no line of the message has vanished."""
    same = shown.model_copy(update={"text": ""}) == by_code.model_copy(update={"text": ""})
    lines, told = by_code.text.splitlines(), shown.text.splitlines()
    labels = [match[0] for line in lines if (match := _LABEL.match(line))]
    return same and told[0] == lines[0] and all(any(line.startswith(label) for line in told) for label in labels)


def honest_sentences(desk: Desk) -> list[str]:
    return [claim["text"] for request in desk.model.of("reword") for claim in honest_claims(request)]


@pytest.mark.parametrize("name", CLAIMS)
def test_a_wrong_claim_never_reaches_the_person(desk: Desk, name: str) -> None:
    def script(request: Request) -> Answer:
        return honest(request) if request.job == "extract" else Say({"claims": hostile_claims(request, name)})

    by_code = desk.ask()
    shown = desk.deepen(script) or by_code

    assert unsupported(shown, by_code, honest_sentences(desk)) == []
    assert is_useful(shown, by_code)
    assert shown.text != by_code.text, "the right claims beside it were used"
    assert sum(desk.reasons().values()) >= 1, "and the wrong one was counted"


@pytest.mark.parametrize("name", CLAIMS)
def test_nothing_but_a_wrong_claim_leaves_the_answer_of_code(desk: Desk, name: str) -> None:
    def script(request: Request) -> Answer:
        if request.job == "extract":
            return honest(request)
        return Say(
            {"claims": [claim for claim in hostile_claims(request, name) if claim not in honest_claims(request)]}
        )

    assert desk.deepen(script) is None
    assert desk.verdicts()["rejected"] == 1


@pytest.mark.parametrize("name", ANSWERS)
def test_a_broken_answer_leaves_the_answer_of_code(desk: Desk, name: str) -> None:
    by_code = desk.ask()
    shown = desk.in_a_hurry().deepen(lambda _: ANSWERS[name])

    assert shown is None
    assert is_useful(by_code, by_code)
    assert set(desk.verdicts()) <= {"failed", "rejected", "accepted"}


@pytest.mark.parametrize("name", ["stall", "a byte now and then", "server error", "half a body", "truncated JSON"])
def test_a_model_that_breaks_after_reading_leaves_the_answer_of_code(desk: Desk, name: str) -> None:
    hurried = desk.in_a_hurry()
    assert hurried.deepen(lambda request: honest(request) if request.job == "extract" else ANSWERS[name]) is None
    assert desk.verdicts() == {"accepted": 1, "failed": 1}


def test_a_model_that_breaks_at_the_repair_has_still_answered_once(desk: Desk) -> None:
    def script(request: Request) -> Answer:
        if request.job == "extract":
            return honest(request)
        return Status(400) if request.rows("problems") else Say({"claims": hostile_claims(request, "mood")})

    by_code = desk.ask()
    shown = desk.deepen(script)

    assert shown is not None
    assert unsupported(shown, by_code, honest_sentences(desk)) == []


def test_a_repair_is_asked_once_and_told_what_was_wrong(desk: Desk) -> None:
    def script(request: Request) -> Answer:
        if request.job == "extract" or request.rows("problems"):
            return honest(request)
        return Say({"claims": hostile_claims(request, "invented person")})

    assert desk.deepen(script) is not None
    first, second = desk.model.of("reword")
    assert first.rows("problems") == []
    (problem,) = second.rows("problems")
    assert problem["sentence"] == "Last mail from Ingrid 12 days ago."
    assert "ingrid" in problem["problem"]
    assert desk.verdicts() == {"accepted": 1, "repaired": 1}


RIGHT = {
    "element": "economic_buyer",
    "trait": "pointed_at",
    "quote": "Odd Revik would have to agree to the money.",
    "source": "s2",
    "speaker": "Hanne Lofthus",
    "date": "2026-09-17",
}


def statuses(reply: CoachReply) -> dict[str, ElementStatus]:
    return {line.element.value: line.status for line in reply.meddppicc}


def reading(request: Request, change: dict[str, str]) -> Answer:
    """Propose the one right item, changed; the source is named as the request names it."""
    if request.job == "reword":
        return Say({"claims": []})
    row = next(row for row in request.rows("statements") if row["sentence"] == RIGHT["quote"])
    assert (row["speaker"], row["date"]) == (RIGHT["speaker"], RIGHT["date"])
    return Say({"items": [RIGHT | {"source": row["source"]} | change]})


@pytest.mark.parametrize("name", READINGS)
def test_false_evidence_never_enters(desk: Desk, name: str) -> None:
    assert desk.deepen(lambda request: reading(request, READINGS[name])) is None
    assert sum(desk.reasons().values()) == 1, "dropped and counted"


def test_evidence_that_is_there_enters_and_lifts_no_higher_than_partial(desk: Desk) -> None:
    by_code = desk.ask()
    shown = desk.deepen(lambda request: reading(request, {}))

    assert desk.reasons() == {}
    assert statuses(by_code)["economic_buyer"] is ElementStatus.MISSING
    assert shown is not None
    assert statuses(shown) == statuses(by_code) | {"economic_buyer": ElementStatus.PARTIAL}
