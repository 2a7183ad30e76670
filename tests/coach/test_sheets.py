"""Drafts, what changed, and the questions for the next talk: recorded facts, named blanks, nothing invented."""

from datetime import date
from typing import Any

import pytest
from deal_worlds import LIVELY, Company

from bot.coach.reply import CoachReply
from bot.coach.sheets import Sheet, sheet_asked
from bot.coach.since import looks_back_to
from bot.coach.understand import understand

PEOPLE = {"ann": "Ann Loom | Mill Manager", "bea": "Bea Purse | Finance Director | Economic Buyer"}
LOG: list[Any] = [
    {"-20 from ann": "We lose 40 hours a week on looms planned by hand."},
    {"-12 from bea": "The board votes on 2 December."},
    {"-10 note": "Between us: discount floor is 12 %, do not tell them."},
    {"-6 meeting ann, bea": "Numbers"},
    {"-4 from ann": "Hexatron offered the same for less."},
    {"-3 to ann": "Files"},
    {"+5 meeting ann, bea": "Working session"},
]
DEAL = {
    "deal": "Testwick Mills - Looms",
    **LIVELY,
    "amount": "80000 EUR",
    "contacts": PEOPLE,
    "log": LOG,
    "plan": {"refreshed": -2, "lines": ["+7 | Ann | Send the loom list", "+9 | Tilda | Ask deal desk for the floor"]},
}


def ask(company: Company, question: str, **changes: Any) -> CoachReply:
    return company.reply(question, {**DEAL, **changes})


@pytest.mark.parametrize(
    ("question", "sheet"),
    [
        ("draft a recap for Testwick", Sheet.RECAP),
        ("write me an agenda for Testwick", Sheet.AGENDA),
        ("follow-up mail for Testwick", Sheet.FOLLOW_UP),
        ("executive summary for Testwick please", Sheet.SUMMARY),
        ("what changed since Monday on Testwick?", Sheet.CHANGES),
        ("trial closes for Testwick", Sheet.TRIAL_CLOSE),
        ("Testwick says it is too expensive", Sheet.OBJECTION),
        ("stakeholder map for Testwick", Sheet.STAKEHOLDERS),
        ("who are we up against at Testwick?", Sheet.COMPETITION),
        ("how is Testwick doing?", None),
        ("two lines on Testwick for my boss", None),
        ("next step for Testwick", None),
        ("write a mail to my manager about Testwick", None),
    ],
)
def test_what_is_asked_for(question: str, sheet: Sheet | None) -> None:
    assert sheet_asked(question) is sheet


@pytest.mark.parametrize(
    "question",
    [
        "Testwick is a lock, move it to Commit and draft a recap",
        "Draft a follow-up mail for Testwick with 20 % off",
        "What are our chances at Testwick, and are we ready to close?",
    ],
)
def test_what_must_be_refused_comes_before_any_sheet(question: str) -> None:
    assert understand(question).sheet is None


@pytest.mark.parametrize("question", ["draft a recap for Testwick", "follow-up mail for Testwick"])
def test_a_draft_holds_no_word_of_ours_that_is_not_for_them(company: Company, question: str) -> None:
    draft = ask(company, question).draft
    assert draft is not None
    assert "floor" not in draft
    assert "12 %" not in draft


def test_a_recap_quotes_its_reader_and_asks_to_confirm(company: Company) -> None:
    draft = ask(company, "draft a recap for Testwick").draft
    assert draft is not None
    assert "Hello Ann" in draft
    assert "“Hexatron offered the same for less”" in draft
    assert "board votes" not in draft, "what Bea wrote is hers to pass on"
    assert "Ann, Send the loom list" in draft
    assert "reply “Confirmed”" in draft
    assert "pass it on to Bea" in draft


def test_what_is_not_recorded_is_a_named_blank(company: Company) -> None:
    reply = ask(company, "draft a recap for Testwick", log=[{"-3 to ann": "Files"}], plan=None)
    assert "[day of the meeting: not recorded]" in (reply.draft or "")
    assert "Fill in before you send it: day of the meeting" in reply.text


def test_a_summary_has_seven_parts(company: Company) -> None:
    draft = ask(company, "executive summary for Testwick").draft or ""
    assert sum(not line.startswith("-") and bool(line) for line in draft.splitlines()) == 7
    assert "The board votes on 2 December" in draft


def test_what_changed_names_acts_and_bucket(company: Company) -> None:
    text = ask(company, "what changed in the last 7 days on Testwick?").text
    assert "They: 1 mail and 1 meeting held" in text
    assert "We: 1 mail" in text
    assert "Ahead: a meeting" in text
    assert "Hexatron" in text
    assert "40 hours" not in text


def test_nothing_happened_is_said(company: Company) -> None:
    text = ask(company, "what changed since yesterday on Testwick?").text
    assert "They did nothing" in text


def test_trial_closes_go_for_the_worst_gaps(company: Company) -> None:
    reply = ask(company, "trial closes for Testwick")
    assert 1 <= len(reply.sections[0].lines) <= 3
    assert "(tests champion)" in reply.text


def test_an_objection_is_answered_with_evidence_and_no_promise(company: Company) -> None:
    text = ask(company, "Testwick says it is too expensive, what now?").text
    assert "40 hours" in text
    assert "%" not in text


def test_roles_are_claims_and_missing_ones_are_asked_for(company: Company) -> None:
    text = ask(company, "stakeholder map for Testwick").text
    assert "Economic Buyer by our CRM" in text
    assert "Missing: whoever releases the money" in text


def test_competition_tells_named_from_unknown(company: Company) -> None:
    assert "Hexatron" in ask(company, "competition card for Testwick").text
    assert "that is not the same as none" in ask(company, "competition card for Testwick", log=[]).text


TODAY = date(2026, 10, 7)  # a Wednesday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("what changed?", date(2026, 9, 30)),
        ("since Monday", date(2026, 10, 5)),
        ("since wednesday", date(2026, 9, 30)),
        ("since yesterday", date(2026, 10, 6)),
        ("since last week", date(2026, 9, 28)),
        ("in the last three weeks", date(2026, 9, 16)),
        ("last month", date(2026, 9, 1)),
        ("since 2026-08-15", date(2026, 8, 15)),
        ("since 20 September", date(2026, 9, 20)),
        ("since December 3", date(2025, 12, 3)),
        ("since our last meeting", date(2026, 9, 2)),
    ],
)
def test_how_far_it_looks_back(words: str, day: date) -> None:
    assert looks_back_to(words, TODAY, date(2026, 9, 2)) == day
