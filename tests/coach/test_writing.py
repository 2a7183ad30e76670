"""What may be written, what a message asks for, and where the answer is no: without any CRM."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.coach.access import Asker, may_write
from bot.coach.writing import NotWritable, Proposal, Route, Unfit, Wanted, wanted
from bot.coach.writing.route import COPY, FILES, NEITHER
from bot.coach.writing.values import cleaned, fit_text, new_value, read_day
from bot.pipeline.importing import import_directory
from bot.pipeline.model import User
from bot.pipeline.sources.writer import CLOSE_DATE, NEXT_STEP, STAGE, Choice, FieldKind, Standing, WritableField
from bot.pipeline.syncing import SyncState, SyncStatus
from bot.runtime import Runtime
from bot.settings import Settings

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "target", "text"),
    [
        ("set the close date of Halden to 12 Dec", "close_date", "12 Dec"),
        ("Can you push Halden's closing date to 2026-12-12?", "close_date", "2026-12-12"),
        ("change the next step for Halden to “Send Dana the order form”.", "next_step", "Send Dana the order form"),
        ("update next step: Dana names the signer", "next_step", "Dana names the signer"),
        ("move Halden to stage Commercial", "stage", "Commercial"),
        ("move Halden to the Commercial stage", "stage", "Commercial"),
        ("set the stage of Halden to Proposal", "stage", "Proposal"),
        ("set the economic buyer of Halden to: Dana Fox, CFO", "plan:economic_buyer", "Dana Fox, CFO"),
        ("log a note on Halden: Dana has left", "note", "Dana has left"),
        ("add a task to Halden: call Dana", "task", "call Dana"),
        ("update the close date of Halden", "close_date", None),
    ],
)
def test_a_request_is_read_with_what_it_should_say(message: str, target: str, text: str | None) -> None:
    assert wanted(message) == Wanted(target, text)


@pytest.mark.parametrize(
    "message",
    [
        "When is the close date of Halden?", "What is the next step?", "Should we move the close date?",
        "How is Halden looking?", "Write a note to Dana about pricing", "Set the amount of Halden to 5",
        "Move it to commit", "Put it in best case",
    ],
)  # fmt: skip
def test_questions_and_what_may_never_be_written_ask_for_nothing(message: str) -> None:
    assert wanted(message) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-12", date(2026, 12, 12)), ("12 Dec", date(2026, 12, 12)), ("Dec 12th", date(2026, 12, 12)),
        ("12th of December 2027", date(2027, 12, 12)), ("3 January", date(2027, 1, 3)), ("20 Nov", TODAY),
        ("12/5", None), ("31 Feb", None), ("next quarter", None), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_read_only_if_it_is_one_day_everywhere(text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


def standing(target: str, value: str | None = None) -> Standing:
    choices = (Choice("s1", "Discovery"), Choice("s2", "Commercial"))
    return Standing("006A", "Halden", "u1", True, target, value, value, "v", choices)


LINE, LINES, DAY, CHOICE = (WritableField(kind, 20) for kind in FieldKind)


def test_values_are_spelled_as_the_crm_does_and_shown_as_people_read_them() -> None:
    assert new_value(CHOICE, standing(STAGE), "s2", TODAY) == ("s2", "Commercial")
    assert new_value(DAY, standing(CLOSE_DATE), "2026-12-12", TODAY) == ("2026-12-12", "2026-12-12")
    assert new_value(LINE, standing(NEXT_STEP), " Call  Dana\n", TODAY) == ("Call Dana", "Call Dana")
    assert new_value(LINE, standing(NEXT_STEP), "", TODAY) == (None, None)


@pytest.mark.parametrize(
    ("field", "target", "entered", "reason"),
    [
        (CHOICE, STAGE, "Closed Won", "Choose one of the open stages"),
        (DAY, CLOSE_DATE, "2026-11-19", "past"),
        (DAY, CLOSE_DATE, None, "Pick a day"),
        (LINE, NEXT_STEP, "x" * 21, "21 characters; the CRM keeps 20"),
        (LINES, "plan:metrics", "  ", "write something"),
    ],
)
def test_what_cannot_be_written_says_what_to_correct(
    field: WritableField, target: str, entered: str | None, reason: str
) -> None:
    with pytest.raises(Unfit, match=reason):
        new_value(field, standing(target), entered, TODAY)


def test_signs_nobody_sees_are_not_written() -> None:
    hidden = "pay\u202e now\u200b\x00\x07"
    assert cleaned(hidden, lines=True) == "pay now"
    assert fit_text(WritableField(FieldKind.LINES), "note", "one\r\n\r\ntwo") == "one\n\ntwo"


def test_only_owner_manager_and_operations_may_write() -> None:
    rep, boss = User("u1", "Ana"), User("u2", "Mira")
    assert may_write(Asker(rep, frozenset({"u1"})), "u1")
    assert may_write(Asker(boss, frozenset({"u1", "u2"})), "u1")
    assert may_write(Asker(boss, None), "u1")
    assert not may_write(Asker(rep, frozenset({"u1"})), "u2")
    assert not may_write(Asker(rep, frozenset({"u1"})), None)


def status(source: str) -> SyncStatus:
    return SyncStatus(source=source, state=SyncState.OK, started_at=NOW)


def no_writer(name: str):
    raise AssertionError(f"{name} must not be reached")


@pytest.mark.parametrize(("live", "reason"), [([], FILES), (["warehouse"], COPY), (["warehouse", "google"], COPY)])
def test_a_pipeline_without_a_crm_behind_it_is_read_only(live: list[str], reason: str) -> None:
    route = Route(lambda: [status(name) for name in live], no_writer)
    with pytest.raises(NotWritable) as refused:
        route.writer_for("006A00000000001AAA")
    assert str(refused.value) == reason


@pytest.fixture(scope="module")
def from_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A pipeline imported from CSV, with writing switched on and HubSpot set up."""
    folder, home = tmp_path_factory.mktemp("crm"), tmp_path_factory.mktemp("home")
    for name, header, row in (
        ("users", "user_id,name,email,role", "1,Ana Ruiz,ana@seller.example,rep"),
        (
            "opportunities", "opportunity_id,name,account_name,owner_id,stage,amount,close_date,created_at",
            "1002,Halden Mills - Looms,Halden Mills,1,Discovery,90000,2026-12-18,2026-10-01T09:00:00Z",
        ),
    ):  # fmt: skip
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([header.split(","), row.split(",")])
    settings = Settings(_env_file=None, COACH_HOME=home, WRITE_BACK="on", HUBSPOT_ACCESS_TOKEN="pat-x")
    runtime = Runtime(settings)
    assert import_directory(folder, runtime.store, stages=runtime.rules.stages).ok
    yield runtime
    runtime.memory.close()


