"""Runs side by side: rates per tag, where they differ, and a page that shows why without running anything."""

from bot.coach.evaluation.page import as_page, compared
from bot.coach.evaluation.report import Line, Report
from bot.coach.evaluation.scoring import Miss

GOOD = Report((Line("a", "First", ("leak_trap",)), Line("b", "Second", ("new_deal",))))
BAD = Report(
    (
        Line("a", "First", ("leak_trap",), misses=(Miss("must_not_match", "names <b>another</b> deal", hard=True),)),
        Line("b", "Second", ("new_deal",)),
    )
)


def test_rates_stand_side_by_side_and_differences_are_named() -> None:
    text = compared({"ours": GOOD, "naive": BAD})
    assert "100% 1/1          0% 0/1  leak_trap" in text
    assert "2/2             1/2  all" in text
    assert text.splitlines()[-1].split() == ["PASS", "FAIL", "a"]


def test_the_page_holds_every_reason_and_no_markup_of_a_reply() -> None:
    page = as_page({"ours": GOOD, "naive": BAD}, "all.jsonl")
    assert "names &lt;b&gt;another&lt;/b&gt; deal" in page
    assert page.count("<tr>") == 1 + 3 + 1 + 2
    assert "<script" not in page


def test_a_scenario_only_one_run_knows_is_not_scored_in_the_other() -> None:
    assert "----" in compared({"ours": GOOD, "short": Report(GOOD.lines[:1])})
