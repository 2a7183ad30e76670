"""Writing to Salesforce, against a server that refuses what Salesforce refuses: one rule a test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from bot.pipeline.sources import SourceUnavailable
from bot.pipeline.sources.salesforce import Credentials, Org
from bot.pipeline.sources.salesforce.write import SalesforceWriter
from bot.pipeline.sources.writer import (
    CLOSE_DATE,
    NEXT_STEP,
    NOTE,
    STAGE,
    TASK,
    Addition,
    Choice,
    FieldKind,
    WriteConflict,
    WriteLost,
    WriteRefused,
)
from tests.pipeline.sources.workbench import RULES
from tests.servers.salesforce.server import LocalSalesforce

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REP = "005REP"
METRICS = "plan:metrics"
MAPPED = RULES.model_copy(
    update={"salesforce": RULES.salesforce.model_copy(update={"command_plan": {"metrics": "Metrics__c"}})}
)


@pytest.fixture
def server() -> Iterator[LocalSalesforce]:
    server = LocalSalesforce()
    org = server.org
    org.custom_fields["Opportunity"] = {"Metrics__c": "textarea"}
    org.create("User", Id=REP, Name="Ana Ruiz", UserType="Standard", IsActive=True)
    for order, name in enumerate(("Qualification", "Proposal", "Closed Won")):
        closed = name.startswith("Closed")
        org.create(
            "OpportunityStage", ApiName=name, MasterLabel=name.upper(), IsActive=True, SortOrder=order, IsClosed=closed
        )
    org.create(
        "Opportunity", Id="006DEAL", Name="Rollout", OwnerId=REP, StageName="Qualification", CloseDate="2026-09-30",
        NextStep="Call Dana", Metrics__c="12 hours a week",
    )  # fmt: skip
    org.tick(3600)
    with server.serving():
        yield server


@pytest.fixture
def writer(server: LocalSalesforce) -> SalesforceWriter:
    credentials = Credentials(server.url, server.client_id, server.client_secret)
    return SalesforceWriter(Org(credentials, lambda: server.org.now, timeout_seconds=5, retries=0), MAPPED)


def deal(server: LocalSalesforce) -> dict[str, object]:
    return server.org.tables["Opportunity"]["006DEAL"]


def patches(server: LocalSalesforce) -> int:
    return sum(request.startswith("PATCH") for request in server.requests)


@pytest.mark.parametrize(
    ("target", "field", "new"),
    [
        (NEXT_STEP, "NextStep", "Send the order form to Dana"),
        (NEXT_STEP, "NextStep", None),
        (CLOSE_DATE, "CloseDate", "2026-12-12"),
        (STAGE, "StageName", "Proposal"),
        (METRICS, "Metrics__c", "30 hours a week\nfrom June"),
    ],
)
def test_one_field_is_written_and_nothing_else(
    server: LocalSalesforce, writer: SalesforceWriter, target: str, field: str, new: str | None
) -> None:
    before = dict(deal(server))
    seen = writer.read("006DEAL", target)
    server.org.tick()
    after = writer.change(seen, new)
    assert after is not None
    assert (after.value, after.version) == (new, deal(server)["SystemModstamp"])
    changed = {name for name, value in deal(server).items() if before[name] != value}
    assert changed == {field, "SystemModstamp", "LastModifiedDate"}


def test_what_stands_is_read_with_the_words_people_know(writer: SalesforceWriter) -> None:
    stage = writer.read("006DEAL", STAGE)
    assert (stage.deal_name, stage.owner_id, stage.is_open) == ("Rollout", REP, True)
    assert (stage.value, stage.shown) == ("Qualification", "QUALIFICATION")
    assert stage.choices == (Choice("Qualification", "QUALIFICATION"), Choice("Proposal", "PROPOSAL"))


def test_a_change_by_somebody_else_is_a_conflict_and_nothing_is_sent(
    server: LocalSalesforce, writer: SalesforceWriter
) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.org.tick()
    server.org.update("Opportunity", "006DEAL", NextStep="Theirs")
    with pytest.raises(WriteConflict) as conflict:
        writer.change(seen, "Ours")
    assert conflict.value.now is not None
    assert conflict.value.now.value == "Theirs"
    assert (deal(server)["NextStep"], patches(server)) == ("Theirs", 0)


def test_a_change_of_another_field_moves_the_version_too(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.org.tick()
    server.org.update("Opportunity", "006DEAL", Amount=5.0)
    with pytest.raises(WriteConflict):
        writer.change(seen, "Ours")


def test_salesforce_itself_refuses_what_comes_too_late(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    """Somebody saves between our reading and our sending: the condition of the PATCH catches it."""
    seen = writer.read("006DEAL", NEXT_STEP)
    read = writer.read
    reads = iter((seen,))
    writer.read = lambda *asked: next(reads, None) or read(*asked)  # type: ignore[method-assign]
    server.org.tick(2)
    server.org.update("Opportunity", "006DEAL", NextStep="Theirs")
    with pytest.raises(WriteConflict) as conflict:
        writer.change(seen, "Ours")
    assert conflict.value.now is not None
    assert conflict.value.now.value == "Theirs"
    assert patches(server) == 1
    assert deal(server)["NextStep"] == "Theirs"


def test_an_expired_session_is_renewed_and_the_change_sent_once(
    server: LocalSalesforce, writer: SalesforceWriter
) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.expire_sessions()
    assert writer.change(seen, "Ours") is not None
    assert deal(server)["NextStep"] == "Ours"


def test_a_lost_answer_is_looked_up_and_never_sent_again(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.swallow = 1
    after = writer.change(seen, "Ours")
    assert after is not None
    assert after.value == "Ours"
    assert patches(server) == 1


def test_a_change_that_did_not_arrive_is_said_so(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.fail("sobjects/Opportunity/006DEAL", 503, method="PATCH")
    with pytest.raises(SourceUnavailable):
        writer.change(seen, "Ours")
    assert deal(server)["NextStep"] == "Call Dana"


def test_no_answer_twice_is_not_known(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.swallow, server.dies = 1, True
    with pytest.raises(WriteLost):
        writer.change(seen, "Ours")


def test_salesforce_down_writes_nothing(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.fail("sobjects", 503, times=10)
    with pytest.raises(SourceUnavailable, match="no answer"):
        writer.change(seen, "Ours")
    assert patches(server) == 0


def test_every_refusal_is_a_sentence(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    def refusal(new: str, target: str = NEXT_STEP) -> str:
        with pytest.raises(WriteRefused) as refused:
            writer.change(writer.read("006DEAL", target), new)
        return str(refused.value)

    assert "longer than the field" in refusal("x" * 256)
    assert "does not offer that value" in refusal("Nonsense", STAGE)
    server.rule = ("NextStep", "Soon", "Name a person and a date.")
    assert "Name a person and a date." in refusal("Soon")
    server.read_only.add(("Opportunity", "NextStep"))
    assert "this field" in refusal("Ours")
    server.locked.add("006DEAL")
    assert "does not allow the coach" in refusal("Ours")
    server.org.delete("Opportunity", "006DEAL")
    assert "not in Salesforce any more" in refusal("Ours")
    assert deal(server)["NextStep"] == "Call Dana"


def test_a_field_removed_in_the_org_is_refused(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    seen = writer.read("006DEAL", NEXT_STEP)
    server.hidden.add(("Opportunity", "NextStep"))
    with pytest.raises(WriteRefused, match="no such field any more"):
        writer.change(seen, "Ours")


def test_who_may_edit_is_asked_of_salesforce(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    assert writer.may_edit("006DEAL", REP) is True
    assert writer.may_edit("006DEAL", "005STRANGER") is False
    assert writer.may_edit("006DEAL", "x' OR Id != '") is False
    server.no_edit.add((REP, "006DEAL"))
    assert writer.may_edit("006DEAL", REP) is False
    assert not any("OR" in query.split() for query in server.queries)


def test_what_may_be_written_is_learnt_by_asking(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    able = writer.describe()
    assert {target: field.kind for target, field in able.fields.items()} == {
        NEXT_STEP: FieldKind.TEXT, CLOSE_DATE: FieldKind.DAY, STAGE: FieldKind.CHOICE, METRICS: FieldKind.LINES
    }  # fmt: skip
    assert able.fields[NEXT_STEP].longest == 255
    assert (set(able.adds), able.problems) == ({NOTE, TASK}, ())

    server.read_only.add(("Opportunity", "CloseDate"))
    server.hidden.add(("Opportunity", "Metrics__c"))
    server.absent.add("Note")
    server.uncreatable.add("Task")
    able = writer.describe()
    assert (set(able.fields), set(able.adds)) == ({NEXT_STEP, STAGE}, set())
    assert [problem.split(";")[0] for problem in able.problems] == [
        "Salesforce: Opportunity.CloseDate cannot be changed",
        "Salesforce: Opportunity.Metrics__c cannot be changed",
        "Salesforce: notes cannot be added",
        "Salesforce: tasks cannot be added",
    ]


ADDITIONS = [
    Addition(NOTE, "Consult wrap-up", "We agreed:\n- <b>Dana</b> signs", REP, NOW),
    Addition(TASK, "Send the order form", "Done when Dana confirms", REP, NOW, date(2026, 3, 6)),
]


@pytest.mark.parametrize("addition", ADDITIONS, ids=["note", "task"])
def test_what_was_added_can_be_taken_away_until_somebody_edits_it(
    server: LocalSalesforce, writer: SalesforceWriter, addition: Addition
) -> None:
    sobject = {NOTE: "Note", TASK: "Task"}[addition.target]
    seen = writer.read("006DEAL", addition.target)
    first, second = writer.add(seen, addition), writer.add(seen, addition)
    row = server.org.tables[sobject][first.record_id]
    if addition.target == NOTE:
        assert (row["ParentId"], row["Title"], row["Body"]) == ("006DEAL", addition.title, addition.text)
    else:
        assert (row["WhatId"], row["Subject"], row["Description"]) == ("006DEAL", addition.title, addition.text)
        assert (row["OwnerId"], row["ActivityDate"]) == (REP, "2026-03-06")

    assert first.version is not None
    assert second.version is not None
    writer.remove(addition.target, first.record_id, first.version)
    assert row["IsDeleted"]
    with pytest.raises(WriteRefused, match="not in Salesforce any more"):
        writer.remove(addition.target, first.record_id, first.version)
    server.org.tick()
    server.org.update(sobject, second.record_id, IsDeleted=False)
    with pytest.raises(WriteConflict):
        writer.remove(addition.target, second.record_id, second.version)


@pytest.mark.parametrize("addition", ADDITIONS, ids=["note", "task"])
def test_an_addition_whose_answer_was_lost_is_found_and_not_added_twice(
    server: LocalSalesforce, writer: SalesforceWriter, addition: Addition
) -> None:
    sobject = {NOTE: "Note", TASK: "Task"}[addition.target]
    seen = writer.read("006DEAL", addition.target)
    server.swallow = 1
    added = writer.add(seen, addition)
    assert list(server.org.tables[sobject]) == [added.record_id]


def test_adding_without_the_right_to_is_refused(server: LocalSalesforce, writer: SalesforceWriter) -> None:
    server.uncreatable.add("Note")
    with pytest.raises(WriteRefused, match="does not allow the coach"):
        writer.add(writer.read("006DEAL", NOTE), ADDITIONS[0])


def test_ids_of_others_are_not_asked_about(writer: SalesforceWriter) -> None:
    assert not writer.knows("1001")
    assert not writer.knows("006' OR Name != ''")
    with pytest.raises(WriteRefused, match="not one of Salesforce's"):
        writer.read("1001", NEXT_STEP)