def test_files_are_never_written_to_even_with_a_crm_set_up(from_files: Runtime) -> None:
    asker = from_files.coach.asker_for_email("ana@seller.example")
    assert asker is not None
    assert from_files.writing is not None
    assert from_files.writing.refusal(asker, "1002") == FILES
    key = from_files.writing.propose(asker, Proposal(deal_id="1002", target="note", text="x"), NOW)
    with pytest.raises(NotWritable, match="imported from files"):
        from_files.writing.open(asker, key, NOW)

    reply = from_files.coach.answer(asker, "set the close date of Halden to 12 Dec", now=NOW)
    assert "I change nothing in the CRM: this pipeline is read-only: it was imported from files" in reply.text


def test_a_folder_of_a_sync_is_told_from_a_folder_of_files(from_files: Runtime, tmp_path: Path) -> None:
    from bot.pipeline.syncing.origin import live_sources

    assert live_sources(from_files.settings.sources_dir, from_files.store) == []
    assert live_sources(tmp_path, from_files.store) == []


def test_numbers_of_another_system_are_read_only() -> None:
    class Stranger:
        def knows(self, _: str) -> bool:
            return False

    route = Route(lambda: [status("hubspot")], lambda _: Stranger())  # type: ignore[arg-type, return-value]
    with pytest.raises(NotWritable) as refused:
        route.writer_for("opp-1")
    assert str(refused.value) == NEITHER
