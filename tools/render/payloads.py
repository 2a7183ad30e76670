"""Write the sample messages of the tests as Block Kit payloads: `python tools/render/payloads.py OUT_DIR`.

`node tools/render/render.mjs OUT_DIR/*.json` then makes the pictures.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "slack")]

from samples import (  # noqa: E402
    ANSWER,
    CLARIFY,
    CONSULT,
    DIGEST,
    HANDBOOK,
    HOSTS,
    NOTHING_TODAY,
    PIPELINE,
    TEAM_DIGEST,
)

from bot.pipeline.brief import HealthBucket  # noqa: E402
from bot.slack.ids import ActionId  # noqa: E402
from bot.slack.views import answer_message, clarify_message, consult_message  # noqa: E402
from bot.slack.views.alerts import DealLine, ShareLine, deal_alert_message, share_alert_message  # noqa: E402
from bot.slack.views.card import CardState  # noqa: E402
from bot.slack.views.digest import digest_message  # noqa: E402
from bot.slack.views.notices import fault_message, help_message  # noqa: E402
from bot.slack.views.team_digest import team_digest_message  # noqa: E402

MESSAGES = {
    "answer": answer_message(ANSWER, hosts=HOSTS, reply_id=1),
    "card": answer_message(
        ANSWER, hosts=HOSTS, reply_id=1, state=CardState("sample", {0: "Tracked for Priya, Tue 24 Nov"}, shareable=True)
    ),
    "consult": consult_message(CONSULT, hosts=HOSTS, reply_id=1),
    "handbook": answer_message(HANDBOOK, hosts=HOSTS, reply_id=1),
    "pipeline": answer_message(PIPELINE, hosts=HOSTS, reply_id=1),
    "menu": clarify_message(CLARIFY, action=ActionId.CHOOSE_DEAL, menu="sample"),
    "digest": digest_message(DIGEST, "sample"),
    "digest-empty": digest_message(NOTHING_TODAY, "sample"),
    "digest-team": team_digest_message(TEAM_DIGEST),
    "deal-alert": deal_alert_message(
        [
            DealLine(
                DIGEST.items[0].deal, HealthBucket.AT_RISK, "now At Risk, the meeting of Thu 19 Nov was cancelled"
            ),
            DealLine(DIGEST.items[1].deal, HealthBucket.POOR, "Dana Reyes has left, says a mail or note of Wed 18 Nov"),
        ],
        2,
        DIGEST.as_of,
    ),
    "share-alert": share_alert_message(
        [ShareLine("u2", "Renata Silva", "48% of open value is at risk; the peers are at 22%")], DIGEST.as_of
    ),
    "help": help_message(),
    "fault": fault_message("A1B2C3"),
}


def main(directory: str) -> None:
    """Write one file a message, named after it."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for name, message in MESSAGES.items():
        (folder / f"{name}.json").write_text(json.dumps({"blocks": message.blocks}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
