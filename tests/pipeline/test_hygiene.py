"""Checks S1 to S17: each fires, stays silent, and says when it cannot know."""

from datetime import timedelta

import pytest
import yaml
from world import BUYER, NOW, RULES, TODAY, World, at, days_ago, halden

from bot.pipeline.commitment import load_commitment
from bot.pipeline.hygiene import DealHygiene, HygieneJudge, Severity, find_duplicates, load_hygiene
from bot.pipeline.hygiene.written import latest_date, names_a_day, offered_amount
from bot.playbook import PlaybookError
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"
JUDGE = HygieneJudge(load_hygiene(PLAYBOOK), load_commitment(PLAYBOOK, RULES.stages), RULES.stages)


def deal(**more) -> World:
    """A clean deal: touched, dated, valued, with a dated next step."""
    clean = {
        "type": "New Business", "amount": 50_000.0, "currency": "USD", "close_date": TODAY + timedelta(days=40),
        "next_step": "Rita sends terms by 30 Sep", "forecast_category": "Pipeline",
    }  # fmt: skip
    world = World().user().deal(**(clean | more)).contact().fed().sent(2).received(1)
    return world.visit("Discovery", 2, 5)


def checked(world: World, gaps=None) -> DealHygiene:
    pipeline = world.pipeline()
    return JUDGE.check([pipeline.brief("D", NOW)], pipeline.users, gaps)[0]


def codes(world: World, gaps=None) -> list[str]:
    return [finding.code for finding in checked(world, gaps).findings]


def reason(world: World, code: str) -> str:
    return next(each.reason for each in checked(world).not_checked if each.code == code)


def test_a_clean_record_has_no_finding() -> None:
    assert codes(deal()) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"close_date": days_ago(1)}, "S1"),
        ({"close_date": None}, "S2"),
        ({"close_date": TODAY + timedelta(days=580)}, "S2"),
        ({"next_step": None}, "S8"),
        ({"next_step": "Follow up"}, "S8"),
        ({"next_step": "Rita calls on 2026-09-10"}, "S9"),
        ({"probability": 90.0}, "S12"),
        ({"amount": None}, "S13"),
        ({"type": None}, "S14"),
    ],
)
def test_a_record_that_is_wrong_is_named(change, code) -> None:
    assert codes(deal(**change)) == [code]


@pytest.mark.parametrize("days", [0, 540])
def test_today_and_eighteen_months_are_still_fine(days: int) -> None:
    assert codes(deal(close_date=TODAY + timedelta(days=days))) == []


def test_stage_ahead_of_evidence_needs_documents() -> None:
    assert reason(deal(), "S3").startswith("documents are not recorded")
    proof = '{"artefacts": "One-page snapshot with context, reason for acting now and the likely way to a decision"}'
    assert "S3" not in codes(deal(custom=proof))
    found = checked(deal(custom='{"artefacts": "Proposal"}'))
    assert found.findings[0].sentence.endswith("the documents support Qualification")


def test_a_skipped_stage_and_a_move_back() -> None:
    skipped = deal(stage="Commercial", stage_order=4)
    skipped.rows["stage_visits"] = []
    assert codes(skipped.visit("Discovery", 2, 20, 3).visit("Commercial", 4, 3)) == ["S4"]

    back = deal()
    back.rows["stage_visits"] = []
    back.visit("Solution", 3, 20, 5).visit("Discovery", 2, 5)
    assert reason(back, "S5").startswith("notes are not recorded")
    back.add("notes", note_id="N", opportunity_id="D", on=days_ago(30), text="Hello")
    assert codes(back) == ["S5"]
    back.add("notes", note_id="M", opportunity_id="D", on=days_ago(6), text="Sponsor changed, back to discovery")
    assert codes(back) == []


def test_a_long_stay_is_high_from_twice_the_typical_on() -> None:
    world = deal()
    world.rows["stage_visits"] = []
    [finding] = checked(world.visit("Discovery", 2, 40)).findings  # configured: 18 days
    assert (finding.code, finding.severity) == ("S6", Severity.HIGH)
    world.rows["stage_visits"] = []
    assert codes(world.visit("Discovery", 2, 36)) == []


def test_stalled_needs_all_three_and_connected_sources() -> None:
    quiet = halden().sent(35).received(33).visit("Discovery", 2, 31)
    assert "S7" in codes(quiet)
    assert "S7" not in codes(quiet.received(3))
    blind = World().user().deal().contact().fed(connected=False).visit("Discovery", 2, 31)
    assert reason(blind, "S7") == "the owner's mail and calendar are not connected"


def test_commit_is_challenged_by_gap_date_and_buyer() -> None:
    world = deal(forecast_category="Commit")
    world.rows["activities"][1]["body"] = "The export is attached."
    assert codes(world) == []
    [finding] = checked(world, {"D": ["economic buyer"]}).findings
    assert (finding.code, finding.sentence) == ("S10", "in Commit, but critical gap: economic buyer")
    world.rows["activities"][1]["body"] = "Looks great."
    assert codes(world) == ["S10"]


