"""Small worlds in the shorthand of `tests/scenarios`, asked through the same code path as every surface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import yaml

from bot.coach.access import Asker
from bot.coach.evaluation.answering import answer_world
from bot.coach.evaluation.scenario import Situation
from bot.coach.evaluation.world import World, build_world
from bot.coach.playbook import CoachPlaybook
from bot.coach.reply import CoachReply, Element, ElementStatus
from bot.coach.service import Coach
from bot.coach.view import DealView, view_deal
from bot.pipeline.service import Pipeline
from bot.pipeline.statements import PipelineRules
from bot.pipeline.store import load_rows
from tests.scenarios.build import HERE, build

LIVELY = {"owner": "tilda", "stages": {"Qualification": -50, "Discovery": -30, "Solution": -14}, "close": 60}
"""A deal in Solution, sixty days before its close date, owned by the person who asks."""

SAMPLE_NOW = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Company:
    """The invented selling company; its people are those of `tests/scenarios/company.yaml`."""

    playbook: CoachPlaybook
    rules: PipelineRules

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        people: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "company.yaml").read_text(encoding="utf-8"))
        return people

    def world(self, *deals: Mapping[str, Any], ask: str = "", asker: str = "tilda", **case: Any) -> World:
        shorthand = {"id": "t", "title": "", "tags": [], "as": asker, "ask": ask, "expect": {"outcome": "answer"}}
        record = build({**shorthand, "deals": list(deals), **case}, self.people)
        return build_world(Situation.model_validate(record))

    def pipeline(self, world: World) -> Pipeline:
        return Pipeline(load_rows(world.tables, world.timezone).con, self.rules, world.timezone, world.benchmarks)

    def reply(self, ask: str, *deals: Mapping[str, Any], asker: str = "tilda", **case: Any) -> CoachReply:
        """What the coach answers, without a handbook."""
        return answer_world(self.world(*deals, ask=ask, asker=asker, **case), self.rules, self.playbook, None)

    def at_work(self, *deals: Mapping[str, Any], asker: str = "tilda", **case: Any) -> tuple[Coach, Asker, World]:
        """A coach over the world, with the asker and the clock."""
        world = self.world(*deals, asker=asker, **case)
        pipeline = self.pipeline(world)
        coach = Coach(lambda: pipeline, lambda: None, self.playbook, self.rules.stages.probabilities())
        found = coach.asker_for_user(world.asker_id)
        assert found is not None
        return coach, found, world

    def view(self, **deal: Any) -> DealView:
        """One deal, judged. Only what matters to the test needs saying."""
        world = self.world({"deal": "Testwick Mills - Looms", **LIVELY, **deal})
        pipeline = self.pipeline(world)
        [name] = pipeline.deal_names(None)
        return view_deal(pipeline.brief(name.id, world.as_of), self.playbook, None)

    def status(self, element: Element, log: Sequence[Any], **deal: Any) -> ElementStatus:
        """The status one element gets from `log`."""
        results = self.view(log=list(log), **deal).qualification.results
        return next(result.status for result in results if result.element is element)
