"""Writing to HubSpot, against a server that refuses what HubSpot refuses: one rule a test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from bot.pipeline.sources import SourceMisconfigured, SourceUnavailable
from bot.pipeline.sources.hubspot.write import HubSpotWriter
from bot.pipeline.sources.writer import (
    CLOSE_DATE,
    NEXT_STEP,
    NOTE,
    STAGE,
    TASK,
    Addition,
    Choice,
    WriteConflict,
    WriteLost,
    WriteRefused,
)
from tests.pipeline.sources.hubspot_life import pipeline
from tests.pipeline.sources.workbench import RULES
from tests.servers.hubspot.server import LocalHubSpot

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
METRICS = "plan:metrics"
MAPPED = RULES.model_copy(
    update={"hubspot": RULES.hubspot.model_copy(update={"command_plan": {"metrics": "closed_lost_reason"}})}
)
"""Some text property of the local portal stands for the field of a command plan."""


@pytest.fixture
def server() -> LocalHubSpot:
    server = LocalHubSpot()
    server.portal.pipelines.append(pipeline())
    server.portal.create(
        "deals", dealname="Rollout", dealstage="s1", pipeline="default", hubspot_owner_id="1",
        closedate="2026-09-30T17:12:00Z", hs_next_step="Call Dana",
    )  # fmt: skip
    server.portal.tick(3600)
    return server


@pytest.fixture
def writer(server: LocalHubSpot) -> Iterator[HubSpotWriter]:
    with server.serving() as url:
        yield HubSpotWriter("pat-local", url, MAPPED)


def deal(server: LocalHubSpot) -> dict[str, str | None]:
    return server.portal.objects["deals"]["1001"]["properties"]


def patches(server: LocalHubSpot) -> int:
    return sum(request.startswith("PATCH") for request in server.requests)


@pytest.mark.parametrize(
    ("target", "name", "new", "kept", "shown"),
    [
        (NEXT_STEP, "hs_next_step", "Send the order form", "Send the order form", "Send the order form"),
        (NEXT_STEP, "hs_next_step", None, None, None),
        (CLOSE_DATE, "closedate", "2026-12-12", "2026-12-12T00:00:00.000Z", "2026-12-12"),
        (STAGE, "dealstage", "s2", "s2", "Discovery"),
        (METRICS, "closed_lost_reason", "30 hours", "30 hours", "30 hours"),
    ],
)
def test_one_property_is_written_and_nothing_else(
    server: LocalHubSpot, writer: HubSpotWriter, target: str, name: str, new: str | None, kept: str | None,
    shown: str | None,
) -> None:  # fmt: skip
    before = dict(deal(server))
    seen = writer.read("1001", target)
    after = writer.change(seen, new)
    assert after is not None
    assert (deal(server)[name], after.value, after.shown) == (kept, kept, shown)
    assert after.version != seen.version
    changed = {each for each, value in deal(server).items() if before.get(each) != value}
    assert changed == {name, "hs_lastmodifieddate"}


def test_the_old_moment_of_a_close_date_can_be_put_back_exactly(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", CLOSE_DATE)
    assert (seen.value, seen.shown) == ("2026-09-30T17:12:00Z", "2026-09-30")
    written = writer.change(seen, "2026-12-12")
    assert written is not None
    writer.change(written, seen.value)
    assert deal(server)["closedate"] == "2026-09-30T17:12:00Z"


def test_what_stands_is_read_with_the_words_people_know(writer: HubSpotWriter) -> None:
    stage = writer.read("1001", STAGE)
    assert (stage.deal_name, stage.owner_id, stage.is_open) == ("Rollout", "1", True)
    assert (stage.value, stage.shown) == ("s1", "Qualification")
    assert [choice.label for choice in stage.choices] == ["Qualification", "Discovery", "Commercial"]
    assert Choice("s2", "Discovery") in stage.choices


def test_a_closed_deal_is_known_as_closed(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    server.portal.update("deals", "1001", dealstage="won")
    assert not writer.read("1001", NEXT_STEP).is_open


def test_a_change_by_somebody_else_is_a_conflict_and_nothing_is_sent(
    server: LocalHubSpot, writer: HubSpotWriter
) -> None:
    seen = writer.read("1001", NEXT_STEP)
    server.portal.update("deals", "1001", hs_next_step="Theirs")
    with pytest.raises(WriteConflict) as conflict:
        writer.change(seen, "Ours")
    assert conflict.value.now is not None
    assert conflict.value.now.value == "Theirs"
    assert (deal(server)["hs_next_step"], patches(server)) == ("Theirs", 0)


def test_a_change_back_and_forth_is_a_conflict_too(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", NEXT_STEP)
    for text in ("Theirs", "Call Dana"):
        server.portal.tick()
        server.portal.update("deals", "1001", hs_next_step=text)
    with pytest.raises(WriteConflict):
        writer.change(seen, "Ours")


def test_what_hubspot_computes_by_itself_is_none(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    """The stamp of a deal moves with anything; the history of a property only with that property."""
    seen = writer.read("1001", NEXT_STEP)
    server.portal.update("deals", "1001", amount="7")
    assert writer.change(seen, "Ours") is not None


def test_a_lost_answer_is_looked_up_and_never_sent_again(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", CLOSE_DATE)
    server.swallow = 1
    after = writer.change(seen, "2026-12-12")
    assert after is not None
    assert after.shown == "2026-12-12"
    assert patches(server) == 1


def test_a_change_that_did_not_arrive_is_said_so(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", NEXT_STEP)
    server.refuses["PATCH"] = 503
    with pytest.raises(SourceUnavailable):
        writer.change(seen, "Ours")
    assert deal(server)["hs_next_step"] == "Call Dana"


def test_no_answer_twice_is_not_known(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", NEXT_STEP)
    server.swallow, server.dies = 1, True
    with pytest.raises(WriteLost):
        writer.change(seen, "Ours")


def test_hubspot_down_writes_nothing(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", NEXT_STEP)
    server.refuses["GET"] = 502
    with pytest.raises(SourceUnavailable, match="no answer"):
        writer.change(seen, "Ours")
    assert patches(server) == 0


def test_every_refusal_is_a_sentence(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", NEXT_STEP)

    def refusal() -> str:
        with pytest.raises(WriteRefused) as refused:
            writer.change(seen, "Ours")
        return str(refused.value)

    server.read_only.add("hs_next_step")
    assert "read only property" in refusal()
    server.locked.add("1001")
    assert "does not allow the coach" in refusal()
    server.without_scopes.add("crm.objects.deals.write")
    assert "crm.objects.deals.write" in refusal()
    server.portal.archive("deals", "1001")
    assert "not in HubSpot any more" in refusal()
    server.token = "rotated"
    with pytest.raises(SourceMisconfigured, match="refuses the coach's token"):
        writer.change(seen, "Ours")
    assert deal(server)["hs_next_step"] == "Call Dana"


def test_too_many_questions_write_nothing(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    seen = writer.read("1001", NEXT_STEP)
    server.refuses["PATCH"] = 429
    with pytest.raises(SourceMisconfigured, match="slow down"):
        writer.change(seen, "Ours")


def test_what_may_be_written_is_learnt_by_asking(server: LocalHubSpot, writer: HubSpotWriter) -> None:
    able = writer.describe()
    assert set(able.fields) == {NEXT_STEP, CLOSE_DATE, STAGE, METRICS}
    assert (set(able.adds), able.problems) == ({NOTE, TASK}, ())
    assert writer.may_edit("1001", "1") is None

    server.read_only.add("closedate")
    server.portal.missing.add(("deals", "closed_lost_reason"))
    server.without_scopes.add("crm.objects.contacts.write")
    able = writer.describe()
    assert (set(able.fields), set(able.adds)) == ({NEXT_STEP, STAGE}, set())
    assert [problem.split(";")[0] for problem in able.problems] == [
        "HubSpot: the deal property closedate cannot be changed",
        "HubSpot: the deal property closed_lost_reason cannot be changed",
        "HubSpot: grant the private app the scope crm.objects.contacts.write",
    ]


ADDITIONS = [
    Addition(NOTE, "Consult wrap-up", "We agreed:\n- <img src=x> Dana & Tom sign", "1", NOW),
    Addition(TASK, "Send the order form", "Done when Dana confirms", "1", NOW, date(2026, 3, 6)),
]


@pytest.mark.parametrize("addition", ADDITIONS, ids=["note", "task"])
def test_what_was_added_can_be_taken_away_until_somebody_edits_it(
    server: LocalHubSpot, writer: HubSpotWriter, addition: Addition
) -> None:
    kind, body = {NOTE: ("notes", "hs_note_body"), TASK: ("tasks", "hs_task_body")}[addition.target]
    seen = writer.read("1001", addition.target)
    first, second = writer.add(seen, addition), writer.add(seen, addition)
    row = server.portal.objects[kind][first.record_id]
    assert [far for far, _ in server.portal.linked(kind, first.record_id, "deals")] == ["1001"]
    assert row["properties"]["hubspot_owner_id"] == "1"
    if addition.target == NOTE:
        assert row["properties"][body] == "We agreed:<br>- &lt;img src=x&gt; Dana &amp; Tom sign"
    else:
        assert (row["properties"]["hs_task_subject"], row["properties"][body]) == (addition.title, addition.text)
        assert row["properties"]["hs_timestamp"].startswith("2026-03-06")

    assert first.version is not None
    assert second.version is not None
    writer.remove(addition.target, first.record_id, first.version)
    assert row["archived"]
    server.portal.tick()
    server.portal.update(kind, second.record_id, **{body: "edited"})
    with pytest.raises(WriteConflict):
        writer.remove(addition.target, second.record_id, second.version)


@pytest.mark.parametrize("addition", ADDITIONS, ids=["note", "task"])
def test_an_addition_whose_answer_was_lost_is_found_and_not_added_twice(
    server: LocalHubSpot, writer: HubSpotWriter, addition: Addition
) -> None:
    kind = {NOTE: "notes", TASK: "tasks"}[addition.target]
    for number in range(5):  # more than the server answers at once
        note = server.portal.create(kind, hs_timestamp="2026-03-01T09:00:00Z", hubspot_owner_id=str(number))
        server.portal.link((kind, note), ("deals", "1001"))
    seen = writer.read("1001", addition.target)
    server.swallow = 1
    added = writer.add(seen, addition)
    assert list(server.portal.objects[kind])[5:] == [added.record_id]


def test_ids_of_others_are_not_asked_about(writer: HubSpotWriter) -> None:
    assert not writer.knows("006DEAL")
    with pytest.raises(WriteRefused, match="not one of HubSpot's"):
        writer.read("../owners", NEXT_STEP)
