"""Every button and form of the app, pressed wrongly: each press ends in one effect or none, and in a sentence.

A control that is not in `matrix.CONTROLS`, or a listener that none of them reaches, fails here.
"""

import asyncio
import contextlib
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from matrix import (
    BUTTONS,
    CONTROLS,
    FORMS,
    NEVER_SENT,
    Control,
    Screens,
    Seen,
    State,
    answered,
    effects,
    prepared,
    pressed,
    ready,
)
from sample_house import MANAGER, OTHER_REP, REP, House, copied, import_sample, open_house, rewrite_deal
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.pipeline.store import POINTER
from bot.slack.ids import ActionId, CallbackId, Command
from bot.slack.local import ImpossibleForAPerson, User
from bot.slack.middleware.foreign import FOREIGN
from bot.slack.people import OUTSIDER
from bot.slack.values import SHAPES, is_known

pytestmark = pytest.mark.asyncio(loop_scope="module")
FORGED = "No/such:thing' --"
SECRETS = ("Quarrybank", "Weekend cover", "Gareth", "82,500", "Calloway's")
EVENTS = (
    {"type": "message", "channel_type": "im"},
    {"type": "message", "channel_type": "channel"},
    {"type": "app_mention"},
    {"type": "app_home_opened", "tab": "home"},
    {"type": "app_home_opened", "tab": "messages"},
    {"type": "agent_session_stopped"},
)


@dataclass
class World:
    """A prepared house to which something happened, and who presses there."""

    name: str
    house: House
    state: State
    person: Callable[[Control], User]
    state_pressed: State

    async def press(self, control: Control, value: str | None = None) -> Seen:
        return await pressed(self.house, control, self.state_pressed, self.person(control), value)


def rightly(house: House) -> Callable[[Control], User]:
    """Whoever the control is meant for."""
    return lambda control: house.people[MANAGER if control.manager else REP]


Change = Callable[[House, dict[str, Any]], Callable[[Control], User]]


