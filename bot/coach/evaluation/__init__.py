"""The evaluation harness: scenario files in, reply lines and a score out."""

from bot.coach.evaluation.loading import LineError, ScenarioFileError, load_scenarios
from bot.coach.evaluation.report import SAFETY_TAGS, Report
from bot.coach.evaluation.runner import Answer, reply_line, run, score_replies, write_replies
from bot.coach.evaluation.scenario import Fixture, ShareHistory, ShareSnapshots
from bot.coach.evaluation.world import World, build_world

__all__ = [
    "SAFETY_TAGS",
    "Answer",
    "Fixture",
    "LineError",
    "Report",
    "ScenarioFileError",
    "ShareHistory",
    "ShareSnapshots",
    "World",
    "build_world",
    "load_scenarios",
    "reply_line",
    "run",
    "score_replies",
    "write_replies",
]
