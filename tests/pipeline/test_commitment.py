"""The buyer-commitment ladder: one step at a time, from acts alone."""

from datetime import timedelta

import pytest
import yaml
from world import BUYER, NOW, RULES, World, at, halden

from bot.pipeline.commitment import Commitment, Step, Trend, load_commitment, per_rep, read_commitment
from bot.playbook import PlaybookError
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"
COMMITMENT = load_commitment(PLAYBOOK, RULES.stages)
PARTNER = "eva@alder.example"


def judged(world: World, deal_id: str = "D") -> Commitment:
    return read_commitment(world.pipeline().brief(deal_id, NOW), COMMITMENT)


def accepted(world: World) -> World:
    """Every guest of the last activity said yes."""
    last = world.rows["activities"][-1]["activity_id"]
    for row in world.rows["participants"]:
        if row["activity_id"] == last:
            row["response"] = "accepted"
    return world


def wrote(text: str, subject: str = "Re: next") -> World:
    return halden().received(3, body=text, subject=subject)


def test_nothing_done_is_silent() -> None:
    found = judged(halden().sent(2))
    assert (found.step, found.evidence, found.not_yet_an_opportunity) == (Step.SILENT, (), True)
    assert found.words_ahead_of_deeds is True  # Discovery asks for a meeting


def test_a_reply_is_words_and_names_its_proof() -> None:
    found = judged(halden().received(3, body="Looks great, we are excited."))
    assert found.step is Step.WORDS
    assert [act.activity_id for act in found.evidence] == ["A0"]


def test_an_invitation_nobody_answered_is_no_act_an_accepted_one_is() -> None:
    assert judged(halden().meeting(-3)).step is Step.SILENT
    found = judged(accepted(halden().meeting(-3)))
    assert (found.step, found.is_eager, found.not_yet_an_opportunity) == (Step.CALENDAR, True, False)


@pytest.mark.parametrize("status", ["cancelled", "no_show", "declined_by_owner"])
def test_a_meeting_that_did_not_happen_is_no_act(status: str) -> None:
    world = halden().activity("meeting", at(3), BUYER, status=status)
    assert judged(world).step is Step.SILENT


@pytest.mark.parametrize(("minutes", "step"), [(9, Step.SILENT), (10, Step.CALENDAR)])
def test_a_long_call_the_buyer_scheduled_counts_like_a_meeting(minutes: int, step: Step) -> None:
    world = halden().activity("call", at(3), BUYER, organiser="buyer", end_at=at(3) + timedelta(minutes=minutes))
    assert judged(world).step is step


def test_somebody_new_is_widening_the_first_contact_is_not() -> None:
    first_only = halden().meeting(5)
    assert judged(first_only).step is Step.CALENDAR
    found = judged(halden().meeting(20).meeting(5, BUYER, "ben@halden.example"))
    assert found.step is Step.WIDENING
    assert "ben@halden.example" in found.evidence[0].text


@pytest.mark.parametrize(
    ("text", "subject", "step"),
    [
        ("The export is attached.", "Data", Step.WORK),
        ("I will send the export tomorrow, attached to the plan.", "Data", Step.WORDS),
        ("Did you get what I attached?", "Data", Step.WORDS),
        ("Thanks for the attached proposal.", "Re: Proposal", Step.WORDS),
        ("It is not attached yet.", "Data", Step.WORDS),
        ("Two corrections. Confirmed.", "Re: Our plan in six lines", Step.PLAN),
        ("Confirmed.", "Re: Lunch", Step.WORDS),
        ("To be confirmed.", "Re: Our plan", Step.WORDS),
        ("First round attached, both points marked.", "Redlines", Step.PROCESS),
        ("The vendor record is open.", "Vendor record", Step.PROCESS),
        ("If the board approved it we would sign.", "Budget", Step.WORDS),
        ("Fine.\n\nOn Monday Rita wrote:\nThe export is attached.", "Re: Data", Step.WORDS),
    ],
)
def test_steps_four_to_six_are_read_from_the_buyers_own_words(text: str, subject: str, step: Step) -> None:
    assert judged(wrote(text, subject)).step is step


def test_what_a_partner_does_does_not_count() -> None:
    world = halden().contact(PARTNER)
    world.rows["contact_roles"][-1]["role"] = "Partner"
    world.received(3, PARTNER, body="The form is attached.").meeting(2, "jo@alder.example")
    found = judged(world)
    assert (found.step, found.not_yet_an_opportunity) == (Step.SILENT, True)


def test_automatic_replies_are_nobodys_act() -> None:
    assert judged(halden().received(3, is_auto=True)).step is Step.SILENT


def test_the_window_ends_after_thirty_days_and_the_one_before_gives_the_trend() -> None:
    found = judged(halden().meeting(30))
    assert (found.step, found.before, found.trend, found.fell_sharply) == (
        Step.SILENT,
        Step.CALENDAR,
        Trend.FALLING,
        True,
    )
    assert judged(halden().meeting(29)).step is Step.CALENDAR


def test_without_the_text_of_mails_a_stage_asks_only_for_what_can_be_seen() -> None:
    silent_text = halden().received(20).meeting(9, BUYER, "ben@halden.example")
    silent_text.rows["opportunities"][0] |= {"stage": "Commercial", "stage_order": 4}
    found = judged(silent_text)
    assert (found.step, found.highest_visible, found.words_ahead_of_deeds) == (Step.WIDENING, Step.WIDENING, False)
    silent_text.rows["activities"][0]["body"] = "Nice."
    assert judged(silent_text).words_ahead_of_deeds is True


def test_unconnected_sources_mean_unknown_not_silent() -> None:
    found = judged(World().user().deal().contact().fed(connected=False).received(3))
    assert found.step is None
    assert "not connected" in (found.unknown or "")


def test_initiative_and_response_times() -> None:
    world = halden().sent(9).received(6, subject="Re: Hello").received(2, subject="A question").meeting(1)
    found = judged(world)
    assert found.initiative_share == pytest.approx(1 / 4)
    assert found.response_days == 3


def test_rebooking_counts_meetings_that_could_have_a_successor() -> None:
    world = halden().meeting(40).meeting(30).meeting(1)
    briefs = world.pipeline().briefs(["D"], NOW)
    [row] = per_rep(briefs, {"D": judged(world)}, COMMITMENT)
    assert (row.held, row.rebooked, row.rebook_rate) == (2, 1, 0.5)  # yesterday's may still get one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minimum_by_stage": {"Dreaming": 1}}, r"commitment.yaml:\d+: minimum_by_stage: .*no open stage 'Dreaming'"),
        ({"minimum_by_stage": {"Discovery": 3, "Solution": 2}}, "must not fall"),
        ({"window_days": 0}, r"commitment.yaml:\d+: window_days"),
    ],
)
def test_a_mistaken_playbook_is_refused_with_its_line(tmp_path, change, said) -> None:
    text = yaml.safe_load((PLAYBOOK / "commitment.yaml").read_text()) | change
    (tmp_path / "commitment.yaml").write_text(yaml.safe_dump(text))
    with pytest.raises(PlaybookError, match=said):
        load_commitment(tmp_path, RULES.stages)
