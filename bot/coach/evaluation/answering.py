"""The coach in a scenario's closed world: the same code path as every surface, on a pipeline in memory."""

from typing import TYPE_CHECKING

from bot.coach.answers.menu import not_found
from bot.coach.evaluation.world import World
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import CoachReply
from bot.coach.service import Coach
from bot.handbook.search import Handbook
from bot.pipeline.service import Pipeline
from bot.pipeline.shares import ShareHistory
from bot.pipeline.statements import PipelineRules
from bot.pipeline.store import load_rows

if TYPE_CHECKING:  # pulls in the whole model path
    from bot.coach.deepen import Deepener

_CONSULT = "/consult"


def answer_world(
    world: World,
    rules: PipelineRules,
    playbook: CoachPlaybook,
    handbook: Handbook | None,
    deepener: "Deepener | None" = None,
) -> CoachReply:
    """Answer the message of `world` as its asker on its surface; with a `deepener`, in its better words."""
    pipeline = Pipeline(load_rows(world.tables, world.timezone).con, rules, world.timezone, world.benchmarks)
    coach = Coach(
        open_pipeline=lambda: pipeline,
        open_handbook=lambda: handbook,
        playbook=playbook,
        probabilities=world.fixture.stage_probabilities or rules.stages.probabilities(),
        share_histories=lambda _: _shares(world),
        deepener=deepener,
    )
    asker = coach.asker_for_user(world.asker_id)
    if asker is None:
        return not_found(world.as_of)
    if world.surface == _CONSULT:
        return coach.consult(asker, world.message.removeprefix(_CONSULT), now=world.as_of)
    reply = coach.answer(asker, world.message, now=world.as_of)
    return coach.deepen(asker, reply, world.message, now=world.as_of) or reply


def _shares(world: World) -> dict[str, ShareHistory]:
    stored = world.fixture.health_share_snapshots
    if stored is None:
        return {}
    return {user_id: ShareHistory(share.now, share.weekly_last_26) for user_id, share in stored.users.items()}
