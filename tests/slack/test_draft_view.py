"""A draft in Slack: the lead as prose, the text itself in a box that copies exactly as it is."""

import json
from datetime import UTC, datetime

from bot.coach.reply import CoachReply, DealRef, Outcome
from bot.slack.local import block_kit
from bot.slack.views import answer_message

DRAFT = "Subject: Recap\n\nHello Ann,\n- “*not bold* <!channel>”\n" + "- a line\n" * 600
REPLY = CoachReply(
    outcome=Outcome.ANSWER,
    as_of=datetime(2026, 10, 7, 10, 0, tzinfo=UTC),
    headline="Testwick Mills - Looms: recap to copy",
    text=f"*Testwick Mills - Looms: recap to copy.* I send nothing.\n\n{DRAFT}",
    deal=DealRef(
        id="d1", name="Testwick Mills - Looms", account="Testwick Mills", stage="Solution", owner="Tilda Aasen"
    ),
    draft=DRAFT,
)


def test_the_draft_stands_in_a_box_of_its_own() -> None:
    blocks = list(answer_message(REPLY).blocks)
    parts = [part for block in blocks if block["type"] == "rich_text" for part in block["elements"]]
    [box] = [part for part in parts if part["type"] == "rich_text_preformatted"]
    [text] = box["elements"]
    assert text["text"].startswith("Subject: Recap\n\nHello Ann,")
    assert "<!channel>" not in text["text"]
    assert block_kit.message_problems(blocks) == []
    assert len(json.dumps(blocks)) < 12_000
