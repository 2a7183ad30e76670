"""Words said while they are written: each checked before it is heard, in order, never half, and stopped at once."""

import json
import threading
import time
from dataclasses import dataclass, field

import pytest
from model_desk import Desk

from bot.coach.halt import Halt
from bot.coach.hearing import Begun, Informed, Phase, Sentence
from bot.coach.llm.rules import AllowanceRules
from bot.coach.llm.tell import Told, whole_claims
from tests.servers.scripted_model import Answer, Request, Say, Status, Typed, honest, nothing_found, told

QUESTION = "How is Varg doing?"


@dataclass
class Ear:
    """What was heard, and when."""

    things: list[object] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    def __call__(self, thing: object) -> None:
        self.things.append(thing)
        self.at.append(time.monotonic())

    @property
    def sentences(self) -> list[Sentence]:
        return [thing for thing in self.things if isinstance(thing, Sentence)]

    @property
    def words(self) -> list[str]:
        return [sentence.words for sentence in self.sentences]


def tell(desk: Desk, script, halt: Halt | None = None, ear: Ear | None = None) -> Ear:
    ear = ear or Ear()
    desk.model.reset(script)
    desk.coach.tell(desk.asker, desk.ask(QUESTION), QUESTION, now=desk.world.as_of, hear=ear, halt=halt)
    return ear


def telling(answer):
    """A script that finds nothing to read and tells as `answer` says."""
    return lambda request: nothing_found(request) if request.job == "extract" else answer(request)


def typed(request: Request, **how) -> Typed:
    return Typed({"claims": told(request)}, **how)


def changed(request: Request, place: int, words: str) -> list[dict[str, str]]:
    claims = told(request)
    claims[place] = {**claims[place], "text": words}
    return claims


def by_code(desk: Desk) -> list[str]:
    """The same points in code's own words: what a dumb and honest model says as well."""
    return tell(desk.with_rules(cache_hours=0), honest).words


def test_growing_json_yields_a_claim_once_it_is_whole() -> None:
    text = json.dumps({"claims": [{"point": "p1", "text": "A “b”\n c"}, {"point": "p2", "text": "d"}]})
    grown = [len(whole_claims(text[:end])) for end in range(len(text) + 1)]

    assert grown == sorted(grown)
    assert grown[text.index("}") + 1] == 1, "as soon as it is closed"
    assert whole_claims(text) == [Told("p1", "A “b”\n c"), Told("p2", "d")]
    assert whole_claims('Sure! {"claims": [{"point": "p1", "text": "x"}]}') == []


def test_each_sentence_is_heard_while_the_rest_is_still_written(desk: Desk) -> None:
    ear = tell(desk, telling(lambda request: typed(request, pause=0.03)))

    assert [thing.phase for thing in ear.things if isinstance(thing, Begun)] == [Phase.READING, Phase.TELLING]
    assert len(ear.sentences) >= 3
    spoken = [at for at, thing in zip(ear.at, ear.things, strict=True) if isinstance(thing, Sentence)]
    assert spoken[-1] - spoken[0] > 0.3, "not all at the end"
    assert desk.verdicts() == {"accepted": 2}


def test_only_what_the_card_does_not_say_is_told(desk: Desk) -> None:
    shown = desk.ask(QUESTION).text
    assert not [words for words in by_code(desk) if words.rstrip(".").lower() in shown.lower()]


def test_an_invented_number_is_never_heard_and_code_says_that_point_itself(desk: Desk) -> None:
    honest_words = by_code(desk)
    script = telling(lambda request: Typed({"claims": changed(request, 0, "They would pay 90,000 EUR at once.")}))
    ear = tell(desk, script)

    assert not any("90,000" in words for words in ear.words)
    assert sorted(ear.words) == sorted(honest_words)
    assert len(desk.model.of("tell")) == 2, "one repair was asked for"
    assert desk.verdicts()["partly accepted"] == 1


def test_a_repair_is_told_what_was_wrong_and_asks_for_the_rest_only(desk: Desk) -> None:
    def script(request: Request) -> Answer:
        if request.job == "extract" or request.rows("problems"):
            return honest(request)
        return Typed({"claims": changed(request, 1, "Ingrid will sign.")})

    honest_words = by_code(desk)
    ear = tell(desk, script)
    first, second = desk.model.of("tell")

    assert sorted(ear.words) == sorted(honest_words)
    assert [row["sentence"] for row in second.rows("problems")] == ["Ingrid will sign."]
    assert [row["id"] for row in second.rows("points")] == [told(first)[1]["point"]]
    assert desk.verdicts()["repaired"] == 1


@pytest.mark.parametrize(
    "words",
    [
        "Nobody.",
        "The deal is rated Good.",
        "Champion is confirmed.",
        "See https://evil.example now.",
        "<!channel> wake up.",
    ],
)
def test_a_weak_or_wrong_sentence_is_not_heard(desk: Desk, words: str) -> None:
    ear = tell(desk, telling(lambda request: Say({"claims": changed(request, 0, words)})))
    assert words not in ear.words


def test_words_of_one_point_cannot_stand_for_another(desk: Desk) -> None:
    def swapped(request: Request) -> Answer:
        claims = told(request)
        return Say({"claims": [{**claims[0], "text": claims[1]["text"]}, {**claims[1], "text": claims[0]["text"]}]})

    pairs = {(sentence.label, sentence.words) for sentence in tell(desk, honest).sentences}
    assert {(sentence.label, sentence.words) for sentence in tell(desk, telling(swapped)).sentences} <= pairs