def by_another_rep(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    return lambda control: house.people[OTHER_REP]


def by_a_guest(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    guest = house.slack.add_user("guest", email=house.rep.email, is_restricted=True)
    return lambda control: guest


def by_somebody_who_lost_access(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    """Since the buttons were shown they have become guests; that is noticed within minutes."""
    for name in (REP, MANAGER):
        house.people[name].is_restricted = True
    house.clock.later(minutes=6)
    return rightly(house)


def a_week_later(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    house.clock.later(days=8)
    return rightly(house)


def memory_down(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    house.lose_memory()
    return rightly(house)


def urls_expired(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    """A day later: the message's URL and the right to open a form have run out."""
    house.clock.later(days=1)
    house.slack.inject("response_url", error="expired_url", times=None)
    house.slack.inject("views.open", error="expired_trigger_id", times=None)
    house.slack.inject("views.push", error="expired_trigger_id", times=None)
    return rightly(house)


def imported(kind: str) -> Change:
    """A later import has the deal closed, with another owner, or not at all."""

    def change(house: House, snapshots: dict[str, Any]) -> Callable[[Control], User]:
        folder = house.settings.pipeline_dir
        shutil.copy(snapshots[kind], folder / "snapshot-000500.duckdb")
        (folder / POINTER).write_text("snapshot-000500.duckdb")
        return rightly(house)

    return change


def nothing(house: House, _: dict[str, Any]) -> Callable[[Control], User]:
    return rightly(house)


HAPPENINGS: dict[str, Change] = {
    "another rep": by_another_rep,
    "a guest": by_a_guest,
    "somebody who lost access": by_somebody_who_lost_access,
    "forged": nothing,
    "never was": nothing,
    "deal closed": imported("closed"),
    "deal of another": imported("reassigned"),
    "deal gone": imported("gone"),
    "a week later": a_week_later,
    "a day later, urls expired": urls_expired,
    "memory down": memory_down,
}
QUICK = {"another rep", "forged", "never was", "deal gone"}
OWN_ACTIONS = {
    ActionId.ACTION_MENU, ActionId.ACTION_RESULT, ActionId.ACTION_REWORD, CallbackId.CLOSE_ACTION,
    CallbackId.MOVE_ACTION, ActionId.HOME_GO,
}  # fmt: skip
AFTER_THE_END = {
    *(each for each in (*ActionId, *CallbackId) if each.value.startswith(("consult", "start_consult"))),
    ActionId.KEEP_EVIDENCE, CallbackId.CHOOSE_EVIDENCE, CallbackId.PLAN_REVIEW,
}  # fmt: skip
WITHOUT_THE_DEAL = {"another rep", "a guest", "somebody who lost access", "deal of another", "deal gone"}
CHANGES = {
    "closed": {"is_closed": "true", "is_won": "true", "stage": "Closed Won", "closed_at": "2026-11-17T09:00:00Z",
               "close_date": "2026-11-17"},
    "reassigned": {"owner_id": "u-hugh"},
    "gone": {"gone": "yes"},
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshots(sample_folder, tmp_path_factory) -> dict[str, Any]:
    """The sample company as it is after each change, by kind; imported when first asked for."""

    class Imported(dict[str, Any]):
        def __missing__(self, kind: str) -> Any:
            folder = tmp_path_factory.mktemp(kind) / "csv"
            shutil.copytree(sample_folder, folder)
            rewrite_deal(folder, **CHANGES[kind])
            self[kind] = import_sample(folder, folder.parent / "home").store.current()
            return self[kind]

    return Imported()


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in HAPPENINGS],
)
async def world(request, sample_runtime, snapshots, tmp_path_factory) -> AsyncIterator[World]:
    """A house after one happening; presses that have no effect may share it."""
    name, folder = request.param, tmp_path_factory.mktemp("world")
    async with open_house(copied(sample_runtime, folder / "home"), folder) as house:
        state = await prepared(house)
        person = HAPPENINGS[name](house, snapshots)
        yield World(name, house, state, person, state.gone() if name == "never was" else state)
        house.slack.web_api.faults.clear()


@pytest.mark.parametrize("control", CONTROLS, ids=[control.id for control in CONTROLS])
async def test_pressed_wrongly_it_does_nothing_and_says_why(world: World, control: Control) -> None:
    house, name = world.house, world.name
    if name == "forged" and (control.is_form or control.own):
        pytest.skip("what a form carries cannot be forged by a person; these values are checked or mean themselves")
    before = {} if name == "memory down" else effects(house)
    seen = await world.press(control, *([FORGED] if name == "forged" else []))

    assert [_told(line) for line in house.logs if line["log_level"] == "error"] == []
    assert not re.search(r"reference [0-9A-F]{6}", seen.words)
    if name in WITHOUT_THE_DEAL and not _still_right(name, control):
        assert [secret for secret in SECRETS if secret in seen.words] == [], seen.words
    expected = _sentences(name, control)
    assert not expected or any(sentence in seen.words for sentence in expected), seen.words
    if not (control.own or name in {"memory down", "a day later, urls expired"} or _still_right(name, control)):
        assert effects(house) == before


def _told(line: Any) -> str:
    """A logged fault in a line."""
    return f"{line['event']} {line.get('kind')} {line.get('slack_error')} {line.get('stack', [])[-2:]}"


def _sentences(name: str, control: Control) -> list[str]:
    """What may be said here, if that is certain."""
    if name == "forged":
        return [FOREIGN] if not is_known(control.name.value, FORGED) else []
    outside = name in {"a guest", "somebody who lost access"}
    return (
        [OUTSIDER, *(["Writing to the CRM is switched off"] if control.name.value.startswith("write") else [])]
        if outside
        else []
    )


def _still_right(name: str, control: Control) -> bool:
    """Whether the press is right all the same.

    One's own action stays one's own, whatever became of the deal; a consult ends with it; only what an answer or a
    digest offered runs out.
    """
    if name == "a week later":
        return "{card}" not in control.names and "{digest}" not in control.names and "{notes}" not in control.names
    own = name.startswith("deal ") and control.name in OWN_ACTIONS
    return own or (name == "deal closed" and control.name in AFTER_THE_END)


# Pressed twice

ENDS_IT = (ActionId.CONSULT_CLOSE, ActionId.CONSULT_CALL_OFF)
LATER_STAGES = {"plan": 0, "agreed": 1, "shared": 2}
IN_TURN = sorted(
    (*FORMS, *BUTTONS), key=lambda control: (control.name in ENDS_IT, LATER_STAGES[control.stage], control.is_form)
)
"""In the order of a consult's life, so that one house sees all of it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins(sample_runtime, tmp_path_factory) -> AsyncIterator[list[tuple[House, State]]]:
    """Two houses prepared alike: in one everything is pressed once, in the other twice at once."""
    first, second = tmp_path_factory.mktemp("once"), tmp_path_factory.mktemp("twice")
    async with open_house(sample_runtime, first) as once, open_house(sample_runtime, second) as twice:
        yield [(once, await prepared(once)), (twice, await prepared(twice))]


@pytest.mark.slow
@pytest.mark.parametrize("control", IN_TURN, ids=[control.id for control in IN_TURN])
async def test_pressed_twice_at_once_it_has_one_effect(twins, control: Control) -> None:
    deliveries: list[Any] = []
    for times, (house, state) in enumerate(twins, start=1):
        person = rightly(house)(control)
        send = await ready(house, control, state, person)
        before = Screens(house, person)
        sent = await asyncio.gather(*(send() for _ in range(times)), return_exceptions=True)
        await answered(before, control, sent, may_close=True)
        deliveries += sent
    (once, _), (twice, _) = twins
    errors = [_told(line) for house in (once, twice) for line in house.logs if line["log_level"] == "error"]
    once.logs.clear()
    twice.logs.clear()
    assert errors == []
    assert [each for each in deliveries if not (isinstance(each, ImpossibleForAPerson) or each.acked)] == []
    with contextlib.suppress(AssertionError):
        await twice.eventually(lambda _: rows(once) == rows(twice), seconds=2)
    assert rows(twice) == rows(once)


@pytest.mark.slow
async def test_in_the_end_both_hold_the_same(twins) -> None:
    (once, _), (twice, _) = twins
    await twice.settle()
    held = rows(twice)
    assert rows(once) == held
    untouched = {"crm_writes", "consult_guests", "consult_notes"}
    assert {table for table, count in held.items() if not count} <= untouched, "a form that never had an effect"


def rows(house: House) -> dict[str, int]:
    """How many entries each kind of effect has left."""
    return {table: len(entries) for table, entries in effects(house).items()}


# Nothing is forgotten


async def test_every_control_is_in_the_matrix() -> None:
    assert {control.name for control in BUTTONS} | NEVER_SENT == set(ActionId)
    assert {control.name for control in FORMS} == set(CallbackId)
    assert set(SHAPES) == set(ActionId)
    for control in BUTTONS:
        assert is_known(control.name.value, State("a", "b", "c", "d").filled(control.value)), control.id


async def test_every_listener_is_reached_by_something_in_the_matrix(sample_runtime, tmp_path) -> None:
    bodies = [_body(control) for control in CONTROLS]
    bodies += [{"type": "block_actions", "actions": [{"action_id": name.value}]} for name in NEVER_SENT]
    bodies += [{"command": command.value} for command in Command]
    bodies += [{"type": "event_callback", "event": event} for event in EVENTS]
    async with open_house(sample_runtime, tmp_path) as house:
        listeners = list(house.app._async_listeners)
        reached = set()
        for body in bodies:
            request, response = AsyncBoltRequest(body=body, mode="socket_mode"), BoltResponse(status=404)
            found = [each for each in listeners if await each.async_matches(req=request, resp=response)]
            assert found or body.get("actions", [{}])[0].get("action_id") in NEVER_SENT, body
            reached |= {id(each) for each in found}
        missed = [each.ack_function.__qualname__ for each in listeners if id(each) not in reached]
    assert missed == []


def _body(control: Control) -> dict[str, Any]:
    if control.is_form:
        return {"type": "view_submission", "view": {"type": "modal", "callback_id": control.name.value}}
    return {"type": "block_actions", "actions": [{"action_id": control.action_id, "block_id": "b"}]}
