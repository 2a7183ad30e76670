"""Mailboxes read several at a time: the outcome is that of one after the other, and nothing is read for nobody."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from threading import enumerate as threads
from time import sleep
from typing import Any

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from bot.pipeline.sources import Colleague
from bot.pipeline.sources.google import GoogleSource
from bot.pipeline.sources.google.brake import Brake
from bot.pipeline.sources.google.together import Ended, together
from tests.pipeline.sources.google_bench import BUYER, GoogleBench, misconfigured
from tests.pipeline.sources.workbench import Crash, Crashing, Installation

MANY = tuple(f"rep{n:02}@seller.example" for n in range(6))


@pytest.fixture
def office(google: GoogleBench, tmp_path: Path) -> GoogleBench:
    """Six people with mail and meetings; one is suspended, one has no calendar."""
    server = google.server
    server.page_size = 5
    for number, address in enumerate(MANY):
        server.hire(address)
        for day in range(number % 3 * 3 + 2):
            google.receive(to=address, days_ago=day + 1)
            google.send(BUYER, sender=address, days_ago=day + 1)
            google.calendar(address).add(server.now, BUYER)
    server.login.suspended.add(MANY[4])
    server.without_service.add(MANY[5])
    return google


def source(office: GoogleBench, at_a_time: int, **terms: Any) -> GoogleSource:
    people = [Colleague(address, owns_deals=True) for address in MANY]
    office.rules = office.rules.model_copy(update={"mailboxes_at_a_time": at_a_time})
    return GoogleSource(office.terms(**terms), people)


def elsewhere(office: GoogleBench, folder: Path) -> Installation:
    made = Installation(folder, lambda: office.server.now)
    made.read(office.crm)
    return made


def readers() -> list[str]:
    return [thread.name for thread in threads() if thread.name.startswith("reading")]


def test_what_is_read_is_the_same_however_many_at_a_time(office: GoogleBench, tmp_path: Path) -> None:
    serial = elsewhere(office, tmp_path / "serial")
    one = serial.read(source(office, 1))
    assert office.server.most_at_once == 1
    office.server.seconds_a_unit = 0.0005
    several = elsewhere(office, tmp_path / "several")
    eight = several.read(source(office, 8))
    assert office.server.most_at_once in range(3, 9)
    assert several.files() == serial.files()
    assert (eight.problems, eight.read, eight.feeds) == (one.problems, one.read, one.feeds)
    assert len(one.problems) == 4


@pytest.mark.parametrize(("seed", "deaths"), [(1, 1), *(pytest.param(n, 5, marks=pytest.mark.slow) for n in (2, 3, 4))])
def test_a_process_that_dies_anywhere_goes_on_where_it_was(
    office: GoogleBench, tmp_path: Path, seed: int, deaths: int
) -> None:
    whole = elsewhere(office, tmp_path / "whole")
    whole.read(source(office, 1))
    broken, random = elsewhere(office, tmp_path / "broken"), Random(seed)
    for _ in range(deaths):
        with pytest.raises(Crash):
            broken.read(Crashing(source(office, 8), random.randrange(2, 15)))
        assert readers() == []
    broken.read(source(office, 8))
    assert broken.files() == whole.files()


def test_when_the_project_is_too_fast_everybody_waits(office: GoogleBench) -> None:
    office.server.project_too_fast = 1
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        sleep(seconds)

    run = office.installation.read(source(office, 4, pause=pause))
    assert len(run.problems) == 4  # the two accounts that are closed, and nobody else
    assert 2 <= len(pauses) <= 4  # of the four that were reading each at most once


def test_a_spent_day_ends_every_reading(office: GoogleBench) -> None:
    office.server.day_is_spent = True
    run = office.installation.sync(source(office, 8))
    assert run.state == "failed"
    assert "calls of the day are spent" in run.problems[-1]
    assert readers() == []


def test_what_closes_everything_is_said_of_everybody(office: GoogleBench) -> None:
    office.server.login.delegated = set()
    status = office.installation.sync(source(office, 8))
    assert misconfigured(status)
    assert [line for line in status.problems if f"mail of {', '.join(MANY[:3])} and 3 others is not read" in line]


def test_steps_of_a_reading_keep_their_order_and_errors_end_only_theirs() -> None:
    def count(number: int) -> Iterator[int]:
        yield from range(5)
        if number == 1:
            raise ValueError("odd")

    arrivals = list(together([partial(count, number) for number in range(4)], 3))
    for number in range(4):
        *steps, end = [item for n, item in arrivals if n == number]
        assert steps == [0, 1, 2, 3, 4]
        assert isinstance(end, Ended)
        assert (end.error is not None) == (number == 1)


def test_nobody_reads_ahead_of_what_is_taken() -> None:
    read: list[int] = []

    def endless(number: int) -> Iterator[int]:
        while True:
            read.append(number)
            yield number

    arrivals = together([partial(endless, number) for number in range(3)], 3)
    for _ in range(20):
        next(arrivals)
    assert len(read) <= 20 + 1 + 3  # one waits to be taken, three are in hand
    arrivals.close()
    assert readers() == []


def test_who_has_not_begun_never_does_once_nobody_listens() -> None:
    began: list[int] = []
    hold = Event()

    def wait(number: int) -> Iterator[int]:
        began.append(number)
        yield number
        hold.wait(5)

    arrivals = together([partial(wait, number) for number in range(9)], 2)
    next(arrivals)
    hold.set()
    arrivals.close()
    assert len(began) < 9


def test_a_hold_is_waited_out_by_whoever_asks_next() -> None:
    now, pauses = 100.0, []
    brake = Brake(pauses.append, lambda: now)
    brake.wait()
    brake.hold(10)
    brake.hold(3)  # the longer one stays
    brake.wait()
    now += 11
    brake.wait()
    assert pauses == [10]