def test_a_quote_is_chosen_by_the_model_and_said_by_code(desk: Desk) -> None:
    def script(request: Request) -> Answer:
        quotes = [{"point": row["id"], "text": "He said yes!"} for row in request.rows("points") if row["quote"]]
        return Typed({"claims": [*told(request), *quotes]})

    ear = tell(desk, telling(script))
    extra = [sentence for sentence in ear.sentences if sentence.words.startswith("“")]
    assert 1 <= len(extra) <= desk.deepener.rules.tell.chosen
    assert "He said yes!" not in " ".join(ear.words)


def test_a_model_that_dies_half_way_leaves_whole_sentences_and_code_says_the_rest(desk: Desk) -> None:
    honest_words = by_code(desk)
    quick = desk.with_rules(retries=0)
    ear = tell(quick, telling(lambda request: typed(request, cut_after=len(json.dumps(told(request)[0])) + 40)))

    assert sorted(ear.words) == sorted(honest_words)
    assert quick.verdicts()["failed"] == 1


@pytest.mark.parametrize(
    "answer", [Status(500), Say("no JSON at all"), Say({"claims": []}), Say({"claims": "x"}), Typed('{"claims": [{"po')]
)
def test_a_model_without_a_usable_word_says_nothing(desk: Desk, answer: Answer) -> None:
    assert tell(desk.with_rules(retries=0), telling(lambda _: answer)).sentences == []


def test_a_cut_off_answer_keeps_its_whole_claims(desk: Desk) -> None:
    honest_words = by_code(desk)
    ear = tell(desk, telling(lambda request: Typed(json.dumps({"claims": told(request)})[:-40], finish="length")))
    assert sorted(ear.words) == sorted(honest_words)


def test_stop_ends_the_call_itself_and_nothing_more_is_heard(desk: Desk) -> None:
    halt = Halt()
    ear = Ear()

    def stop_at_the_first(thing: object) -> None:
        ear(thing)
        if ear.sentences:
            halt.stop()

    desk.model.reset(telling(lambda request: typed(request, pause=0.1)))
    began = time.monotonic()
    desk.coach.tell(desk.asker, desk.ask(), QUESTION, now=desk.world.as_of, hear=stop_at_the_first, halt=halt)

    assert len(ear.sentences) == 1
    assert time.monotonic() - began < 5
    ends = time.monotonic() + 3
    while not desk.model.left and time.monotonic() < ends:
        time.sleep(0.02)
    assert desk.model.left == 1, "the model's server saw its reader go"
    assert desk.reasons() == {"stopped": 1}


def test_stop_while_the_notes_are_read(desk: Desk) -> None:
    from tests.servers.scripted_model import Stall

    halt = Halt()
    threading.Timer(0.3, halt.stop).start()
    began = time.monotonic()
    ear = tell(desk, lambda _: Stall(20), halt)

    assert time.monotonic() - began < 5
    assert ear.sentences == []
    assert desk.model.of("tell") == []


def test_a_stop_is_no_failure_of_the_server(desk: Desk) -> None:
    for _ in range(desk.deepener.rules.breaker.failures + 1):
        halt = Halt()
        halt.stop()
        tell(desk.with_rules(cache_hours=0), honest, halt)
    assert tell(desk, honest).sentences


def test_use_is_counted_also_of_a_stopped_answer(desk: Desk) -> None:
    halt = Halt()
    ear = Ear()

    def hear(thing: object) -> None:
        ear(thing)
        if ear.sentences:
            halt.stop()

    desk.model.reset(telling(lambda request: typed(request, pause=0.05)))
    desk.coach.tell(desk.asker, desk.ask(), QUESTION, now=desk.world.as_of, hear=hear, halt=halt)
    used = desk.memory.model_usage(desk.asker.user.id, desk.world.as_of.date())
    assert 790 < used.tokens < 790 + 790 + desk.deepener.rules.max_output_tokens


def test_use_is_counted_as_the_server_counted_it(desk: Desk) -> None:
    tell(desk, honest)
    assert desk.memory.model_usage(desk.asker.user.id, desk.world.as_of.date()).tokens == 2 * 790


def test_the_same_question_is_told_from_the_cache(desk: Desk) -> None:
    first = tell(desk, honest)
    assert tell(desk, lambda _: Status(500)).words == first.words
    assert desk.model.requests == []


def test_a_spent_allowance_says_nothing(desk: Desk) -> None:
    poor = desk.with_rules(per_person_and_day=AllowanceRules(tokens=10, cost=None), cache_hours=0)
    assert tell(poor, honest).sentences == []
    assert poor.model.requests == []


def test_found_evidence_comes_first_and_names_what_it_changed(desk: Desk) -> None:
    def script(request: Request) -> Answer:
        if request.job == "tell":
            return honest(request)
        row = next(row for row in request.rows("statements") if "agree to the money" in row["sentence"])
        item = {
            "element": "economic_buyer",
            "trait": "pointed_at",
            "quote": "Odd Revik would have to agree to the money.",
        }
        return Say({"items": [item | {name: row[name] for name in ("source", "speaker", "date")}]})

    ear = tell(desk, script)
    kinds = [type(thing) for thing in ear.things]
    assert kinds[:3] == [Begun, Informed, Sentence]
    assert "economic buyer is partial now" in ear.sentences[0].words


def test_nothing_is_told_to_somebody_who_does_not_see_the_deal(desk: Desk) -> None:
    from dataclasses import replace

    stranger = replace(desk.asker, user=replace(desk.asker.user, id="u-stranger"), owner_ids=frozenset({"u-stranger"}))
    ear = Ear()
    desk.model.reset(honest)
    desk.coach.tell(stranger, desk.ask(), QUESTION, now=desk.world.as_of, hear=ear)
    assert ear.things == []
    assert desk.model.requests == []
