"""Concrete actions are tracked; vague ones come back with two ways to say them (DOMAIN 6.4)."""

from datetime import date, timedelta

import pytest

from bot.coach.actions import ACT, COUNTERPART, DAY, OWNER, PROOF, ActionDraft, judge_action, rewrites

TODAY = date(2026, 11, 20)


def draft(text: str, **changes: object) -> ActionDraft:
    whole = {"owner": "Priya", "due": TODAY + timedelta(days=4), "done_when": "the invitation is accepted"}
    return ActionDraft(text=text, **whole | changes)


def test_all_five_points(playbook):
    judged = judge_action(draft("asks Elin for 20 minutes with finance"), playbook.concreteness, TODAY)
    assert (judged.score, judged.missing, judged.accepted) == (5, (), True)


@pytest.mark.parametrize(
    ("changed", "missing", "accepted"),
    [
        (draft("asks Elin for a slot", owner=" "), OWNER, False),
        (draft("asks Elin for a slot", due=None), DAY, False),
        (draft("asks Elin for a slot", due=TODAY - timedelta(days=1)), DAY, False),
        (draft("asks them about it"), COUNTERPART, True),
        (draft("follow up with Elin"), ACT, True),
        (draft("asks Elin for a slot", done_when="done"), PROOF, True),
    ],
)
def test_each_point_is_missed_alone(playbook, changed, missing, accepted):
    judged = judge_action(changed, playbook.concreteness, TODAY)
    assert (judged.score, judged.missing, judged.accepted) == (4, (missing,), accepted)


@pytest.mark.parametrize(
    "text", ["follow up", "touch base soon", "build value", "stay close", "push", "test my champion", "keep pushing"]
)
def test_wishes_are_sent_back(playbook, text):
    judged = judge_action(draft(text, done_when=""), playbook.concreteness, TODAY)
    assert ACT in judged.missing
    assert not judged.accepted


def test_an_act_beside_a_wish_counts(playbook):
    assert ACT not in judge_action(draft("follow up: send Elin the quote"), playbook.concreteness, TODAY).missing


def test_the_day_may_be_today(playbook):
    assert judge_action(draft("calls Elin today", due=TODAY), playbook.concreteness, TODAY).accepted


def test_two_actions_in_one_are_marked(playbook):
    assert judge_action(draft("asks Elin " + "and then some " * 12), playbook.concreteness, TODAY).too_long


def test_every_rewrite_of_every_topic_is_accepted(playbook):
    topics = [topic.when for topic in playbook.concreteness.topics]
    for word in ("legal", "budget", "champion", "follow up", ""):
        for vague in (draft(word, owner="Priya", due=None, done_when=None), draft(word, counterpart="Elin Sand")):
            better = rewrites(vague, playbook.concreteness, TODAY, "Norrland")
            assert len({each.text for each in better}) == 2
            for each in better:
                judged = judge_action(each, playbook.concreteness, TODAY)
                assert (judged.score, judged.too_long) == (5, False), (topics, each)


def test_a_rewrite_keeps_what_was_said(playbook):
    vague = draft("follow up on legal", counterpart="Elin Sand", due=date(2026, 12, 24))
    first, _ = rewrites(vague, playbook.concreteness, TODAY, "Norrland")
    assert (first.owner, first.due) == ("Priya", date(2026, 12, 24))
    assert "Elin Sand" in first.text


def test_the_steps_the_playbook_advises_would_be_accepted(playbook):
    actions = [*playbook.actions.signals, playbook.actions.conflict, playbook.actions.new_deal]
    elements = [action for rule in playbook.meddppicc.elements.values() for action in rule.actions]
    vague = []
    for action in [*actions, *elements]:
        slots = {"contact": "Elin Sand", "account": "Norrland", "rep": "Priya", "subject": "the tender"}
        step = draft(action.text.format(**slots), done_when=action.done_when.format(**slots), counterpart="Elin Sand")
        if not judge_action(step, playbook.concreteness, TODAY).accepted:
            vague.append((step.text, judge_action(step, playbook.concreteness, TODAY).missing))
    assert vague == []
