"""Questions find the section that answers them, word for word, or nothing at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.handbook.lexical import KeywordIndex, Lexicon, words
from bot.handbook.ranking import SearchSettings
from bot.handbook.search import Handbook
from bot.playbook import load_playbook
from bot.resources import shipped

FAR = ["best recipe for banana bread", "who won the world cup in 1998", "reset my VPN password", "", "  ", "???", "🙂"]


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("what do I ask the lead before the walkthrough", "walkthrough#before-the-hour"),
        ("customer wants their money back", "plays/refund-guard#when-to-use-it"),
        ("who decides in the end if the pilot passed", "plays/pilot-book#1.2"),
        ("how long can I hold the lockbox price", "lockbox"),
        ("rehearse the rollout together with the customer", "walkthrough"),
    ],
)
def test_a_question_finds_its_section(handbook: Handbook, question: str, key: str) -> None:
    keys = [passage.key for passage in handbook.search(question, k=3)]
    assert key in keys[:2]
    assert len(keys) == len(set(keys)), "one passage a section"


def test_passages_are_word_for_word(handbook: Handbook) -> None:
    for passage in handbook.search("pilot verdict with the judge", k=20):
        section = handbook.section(passage.key)
        assert section is not None
        assert passage.text in section.text
        assert section.passage_text(passage.number) == passage.text
        assert handbook.section(passage.id) == section


@pytest.mark.parametrize("question", FAR)
def test_a_far_question_finds_nothing(handbook: Handbook, question: str) -> None:
    assert handbook.search(question) == []


def test_the_nearest_page_is_offered_only_if_it_is_near(handbook: Handbook) -> None:
    assert handbook.nearest("best recipe for banana bread") is None
    near = handbook.nearest("lockbox")
    assert near is not None
    assert near.doc == "lockbox"


def test_k_bounds_the_answer(handbook: Handbook) -> None:
    assert len(handbook.search("pilot question judge", k=2)) == 2
    assert handbook.search("pilot question judge", k=0) == []


def test_scores_fall_and_stay_between_0_and_1(handbook: Handbook) -> None:
    scores = [passage.score for passage in handbook.search("pilot", k=20, stage="Solution")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_tags_lift_and_never_shut_out(handbook: Handbook) -> None:
    question = "when they hesitate, write the sentence down on the first slide"
    plain = {passage.key: passage.score for passage in handbook.search(question, k=20)}
    lifted = {
        passage.key: passage.score
        for passage in handbook.search(question, k=20, stage="Commercial", elements=["decision_process"])
    }
    assert set(plain) == set(lifted)
    for key, score in lifted.items():
        tagged = key.startswith("walkthrough")
        assert score > plain[key] or plain[key] == 1 if tagged else score == plain[key]


def test_links_point_into_pages_that_have_anchors(handbook: Handbook) -> None:
    by_doc = {passage.doc: passage for passage in handbook.search("walkthrough lockbox pilot refund judge hour", k=20)}
    assert by_doc["walkthrough"].url is not None
    assert by_doc["walkthrough"].url.startswith("https://handbook.example.com/sales/walkthrough.md")
    assert by_doc["plays/pilot-book"].url == "https://handbook.example.com/sales/plays/pilot-book.txt"


def test_neighbours_are_the_passages_around(handbook: Handbook) -> None:
    passage = handbook.search("what happens in the minutes when they drive and hesitate", k=1)[0]
    section = handbook.section(passage.key)
    assert section is not None
    expected = [number for number in (passage.number - 1, passage.number + 1) if 0 <= number < len(section.spans)]
    assert [one.number for one in handbook.neighbours(passage)] == expected


def test_an_unknown_key_is_none(handbook: Handbook) -> None:
    assert handbook.section("nowhere#at-all") is None


def test_the_vocabulary_holds_the_words_as_written(handbook: Handbook) -> None:
    assert {"walkthrough", "lockbox", "directors"} <= handbook.vocabulary


def test_threads_get_the_same_answers(handbook: Handbook) -> None:
    questions = ["pilot judge", "refund hint", "lockbox price", "walkthrough agenda"] * 8
    alone = [[passage.id for passage in handbook.search(question)] for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: [one.id for one in handbook.search(question)], questions))
    assert together == alone


def test_slang_reaches_the_words_of_the_handbook() -> None:
    lexicon = load_playbook(shipped("knowledge") / "playbook" / "lexicon.yaml", Lexicon)
    assert any("economic buyer" in meaning for meaning in lexicon.meanings("who is the EB?"))
    assert any("mutual action plan" in meaning for meaning in lexicon.meanings("send them the MAP"))
    assert lexicon.meanings("draw a map of the office") == []


def test_the_shipped_settings_are_valid() -> None:
    settings = load_playbook(shipped("knowledge") / "playbook" / "handbook.yaml", SearchSettings)
    assert 0 < settings.floor < 1


def test_words_fold_plurals_and_drop_stop_words() -> None:
    assert words("The buyers’ companies don't reply to proposals") == ["buyer", "company", "reply", "proposal"]


def test_coverage_weighs_rare_words_more(tmp_path: Path) -> None:
    index = KeywordIndex.build(["alpha beta", "alpha gamma", "alpha delta"])
    index.save(tmp_path)
    loaded = KeywordIndex.load(tmp_path)
    assert loaded.coverage(["alpha", "beta"]) == 1
    assert loaded.coverage(["alpha", "omega"]) < 0.5 < loaded.coverage(["beta", "alpha", "alpha"])
    assert loaded.coverage(["omega"], known=frozenset({"omega"})) == 1
    assert loaded.coverage([]) == 0
    assert loaded.scores(["omega"]).tolist() == [0, 0, 0]
