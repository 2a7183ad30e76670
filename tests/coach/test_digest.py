"""The daily digest: one message, the most pressing first, what changed, never long."""

from typing import Any

import pytest
from deal_worlds import SAMPLE_NOW, Company

from bot.coach.answers.wording import word_count
from bot.coach.digest import MAX_DEALS, WORDS_PER_DEAL, Digest, digest_text
from bot.coach.service import Coach
from bot.pipeline.brief import HealthBucket
from bot.pipeline.service import Pipeline

GOOD, AVERAGE, AT_RISK, POOR = HealthBucket.GOOD, HealthBucket.AVERAGE, HealthBucket.AT_RISK, HealthBucket.POOR
SILENT = {"owner": "tilda", "stages": {"Qualification": -90, "Discovery": -65}, "close": 40}  # Poor: untouched 65 d
QUIET = {"owner": "tilda", "stages": {"Qualification": -50, "Discovery": -45}, "close": 40}  # At Risk: 50 d


def quiet(name: str, **deal: Any) -> dict[str, Any]:
    return {"deal": f"{name} - Looms", **QUIET, **deal}


def digest(company: Company, *deals: dict[str, Any], yesterday: dict[str, HealthBucket] | None = None) -> Digest:
    coach, asker, world = company.at_work(*deals)
    return coach.digest(asker.user, now=world.as_of, yesterday=yesterday or {})


def test_nothing_at_risk_says_so_in_one_line(company: Company) -> None:
    young = {"deal": "Nyland Boats - Hulls", "owner": "tilda", "stages": {"Qualification": -3}, "close": 90}
    found = digest(company, young)
    assert (found.items, found.headline) == ((), "Nothing needs you today.")


def test_poor_comes_before_at_risk(company: Company) -> None:
    found = digest(company, quiet("Aker Mills"), {"deal": "Zetten Docks - Cranes", **SILENT})
    assert [item.bucket for item in found.items] == [POOR, AT_RISK]


def test_what_got_worse_since_yesterday_comes_first(company: Company) -> None:
    deals = [{"deal": "Zetten Docks - Cranes", **SILENT}, quiet("Aker Mills", id="AKER")]
    found = digest(company, *deals, yesterday={"AKER": AVERAGE})
    assert (found.items[0].deal.id, found.items[0].was) == ("AKER", AVERAGE)
    assert found.headline == "1 deal got worse, 1 still at risk"
    assert "At Risk, was Average" in digest_text(found)


def test_the_same_bucket_as_yesterday_is_no_news(company: Company) -> None:
    found = digest(company, quiet("Aker Mills", id="AKER"), yesterday={"AKER": AT_RISK})
    assert found.items[0].was is None


def test_a_bigger_deal_comes_first_among_equals(company: Company) -> None:
    found = digest(company, quiet("Aker Mills", amount="10000 EUR"), quiet("Berg Farms", amount="90000 EUR"))
    assert [item.deal.account for item in found.items] == ["Berg Farms", "Aker Mills"]


def test_at_most_seven_deals_and_the_rest_is_counted(company: Company) -> None:
    found = digest(company, *(quiet(f"Account{letter} Mills", id=letter) for letter in "ABCDEFGHI"))
    assert len(found.items) == MAX_DEALS == 7
    assert found.headline == "7 deals still at risk (and 2 more)"


def test_a_deal_that_recovered_is_mentioned_once(company: Company) -> None:
    lively = {
        "deal": "Lofthus Bread - Ovens",
        "id": "LOFT",
        "owner": "tilda",
        "stages": {"Qualification": -50, "Solution": -10},
        "close": 60,
        "contacts": {"eva": "Eva Lie"},
        "log": [{"-3 from eva": "Here is the list."}, "-2 to eva", {"+5 meeting eva": "Ovens"}],
    }
    found = digest(company, lively, yesterday={"LOFT": AT_RISK})
    assert found.items == ()
    assert "Better than yesterday: Lofthus Bread" in found.footer


def test_each_deal_has_one_step_with_owner_and_day(company: Company) -> None:
    text = digest_text(digest(company, quiet("Aker Mills", contacts={"eva": "Eva Lie"})))
    assert "→ Tilda" in text
    assert "by " in text


def test_on_the_sample_company_it_is_short_for_everybody(sample: Pipeline, sample_coach: Coach) -> None:
    for user in sample.users.values():
        found = sample_coach.digest(user, now=SAMPLE_NOW, yesterday={})
        assert len(found.items) <= MAX_DEALS
        for item in found.items:
            step = f"{item.step.owner} {item.step.text}" if item.step else ""
            assert word_count(f"{item.bucket.value} {item.why} {step}") <= WORDS_PER_DEAL, item


@pytest.mark.parametrize("connected", [True, False])
def test_unknown_sources_are_not_silence(company: Company, connected: bool) -> None:
    state = "connected" if connected else "not connected"
    found = digest(company, quiet("Aker Mills", sources=f"{state}, {state}"))
    assert bool(found.items) is connected
