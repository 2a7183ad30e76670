from datetime import datetime, timedelta

import pytest

from bot.memory import Memory
from bot.memory.events import KEPT_FOR


def test_an_event_is_new_once(memory: Memory, now: datetime) -> None:
    assert memory.first_sight("Ev1", now)
    assert not memory.first_sight("Ev1", now + timedelta(seconds=5))
    assert memory.first_sight("Ev2", now)


def test_old_events_are_forgotten(memory: Memory, now: datetime) -> None:
    memory.first_sight("Ev1", now)
    assert not memory.first_sight("Ev1", now + KEPT_FOR)
    assert memory.first_sight("Ev1", now + KEPT_FOR + timedelta(seconds=1))


def test_focus_is_kept_for_each_person(memory: Memory, now: datetime) -> None:
    memory.set_focus("C1", "1.0", "U1", "opp-1", now)
    memory.set_focus("C1", "1.0", "U2", "opp-2", now)
    assert memory.focus("C1", "1.0", "U1") == "opp-1"
    assert memory.focus("C1", "1.0", "U2") == "opp-2"
    assert memory.focus("C1", "2.0", "U1") is None


def test_focus_moves_and_clears(memory: Memory, now: datetime) -> None:
    memory.set_focus("C1", "1.0", "U1", "opp-1", now)
    memory.set_focus("C1", "1.0", "U1", "opp-2", now)
    assert memory.focus("C1", "1.0", "U1") == "opp-2"
    memory.set_focus("C1", "1.0", "U1", None, now)
    assert memory.focus("C1", "1.0", "U1") is None


def test_a_thread_the_bot_started_stays_so(memory: Memory, now: datetime) -> None:
    memory.set_focus("C1", "1.0", "U1", None, now, started_by_bot=True)
    memory.set_focus("C1", "1.0", "U1", "opp-1", now)
    memory.set_focus("C1", "2.0", "U1", "opp-1", now)
    assert memory.started_here("C1", "1.0", "U1")
    assert not memory.started_here("C1", "2.0", "U1")
    assert not memory.started_here("C1", "1.0", "U2")


def test_a_naive_clock_is_refused(memory: Memory, now: datetime) -> None:
    with pytest.raises(Exception, match="no time zone"):
        memory.first_sight("Ev1", now.replace(tzinfo=None))
