"""The staging area by itself: whole scopes, crashes in the middle of a page, several sources, one writer."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.pipeline.sources import Cursor, Description, Page, Record, SourceUnavailable, Tombstone
from bot.pipeline.syncing import SyncRunning, SyncState, read_status, read_statuses
from bot.pipeline.syncing.staging import open_staging
from tests.pipeline.sources.workbench import Installation

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DEALS = Description(kinds=frozenset({"users", "opportunities", "contacts"}))


@dataclass
class Scripted:
    """A source that says what a test wrote down."""

    pages: list[Page]
    name: str = "crm"
    description: Description = DEALS
    seen: list[Cursor] = field(default_factory=list)
    broken: bool = False

    def describe(self) -> Description:
        return self.description

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        self.seen.append(cursor)
        yield from self.pages
        if self.broken:
            raise SourceUnavailable("the line is dead")


def user(user_id: str, **values: str) -> Record:
    return Record("users", user_id, {"user_id": user_id, "name": user_id.title(), **values}, "users")


def deal(deal_id: str, **values: str) -> Record:
    plain = {"opportunity_id": deal_id, "name": f"Deal {deal_id}", "owner_id": "ana"}
    return Record("opportunities", deal_id, plain | values, "deals")


def first_page(*records: Record) -> Page:
    everybody = user("ana", email="ana@seller.example")
    return Page({"at": 1}, (everybody, *records), begins=frozenset({"deals", "users"}), ends=frozenset({"users"}))


def installation(path: Path, hours: float = 0) -> Installation:
    return Installation(path, lambda: NOW + timedelta(hours=hours))


def names(home: Installation) -> list[str]:
    return [name for (name,) in home.rows("SELECT name FROM opportunities ORDER BY name")]


def test_the_cursor_of_the_last_stored_page_is_where_the_next_run_begins(tmp_path: Path) -> None:
    home = installation(tmp_path)
    broken = Scripted([first_page(deal("1")), Page({"at": 2}, (deal("2"),))], broken=True)
    status = home.sync(broken)
    assert status.state is SyncState.FAILED
    assert status.problems == ["the line is dead"]
    assert home.store.current() is None
    whole = Scripted([Page({"at": 3}, (deal("3"),), ends=frozenset({"deals"}))])
    home.sync(whole)
    assert whole.seen == [{"at": 2}]
    assert names(home) == ["Deal 1", "Deal 2", "Deal 3"]


def test_a_scope_read_whole_loses_what_was_not_said_again(tmp_path: Path) -> None:
    home = installation(tmp_path)
    home.sync(Scripted([first_page(deal("1"), deal("2"))]))
    home.sync(Scripted([first_page(deal("2"))]), full=True)
    assert names(home) == ["Deal 1", "Deal 2"]  # begun, and not yet at its end
    home.sync(Scripted([Page({"at": 9}, ends=frozenset({"deals"}))]))
    assert names(home) == ["Deal 2"]


def test_a_scope_within_a_scope_is_replaced_alone(tmp_path: Path) -> None:
    home = installation(tmp_path)

    def said(scope: str, *contacts: str) -> Page:
        records = [Record("contacts", c, {"contact_id": c}, f"deals/{scope}") for c in contacts]
        scopes = frozenset({f"deals/{scope}"})
        return Page({}, tuple(records), begins=scopes, ends=scopes)

    home.sync(Scripted([first_page(deal("1")), said("1", "a", "b"), said("2", "c")]))
    home.sync(Scripted([said("1", "b")]))
    assert home.rows("SELECT contact_id FROM contacts ORDER BY 1") == [("b",), ("c",)]
    home.sync(Scripted([first_page(deal("1")), said("1", "b"), Page({}, ends=frozenset({"deals"}))]), full=True)
    assert home.rows("SELECT contact_id FROM contacts ORDER BY 1") == [("b",)]


def test_of_a_record_said_twice_the_later_word_stands(tmp_path: Path) -> None:
    home = installation(tmp_path)
    home.sync(Scripted([first_page(deal("1"), deal("1", name="Later")), Page({}, (deal("1", name="Last"),))]))
    assert names(home) == ["Last"]


def test_a_tombstone_removes_and_a_later_record_brings_back(tmp_path: Path) -> None:
    home = installation(tmp_path)
    gone = Page({}, tombstones=(Tombstone("opportunities", "1"),))
    home.sync(Scripted([first_page(deal("1"), deal("2")), gone]))
    assert names(home) == ["Deal 2"]
    home.sync(Scripted([Page({}, (deal("1"),))]))
    assert names(home) == ["Deal 1", "Deal 2"]


def test_a_page_that_cannot_be_written_leaves_nothing_of_itself(tmp_path: Path) -> None:
    home = installation(tmp_path)
    home.sync(Scripted([first_page(deal("1"))]))
    odd = Record("opportunities", "2", {"no_such_column": "x"}, "deals")
    with pytest.raises(ValueError, match="no_such_column"):
        home.sync(Scripted([Page({"at": 7}, (user("bo"), odd))]))
    with open_staging(home.home / "sources") as staging:
        assert staging.cursor_of("crm") == {"at": 1}
        assert staging.con.execute("SELECT id FROM users").fetchall() == [("ana",)]


def test_a_mailbox_adds_activities_to_the_people_and_deals_of_the_crm(tmp_path: Path) -> None:
    home = installation(tmp_path)
    contact = Record("contacts", "c", {"contact_id": "c", "account_id": "acc", "email": "eva@buyer.example"}, "c")
    home.sync(Scripted([first_page(deal("1", account_id="acc"), contact)]))
    mail = Record(
        "activities",
        "m1",
        {
            "activity_id": "m1",
            "user_email": "Ana@Seller.example",
            "kind": "email",
            "direction": "outbound",
            "start_at": "2026-03-01T09:00:00Z",
            "participants": "eva@buyer.example",
        },
        "mail/ana",
    )
    fed = Record(
        "sources",
        "ana/mail",
        {"user_email": "ana@seller.example", "feed": "mail", "connected": "true", "last_sync": "2026-03-02T08:00:00Z"},
        "mail/ana",
    )
    description = Description(kinds=frozenset({"activities", "sources"}))
    home.sync(Scripted([Page({}, (mail, fed))], "gmail", description))
    assert home.rows("SELECT opportunity_id, by_owner FROM touchpoints") == [("1", True)]
    assert home.rows("SELECT source, connected FROM sources ORDER BY source") == [
        ("calendar", False), ("calls", False), ("mail", True),
    ]  # fmt: skip


def test_a_source_that_fails_leaves_the_others_and_grows_old(tmp_path: Path) -> None:
    description = Description(DEALS.kinds | {"activities"}, feeds={"tasks": ("mail", "calls")})
    first = installation(tmp_path)
    done = Page({}, completed=("tasks",))
    first.sync(Scripted([first_page(deal("1")), done], description=description))
    later = installation(tmp_path, hours=72)
    assert later.sync(Scripted([], description=description, broken=True)).state is SyncState.FAILED
    later.sync(Scripted([Page({})], "other", Description(frozenset())))
    fed = later.rows("SELECT source, connected, last_sync FROM sources ORDER BY source")
    naive = NOW.replace(tzinfo=None)
    assert fed == [("calendar", False, None), ("calls", True, naive), ("mail", True, naive)]
    assert [status.state for status in read_statuses(tmp_path / "sources")] == [SyncState.FAILED, SyncState.OK]


def test_two_syncs_at_once_are_refused_and_the_status_can_be_read(tmp_path: Path) -> None:
    home = installation(tmp_path)
    home.sync(Scripted([first_page(deal("1"))]))
    with open_staging(tmp_path / "sources"):
        with pytest.raises(SyncRunning):
            home.sync(Scripted([]))
        status = read_status(tmp_path / "sources", "crm")
    assert status is not None
    assert "crm: ok, 2 changes" in status.summary


KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from tests.pipeline.sources.test_staging import Scripted, deal, first_page, installation
    from bot.pipeline.sources import Page

    class Dying(Scripted):
        def changes(self, cursor):
            for number, page in enumerate(self.pages):
                if number == 3:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield page

    pages = [first_page(deal("0")), *(Page({{"at": n}}, (deal(str(n)),)) for n in range(1, 9))]
    installation(Path({home!r})).sync(Dying(pages))
"""


def test_a_killed_process_loses_no_page_it_had_stored(tmp_path: Path) -> None:
    script = textwrap.dedent(KILLED).format(root=os.getcwd(), home=str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -signal.SIGKILL
    rest: list[Any] = [Page({"at": 3}, (deal("3"),))]
    source = Scripted(rest)
    home = installation(tmp_path)
    status = read_status(tmp_path / "sources", "crm")
    assert status is not None
    assert status.state is SyncState.RUNNING
    home.sync(source)
    assert source.seen == [{"at": 2}]
    assert names(home) == ["Deal 0", "Deal 1", "Deal 2", "Deal 3"]