def test_pushes_and_an_unexplained_month_end() -> None:
    assert reason(deal(), "S11") == "changes of the close date are not recorded"

    def moved(world: World, *moves: tuple[int, str, str]) -> World:
        for days, old, new in moves:
            world.add("field_history", opportunity_id="D", field="close_date", old=old, new=new, at=at(days))
        return world

    twice = (40, "2026-07-01", "2026-08-01"), (20, "2026-08-01", "2026-10-15")
    assert codes(moved(deal(), *twice)) == ["S11"]
    month_end = (20, "2026-10-15", "2026-10-31")
    assert codes(moved(deal(), month_end)) == ["S11"]
    assert codes(moved(deal().received(22), month_end)) == []
    assert codes(moved(deal(), (20, "2026-10-15", "2026-10-30"))) == []


def test_a_note_with_another_amount() -> None:
    note = {"note_id": "N", "opportunity_id": "D", "on": days_ago(4)}
    assert codes(deal().add("notes", **note, text="Repriced at 62,000 for eleven sites.")) == ["S13"]
    assert codes(deal().add("notes", **note, text="They lost 62,000 to overtime.")) == []
    assert codes(deal().add("notes", **note, text="Repriced at 50,000 as before.")) == []


def test_a_blocker_needs_its_day() -> None:
    assert reason(deal(), "S15") == "your data has no blocker field"
    assert "since when" in reason(deal(custom='{"blocker": "Legal Redline"}'), "S15")
    old = f'{{"blocker": "Legal Redline", "blocker_since": "{days_ago(15)}"}}'
    fresh = f'{{"blocker": "Legal Redline", "blocker_since": "{days_ago(14)}"}}'
    assert (codes(deal(custom=old)), codes(deal(custom=fresh))) == (["S15"], [])


def test_endings_want_a_reason_or_a_hand_off() -> None:
    lost = {"status": "lost", "stage": "Closed Lost", "closed_on": days_ago(3)}
    assert codes(deal(**lost)) == ["S17"]
    assert codes(deal(**lost, loss_reason="Price")) == []
    won = deal(**(lost | {"status": "won"}))
    assert "neither hand-offs nor notes" in reason(won, "S17")
    note = {"opportunity_id": "D", "on": days_ago(2)}
    assert codes(won.add("notes", note_id="N", **note, text="Signed. Not handed over yet.")) == ["S17"]
    assert codes(won.add("notes", note_id="M", **note, text="Handed over to Bo, kickoff on Monday.")) == []


def test_duplicates_share_an_address_or_a_corporate_domain() -> None:
    world = deal().deal("E", account_id="Y", account_name="Halden Holding")
    world.contact("leo@halden.example", "E", "Y").contact("a@gmail.com").contact("b@gmail.com", "E", "Y")
    world.contact(BUYER, None)
    found = {(each.kind, each.shared): each.ids for each in find_duplicates(world.pipeline(), NOW)}
    assert found == {("account", "halden.example"): ("X", "Y"), ("contact", BUYER): ("C0", "C4")}
    assert find_duplicates(world.pipeline(), NOW, ["E"]) == []


def test_the_score_is_the_mean_of_filled_and_well_formed() -> None:
    score = checked(deal(next_step=None, close_date=days_ago(1))).score
    assert score is not None
    assert score.missing == ("next_step",)
    assert score.broken == ("close date ahead",)
    assert score.value == pytest.approx((100 * 8 / 9 + 100 * 4 / 5) / 2)
    assert (score.recency_days, score.is_stale) == (1, False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("call on 3 Oct", "2026-10-03"),
        ("Oct 3rd, 2025", "2025-10-03"),
        ("2026-10-03 and 5 October", "2026-10-05"),
        ("on 2 January", "2027-01-02"),
        ("30 February", None),
        ("some time in October", None),
    ],
)
def test_days_in_text(text: str, day: str | None) -> None:
    found = latest_date(text, TODAY)
    assert (found.isoformat() if found else None) == day


def test_weekdays_name_a_day_intentions_do_not() -> None:
    assert names_a_day("call Ada on Friday")
    assert not names_a_day("touch base soon, maybe after summer")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("Repriced at $48k", 48_000), ("price is now 1.2m", 1_200_000), ("Budget 40,000", None), ("quoted 5 seats", None)],
)
def test_amounts_in_text(text: str, amount: float | None) -> None:
    assert offered_amount(text) == amount


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("checks", "S99"), {"severity": "low", "title": "x", "fix": "y"}, r"hygiene.yaml:\d+: checks: .*'S99'"),
        (("checks", "S1", "severity"), "urgent", r"hygiene.yaml:\d+: checks.S1.severity"),
        (("limits", "stalled_days"), -1, r"hygiene.yaml:\d+: limits.stalled_days"),
        (("minimum_fields",), ["shoe_size"], "'shoe_size'"),
    ],
)
def test_a_mistaken_playbook_is_refused_with_its_line(tmp_path, where, value, said) -> None:
    text = yaml.safe_load((PLAYBOOK / "hygiene.yaml").read_text())
    part = text
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    (tmp_path / "hygiene.yaml").write_text(yaml.safe_dump(text))
    with pytest.raises(PlaybookError, match=said):
        load_hygiene(tmp_path)
