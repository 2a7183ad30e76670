"""The limits of Block Kit: the last value accepted, the first one refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.local.block_kit import message_problems, view_problems
from bot.slack.local.block_shapes import SHAPES


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def section(text="x", **more):
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more):
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements, **more):
    return {"type": "actions", "elements": list(elements), **more}


def option(text="x", value="v"):
    return {"text": plain(text), "value": value}


def select(options):
    return actions({"type": "static_select", "action_id": "s", "options": options})


def chart(categories=2, **more):
    labels = [f"c{index}" for index in range(categories)]
    points = [{"label": label, "value": 1} for label in labels]
    series = {"type": "bar", "series": [{"name": "won", "data": points}], "axis_config": {"categories": labels}}
    return {"type": "data_visualization", "title": "Wins", "chart": series | more}


def table(rows, columns):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def card(buttons=1, **more):
    pressed = [button(action_id=str(index)) for index in range(buttons)]
    return {"type": "card", "title": plain("Deal"), "actions": pressed, **more}


def task(name="1", status="complete"):
    return {"type": "task_card", "task_id": name, "title": "Read", "status": status}


def plan(tasks):
    return {"type": "plan", "title": "Plan", "tasks": [task(str(index)) for index in range(tasks)]}


def feedback(times=1, text="Good", value="up"):
    choice = {"text": plain(text), "value": value}
    pair = {"type": "feedback_buttons", "positive_button": choice, "negative_button": choice}
    return {"type": "context_actions", "elements": [{**pair, "action_id": str(n)} for n in range(times)]}


AT_THE_LIMIT = {
    "blocks in a message": ([section()] * 50, [section()] * 51),
    "section text": ([section("x" * 3000)], [section("x" * 3001)]),
    "empty text": ([section("x")], [section("")]),
    "fields": (
        [{"type": "section", "fields": [mrkdwn("x")] * 10}],
        [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    ),
    "field text": (
        [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    ),
    "header": (
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}],
    ),
    "header in mrkdwn": (
        [{"type": "header", "text": plain("x")}],
        [{"type": "header", "text": mrkdwn("x")}],
    ),
    "context": (
        [{"type": "context", "elements": [mrkdwn("x")] * 10}],
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    ),
    "actions": ([actions(*[button()] * 25)], [actions(*[button()] * 26)]),
    "button text": (
        [actions({**button(), "text": plain("x" * 75)})],
        [actions({**button(), "text": plain("x" * 76)})],
    ),
    "button value": ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))]),
    "action_id": ([actions(button(action_id="x" * 255))], [actions(button(action_id="x" * 256))]),
    "block_id": ([section(block_id="x" * 255)], [section(block_id="x" * 256)]),
    "options": ([select([option()] * 100)], [select([option()] * 101)]),
    "option text": ([select([option("x" * 75)])], [select([option("x" * 76)])]),
    "option value": ([select([option(value="x" * 150)])], [select([option(value="x" * 151)])]),
    "markdown in total": (
        [{"type": "markdown", "text": "x" * 6000}] * 2,
        [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}],
    ),
    "table rows": ([table(100, 1)], [table(101, 1)]),
    "table columns": ([table(1, 20)], [table(1, 21)]),
    "charts": ([chart(), chart()], [chart(), chart(), chart()]),
    "chart points": ([chart(20)], [chart(21)]),
    "card actions": ([card(3)], [card(4)]),
    "card body": ([card(body=plain("x" * 200))], [card(body=plain("x" * 201))]),
    "plan tasks": ([plan(50)], [plan(51)]),
    "pending outside a plan": ([task()], [task(status="pending")]),
    "context_actions": ([feedback(5)], [feedback(6)]),
    "feedback value": ([feedback(value="x" * 2000)], [feedback(value="x" * 2001)]),
    "same block_id": ([section(block_id="a"), section(block_id="b")], [section(block_id="a")] * 2),
    "same action_id in a block": (
        [actions(button(action_id="a")), actions(button(action_id="a"))],
        [actions(button(action_id="a"), button(action_id="a"))],
    ),
    "unknown block": ([section()], [{"type": "banner"}]),
    "unknown field": ([section()], [section(colour="red")]),
    "a block missing": ([section()], [None]),
    "alert in a message": ([section()], [{"type": "alert", "text": plain("x")}]),
    "chart labels": ([chart()], [chart(axis_config={"categories": ["c0", "other"]})]),
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_a_message_is_accepted_at_the_limit_and_refused_beyond(name):
    accepted, refused = AT_THE_LIMIT[name]
    assert message_problems(accepted) == []
    assert message_problems(refused) != []


def test_a_problem_names_its_place():
    found = message_problems([section(), section("x" * 3001)])
    assert found == ["must be no more than 3000 characters, is 3001 [json-pointer:/blocks/1/text/text]"]


def modal(blocks=(), **more):
    return {"type": "modal", "title": plain("Plan"), "blocks": list(blocks), **more}


NAME = {
    "type": "input",
    "label": plain("Name"),
    "element": {"type": "plain_text_input", "action_id": "name"},
}

VIEWS_AT_THE_LIMIT = {
    "blocks": (modal([section()] * 100), modal([section()] * 101)),
    "title": (modal(title=plain("x" * 24)), modal(title=plain("x" * 25))),
    "submit": (modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25))),
    "private_metadata": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001)),
    "callback_id": (modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    "input without submit": (modal([NAME], submit=plain("Save")), modal([NAME])),
    "alert": (modal([{"type": "alert", "text": plain("x")}]), {"type": "home", "blocks": [
        {"type": "alert", "text": plain("x")}]}),
    "markdown in a view": (modal([section()]), modal([{"type": "markdown", "text": "x"}])),
    "chart in Home only": ({"type": "home", "blocks": [chart()]}, modal([chart()])),
    "size": (modal([section("é" * 3000)] * 40), modal([section("é" * 3000)] * 42)),
    "title of Home": ({"type": "home", "blocks": []}, {"type": "home", "blocks": [], "title": plain("x")}),
    "no blocks": (modal(), {"type": "modal", "title": plain("x")}),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS_AT_THE_LIMIT)
def test_a_view_is_accepted_at_the_limit_and_refused_beyond(name):
    accepted, refused = VIEWS_AT_THE_LIMIT[name]
    assert view_problems(accepted) == []
    assert view_problems(refused) != []


FIELDS = ["text", "elements", "rows", "chart", "series", "segments", "axis_config", "data", "tasks", "value", "actions"]
LEAVES = st.none() | st.booleans() | st.integers(-1, 3) | st.text(max_size=3) | st.sampled_from(sorted(SHAPES))
JUNK = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "title", "child_blocks", *FIELDS]), inner, max_size=5)
    ),
    max_leaves=12,
)
BLOCKS = st.lists(
    st.builds(lambda kind, rest: {**rest, "type": kind}, st.sampled_from(sorted(SHAPES)),
              st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=4)) | JUNK, max_size=3
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(BLOCKS)
def test_the_judge_never_stumbles_over_junk(blocks):
    assert all(isinstance(found, str) for found in message_problems(blocks))
    assert isinstance(view_problems({"type": "modal", "blocks": blocks}), list)
