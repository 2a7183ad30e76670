"""Questions about no deal: the fitting page, or the plain sentence that there is none and where else to look."""

import json
from pathlib import Path

import pytest
from deal_worlds import SAMPLE_NOW

from bot.coach.answers.handbook import answer_handbook
from bot.coach.reply import Outcome
from bot.handbook.embed import LexicalOnly
from bot.handbook.index import build_index
from bot.handbook.search import Handbook
from bot.runtime import Runtime
from bot.settings import Settings


@pytest.mark.parametrize(
    ("question", "elsewhere"),
    [
        ("Which commission do I get on a renewal I did not close?", "deal desk"),
        ("How much does the professional plan cost per user?", "price book"),
        ("How many days of parental leave do we get?", "HR"),
    ],
)
def test_a_question_for_another_place_is_sent_there(question: str, elsewhere: str, quick_handbook: Handbook) -> None:
    reply = answer_handbook(question, quick_handbook, SAMPLE_NOW)
    assert reply.outcome is Outcome.ANSWER_HANDBOOK
    assert reply.text.startswith("The handbook has nothing on this.")
    assert elsewhere in reply.text
    assert reply.citations == ()


def test_a_question_with_a_page_is_answered_from_it(quick_handbook: Handbook) -> None:
    reply = answer_handbook("How do I test whether my contact is a champion?", quick_handbook, SAMPLE_NOW)
    assert reply.citations
    section = quick_handbook.section(reply.citations[0].key)
    assert section is not None
    assert reply.citations[0].quote in section.text


def test_an_index_of_another_version_stops_advice_but_not_the_coach(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, COACH_HOME=tmp_path)
    page = tmp_path / "pages" / "champion.md"
    page.parent.mkdir()
    page.write_text("# Champion\n\nA champion acts for you when you are not in the room.\n", encoding="utf-8")
    built = build_index([page.parent], settings.index_dir, embedder=LexicalOnly("this test"))
    manifest = built.generation / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 0}), encoding="utf-8")
    handbook = Runtime(settings).coach.open_handbook()
    assert handbook is None
    assert "coach doctor" in answer_handbook("What is a champion?", handbook, SAMPLE_NOW).text
