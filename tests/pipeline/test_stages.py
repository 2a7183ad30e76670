"""The stage model: names, order, presets, and what it refuses or doubts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.pipeline.model import DealStatus
from bot.pipeline.stages import ProbabilityPreset, StageModel, load_stages
from bot.playbook import PlaybookError
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"


@pytest.fixture
def content() -> dict[str, Any]:
    return yaml.safe_load((PLAYBOOK / "stages.yaml").read_text(encoding="utf-8"))


def test_the_shipped_model_has_five_open_stages_that_raise_no_doubt() -> None:
    model = load_stages(PLAYBOOK)
    assert [stage.name for stage in model.open_stages] == [
        "Qualification", "Discovery", "Solution", "Commercial", "Commitment",
    ]  # fmt: skip
    assert [stage.order for stage in model.stages] == [1, 2, 3, 4, 5, 6, 7]
    assert [stage.typical_days for stage in model.open_stages] == [14, 18, 21, 20, 10]
    assert (model.won.name, model.lost.name) == ("Closed Won", "Closed Lost")
    assert model.warnings() == []


def test_the_book_preset_is_kept_and_doubted() -> None:
    model = load_stages(PLAYBOOK)
    book = [model.probability_of(stage, ProbabilityPreset.BOOK) for stage in model.open_stages]
    assert book == [0.20, 0.35, 0.55, 0.45, 0.90]
    assert [model.probability_of(stage) for stage in model.open_stages] == [0.20, 0.35, 0.55, 0.65, 0.90]
    [doubt] = model.warnings(ProbabilityPreset.BOOK)
    assert "Commercial (45%) does not rise above Solution (55%)" in doubt


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Discovery", "Discovery"),
        ("  discovery  AND evaluation ", "Discovery"),
        ("Negotiation/Review", "Commercial"),
        ("closed - WON", "Closed Won"),
        ("lost", "Closed Lost"),
        ("Ripening", None),
        ("", None),
        (None, None),
    ],
)
def test_names_resolve_through_aliases_whatever_their_case(written: str | None, name: str | None) -> None:
    stage = load_stages(PLAYBOOK).resolve(written)
    assert (stage and stage.name) == name


def refused(content: dict[str, Any]) -> str:
    with pytest.raises(ValueError) as caught:
        StageModel.model_validate(content)
    return str(caught.value)


def test_too_few_open_stages(content: dict[str, Any]) -> None:
    del content["stages"][0]
    assert "4 open stages" in refused(content)


def test_too_many_open_stages(content: dict[str, Any]) -> None:
    extra = [content["stages"][0] | {"name": f"Extra {i}", "aliases": [], "order": 10 + i} for i in range(3)]
    closed = [stage | {"order": 90 + stage["order"]} for stage in content["stages"][5:]]
    content["stages"] = content["stages"][:5] + extra + closed
    assert "8 open stages" in refused(content)


def test_orders_must_rise(content: dict[str, Any]) -> None:
    content["stages"][2]["order"] = 2
    assert "order must rise" in refused(content)


def test_a_name_belongs_to_one_stage(content: dict[str, Any]) -> None:
    content["stages"][3]["aliases"].append("DISCOVERY")
    assert "'discovery' names both Discovery and Commercial" in refused(content)


def test_there_is_one_way_to_win(content: dict[str, Any]) -> None:
    content["stages"][6]["status"] = "won"
    assert "exactly one stage must have status won" in refused(content)


def test_closed_stages_come_last(content: dict[str, Any]) -> None:
    content["stages"][4]["status"], content["stages"][5]["status"] = "won", "open"
    assert "after all open stages" in refused(content)


def test_doubts_name_the_stage(content: dict[str, Any]) -> None:
    content["stages"][1] |= {"name": "In progress", "evidence": [], "exit": [], "typical_days": None}
    doubts = StageModel.model_validate(content).warnings()
    assert len(doubts) == 4
    assert all(doubt.startswith("In progress") for doubt in doubts)
    assert any("evidence" in doubt for doubt in doubts)


def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path) -> None:
    text = (PLAYBOOK / "stages.yaml").read_text(encoding="utf-8").replace("default: 0.35", "default: 35")
    (tmp_path / "stages.yaml").write_text(text, encoding="utf-8")
    line = next(i for i, content in enumerate(text.splitlines(), 1) if "default: 35" in content)
    with pytest.raises(PlaybookError, match=rf"stages.yaml:{line}: stages.1.probability.default"):
        load_stages(tmp_path)


def test_every_status_is_one_of_the_three() -> None:
    assert {stage.status for stage in load_stages(PLAYBOOK).stages} == set(DealStatus)
