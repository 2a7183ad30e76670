"""What the model receives, and the limits around it: allowance, cache, pause, retries, time, redaction."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from model_desk import Desk

from bot.coach.llm.client import Behalf
from bot.coach.llm.redact import Redactor
from bot.coach.llm.rules import AllowanceRules, BreakerRules, Price
from bot.memory import Usage
from tests.servers.scripted_model import Answer, Request, Say, Stall, Status, honest

QUESTION = "How is Varg doing?"


def test_a_request_is_schema_only_without_tools_and_with_every_id_enumerated(desk: Desk) -> None:
    desk.deepen(honest)
    (sent,) = desk.model.of("reword")
    body = sent.body

    assert set(body) <= {"model", "messages", "response_format", "max_completion_tokens", "stream"}
    assert body["model"] == "scripted-1"
    claims = body["response_format"]["json_schema"]["schema"]["properties"]["claims"]["items"]["properties"]
    assert claims["fact_ids"]["items"]["enum"] == [row["id"] for row in sent.rows("facts")]
    assert claims["quote_ids"]["items"]["enum"] == [row["id"] for row in sent.rows("quotes")]


def test_untrusted_words_stand_in_the_fence_only(desk: Desk) -> None:
    desk.deepen(honest)
    for sent in desk.model.requests:
        outside = sent.user
        for name in sent.fenced:
            start = outside.index(f'<{sent.marker} name="{name}">')
            outside = outside[:start] + outside[outside.index(f"</{sent.marker}>", start) :]
        for word in ("Hanne", "Odd Revik", "crane", "Varg"):
            assert word not in sent.system + outside, word


def test_one_deal_at_a_time_and_no_mark_twice(desk: Desk) -> None:
    desk.deepen(honest)
    assert all("Globex" not in sent.user and "signal desk" not in sent.user for sent in desk.model.requests)
    assert len({sent.marker for sent in desk.model.requests}) == len(desk.model.requests) == 2


def test_what_was_written_goes_to_the_model_with_speaker_side_and_date(desk: Desk) -> None:
    desk.deepen(honest)
    rows = desk.model.of("extract")[0].rows("statements")
    assert {"speaker": "Hanne Lofthus", "side": "buyer", "date": "2026-09-25"}.items() <= rows[1].items()
    assert {row["side"] for row in rows} == {"buyer", "seller's note"}


def test_the_same_question_on_the_same_facts_is_asked_once(desk: Desk) -> None:
    first = desk.deepen(honest)
    second = desk.deepen(lambda _: Status(500))
    assert first is not None
    assert second == first
    assert desk.model.requests == []


def test_the_cache_forgets(desk: Desk) -> None:
    desk.deepen(honest)
    desk.memory.keep_model_answer("x", {}, desk.world.as_of + timedelta(days=2), desk.world.as_of)
    desk.deepen(honest)
    assert len(desk.model.requests) == 2


def test_a_person_has_an_allowance_and_then_code_answers(desk: Desk) -> None:
    poor = desk.with_rules(per_person_and_day=AllowanceRules(tokens=10, cost=None), cache_hours=0)
    assert poor.deepen(honest) is None
    assert poor.model.requests == []
    assert poor.verdicts() == {"failed": 1}
    assert poor.reasons() == {"allowance spent": 1}


def test_use_and_cost_are_counted_as_the_server_counted_them(desk: Desk) -> None:
    priced = desk.with_rules(price=Price(input=1.0, output=10.0))
    priced.deepen(honest)
    used = priced.memory.model_usage(priced.asker.user.id, priced.world.as_of.date())
    assert used == Usage(2 * 790, pytest.approx(2 * (700 * 1.0 + 90 * 10.0) / 1e6))


def test_a_failing_model_is_left_alone_for_a_while(desk: Desk) -> None:
    rules = {"breaker": BreakerRules(failures=2, pause_seconds=60), "retries": 0}
    bold = desk.with_rules(**rules)
    client = bold.deepener.client
    breaker = type(client.breaker)(rules["breaker"])  # type: ignore[arg-type]
    bold = replace(
        bold, coach=replace(bold.coach, deepener=replace(bold.deepener, client=replace(client, breaker=breaker)))
    )
    for _ in range(4):
        bold.deepen(lambda _: Status(503))
    assert bold.model.requests == [], "the third and fourth were not even tried"
    breaker.admit(bold.world.as_of + timedelta(seconds=90))
    breaker.succeeded()
    assert bold.deepen(honest) is not None


def test_a_busy_server_is_asked_again(desk: Desk) -> None:
    seen: list[Request] = []

    def script(request: Request) -> Answer:
        seen.append(request)
        return Status(429, {"Retry-After": "0"}) if len(seen) == 1 else honest(request)

    assert desk.deepen(script) is not None
    assert len(seen) == 3


def test_a_stalling_server_is_left_in_time(desk: Desk) -> None:
    began = time.monotonic()
    assert desk.in_a_hurry().deepen(lambda _: Stall(30, drip=True)) is None
    assert time.monotonic() - began < 6


def test_addresses_and_numbers_stay_in_the_house(desk: Desk) -> None:
    client = desk.deepener.client
    prompt = desk.deepener.reading_prompt
    text = json.dumps({"sentence": "Write to eva@varg.example or call +47 22 33 44 55, not 2026-10-07 or 84,500."})
    desk.model.reset(lambda request: Say({"items": [request.rows("statements")[0]["sentence"]]}))
    answer = client.ask(
        "extract", prompt, {"statements": text, "traits": ""}, _loose(), Behalf("u", None, desk.world.as_of)
    )

    sent = desk.model.requests[0].user
    assert "eva@varg.example" not in sent
    assert "22 33" not in sent
    assert "[address-1]" in sent
    assert answer["items"] == ["Write to eva@varg.example or call +47 22 33 44 55, not 2026-10-07 or 84,500."]


@pytest.mark.parametrize("kept", ["2026-10-07", "€84,500", "12.5", "n=17", "10:30", "163 days, 3.57x", "007-2026"])
def test_what_is_no_telephone_number_is_sent(kept: str) -> None:
    assert Redactor().hide(f"about {kept} here") == f"about {kept} here"


@pytest.mark.parametrize("number", ["+47 22 33 44 55", "+1 (415) 555-0132", "030 1234567", "(0)20 7946 0958"])
def test_telephone_numbers_are_hidden(number: str) -> None:
    hidden = Redactor().hide(f"call {number} now")
    assert not any(part in hidden for part in ("33", "555", "1234", "7946")), hidden


def test_nothing_is_traced_whatever_the_environment_says(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_test")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", desk.model.url.removesuffix("/v1"))
    assert desk.deepen(honest) is not None
    assert desk.model.violations == []


def test_the_key_goes_into_the_header_and_nowhere_else(desk: Desk) -> None:
    desk.deepen(honest)
    sent = desk.model.requests[0]
    assert sent.headers["Authorization"] == "Bearer sk-test-key"
    assert "sk-test-key" not in json.dumps(sent.body)
    assert "sk-test-key" not in repr(desk.deepener)


def _loose() -> dict[str, object]:
    items = {"type": "array", "items": {"type": "string"}}
    closed = {"type": "object", "additionalProperties": False}
    return {"title": "items", "description": "d", **closed, "properties": {"items": items}, "required": ["items"]}
