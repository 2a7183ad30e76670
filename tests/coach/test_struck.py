"""Striking a recorded act gives the facets of the world in which it never took place."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from deal_worlds import Company

from bot.coach.contest import Correction, DisputedFact, ImpossibleCorrection, corrected_facets
from bot.pipeline.brief import DealBrief

EVA = {"eva": "Eva Lie | Plant Manager", "jon": "Jon Moe | Buyer"}
LOG = [
    {"-40 meeting eva": "Kick-off"},
    {"-20 from eva": "The list is attached."},
    {"-18 to eva": "Thanks"},
    {"-12 meeting eva": "Workshop"},
    {"-6 call eva": "Short call"},
    {"-3 from eva": "Out of the office until Monday."},
    {"+9 meeting eva": "Review"},
    {"+25 meeting eva": "Board"},
]
LEFT_AS_RECORDED = {"contacts_engaged", "new_stakeholders_last_30"}


def brief(company: Company, log: list[dict[str, str]]) -> DealBrief:
    return company.view(contacts=EVA, log=log).brief


def facets(company: Company, log: list[dict[str, str]]) -> dict[str, Any]:
    return asdict(brief(company, log).facets)


@pytest.mark.parametrize(
    ("fact", "offset"),
    [
        (DisputedFact.NOT_HELD, -40),
        (DisputedFact.NOT_HELD, -12),
        (DisputedFact.NOT_THEIRS, -20),
        (DisputedFact.NOT_THEIRS, -3),
        (DisputedFact.NOT_AHEAD, 9),
        (DisputedFact.NOT_AHEAD, 25),
    ],
)
def test_the_facets_are_those_of_a_world_without_the_act(company: Company, fact: DisputedFact, offset: int) -> None:
    recorded = brief(company, LOG)
    kept = [line for line in LOG if not any(when.startswith(f"{offset:+d} ") for when in line)]
    assert len(kept) == len(LOG) - 1
    never = facets(company, kept)
    struck = asdict(corrected_facets(recorded, Correction(fact, day=recorded.today + timedelta(days=offset))))
    assert {name: value for name, value in struck.items() if name not in LEFT_AS_RECORDED} == {
        name: value for name, value in never.items() if name not in LEFT_AS_RECORDED
    }


@pytest.mark.parametrize("fact", [DisputedFact.NOT_HELD, DisputedFact.NOT_AHEAD, DisputedFact.NOT_THEIRS])
def test_a_day_without_such_an_act_names_the_days_on_record(company: Company, fact: DisputedFact) -> None:
    recorded = brief(company, LOG)
    with pytest.raises(ImpossibleCorrection, match=r"that day\. On record: \w+ \d") as refused:
        corrected_facets(recorded, Correction(fact, day=date(2020, 1, 1)))
    assert refused.value.field == "day"


def test_where_nothing_is_recorded_nothing_can_be_struck(company: Company) -> None:
    with pytest.raises(ImpossibleCorrection, match="No meeting held is on record"):
        corrected_facets(brief(company, []), Correction(DisputedFact.NOT_HELD, day=date(2020, 1, 1)))
