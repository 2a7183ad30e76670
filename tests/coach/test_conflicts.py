"""Where the CRM and what people said do not fit together: shown, never settled by the coach."""

from datetime import date

import pytest
from deal_worlds import Company

from bot.coach.close_plan import lint_plan
from bot.pipeline.model import ClosePlan

TODAY, CLOSE = date(2026, 10, 7), date(2026, 11, 30)
EVA = {"eva": "Eva Lie | Plant Manager"}


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Our council votes on the budget in December.", True),
        ("The board decides in January.", True),
        ("The board decides in October.", False),
        ("The board decides in November.", False),  # the month of the close date itself
        ("We were on holiday in December.", False),
        ("It gets cold here in December.", False),
    ],
)
def test_a_deciding_step_after_the_close_date_is_a_conflict(company: Company, sentence: str, shown: bool) -> None:
    view = company.view(contacts=EVA, close=40, log=[{"-5 from eva": sentence}])
    found = any(sentence.rstrip(".") in conflict for conflict in view.conflicts)
    assert found is shown


def test_the_conflict_names_the_speaker_the_day_and_the_crm_date(company: Company) -> None:
    [conflict] = company.view(
        contacts=EVA, close=16, log=[{"-5 from eva": "Our council votes on the budget in December."}]
    ).conflicts
    assert "Eva Lie, Fri 2 Oct" in conflict
    assert "Fri 23 Oct" in conflict


def test_a_month_of_last_year_is_not_read_as_this_year(company: Company) -> None:
    """Said in November 2025 about December, so December 2025: long before the close date."""
    view = company.view(
        contacts=EVA,
        close=16,
        stages={"Qualification": -340, "Solution": -14},
        log=[{"-330 from eva": "The board decides in December."}],
    )
    assert view.conflicts == ()


def test_without_a_close_date_nothing_can_conflict_with_it(company: Company) -> None:
    view = company.view(contacts=EVA, close=None, log=[{"-5 from eva": "The board decides in December."}])
    assert view.conflicts == ()


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("The order comes to 68,000 with the second plant.", True),
        ("We wrote 68,000 into the order.", True),
        ("She signs any order above 50,000 herself.", False),
        ("Orders up to $120,000 are mine to approve.", False),
        ("My limit is 30,000 an order.", False),
    ],
)
def test_a_limit_of_authority_is_not_taken_for_the_price(company: Company, sentence: str, shown: bool) -> None:
    view = company.view(contacts=EVA, amount="82500 USD", log=[{"-5 from eva": sentence}])
    assert any("the CRM amount is" in conflict for conflict in view.conflicts) is shown


def test_the_crms_own_next_step_may_contradict_its_date(company: Company) -> None:
    view = company.view(contacts=EVA, close=16, next_step="board decision in January", log=[])
    assert any("next step" in conflict for conflict in view.conflicts)


class TestClosePlan:
    def codes(self, *lines: str, refreshed: date | None = date(2026, 10, 5)) -> list[str]:
        return [finding.code for finding in lint_plan(ClosePlan(refreshed, lines), TODAY, CLOSE)]

    def test_no_plan_has_no_findings(self) -> None:
        assert lint_plan(None, TODAY, CLOSE) == []

    def test_a_good_plan_has_none(self) -> None:
        assert self.codes("2026-10-20 | Eva | returns the criteria list", "2026-11-10 | Tilda | sends the form") == []

    @pytest.mark.parametrize(
        ("refreshed", "code"),
        [
            (None, ["P1"]),
            (date(2026, 9, 30), []),
            (date(2026, 9, 29), ["P2"]),
            (date(2026, 9, 1), ["P2"]),
        ],
    )
    def test_how_old_the_plan_is(self, refreshed: date | None, code: list[str]) -> None:
        assert self.codes("2026-10-20 | Eva | returns the list", refreshed=refreshed) == code

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("| Eva | returns the list", "P3"),
            ("sometime in June | Eva | returns the list", "P4"),
            ("2026-10-06 | Eva | returns the list", "P5"),
            ("2026-12-01 | Eva | signs", "P11"),
            ("2026-10-20 | Eva | legal review ( )", "P8"),
            ("2026-10-20 | Eva | legal review (?)", "P8"),
            ("2026-10-20 | Eva | signer TBD", "P8"),
        ],
    )
    def test_what_is_wrong_with_a_line(self, line: str, code: str) -> None:
        assert code in self.codes(line, "2026-10-21 | Eva | returns the form")

    def test_a_finding_quotes_its_line(self) -> None:
        [finding] = lint_plan(ClosePlan(date(2026, 10, 5), ("2026-10-01 | Eva | returns the list",)), TODAY, CLOSE)[:1]
        assert "Eva | returns the list" in finding.sentence
        assert "1 Oct" in finding.sentence
