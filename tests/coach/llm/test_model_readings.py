"""Evidence a model pointed at is kept: it stands without the model, and ends with its source or a person's no."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from deal_worlds import Company
from model_desk import RAIL, SHIPYARD, Desk

from bot.coach.desk import Desk as DealDesk
from bot.coach.ground.evidence import ProposalRules
from bot.coach.reply import CoachReply, ElementStatus
from bot.coach.service import Coach
from bot.coach.view import DealView
from bot.memory import AuditFilter, AuditKind
from bot.pipeline.service import UnknownDeal
from tests.servers.scripted_model import Answer, Request, Say, Status, honest

QUOTE = "Odd Revik would have to agree to the money."


@pytest.fixture
def reading_desk(desk: Desk) -> Desk:
    """The same desk, at which the coach itself remembers what the model read."""
    return replace(desk, coach=replace(desk.coach, recall=desk.deepener.recall))


def reader(quote: str = QUOTE) -> Callable[[Request], Answer]:
    """A model that points at one sentence and writes nothing."""

    def answer(request: Request) -> Answer:
        if request.job == "reword":
            return honest(request)
        row = next(row for row in request.rows("statements") if row["sentence"] == quote)
        item = {"element": "economic_buyer", "trait": "pointed_at", "quote": quote}
        return Say({"items": [item | {key: row[key] for key in ("source", "speaker", "date")}]})

    return answer


def down(_: Request) -> Answer:
    return Status(500)


def economic_buyer(reply: CoachReply) -> ElementStatus:
    return next(line.status for line in reply.meddppicc if line.element.value == "economic_buyer")


def changed(desk: Desk, company: Company, text: str) -> Coach:
    """The coach over a record in which the mail that was read says something else."""
    entries: Any = SHIPYARD["log"]
    log = [
        {"-20 from hanne": text} if isinstance(entry, dict) and "-20 from hanne" in entry else entry
        for entry in entries
    ]
    coach, _, _ = company.at_work(SHIPYARD | {"log": log}, RAIL)
    return replace(coach, recall=desk.deepener.recall, deepener=desk.deepener)


def test_what_was_read_stands_when_the_model_is_down(reading_desk: Desk) -> None:
    assert economic_buyer(reading_desk.ask()) is ElementStatus.MISSING
    reading_desk.deepen(reader())
    reading_desk.model.reset(down)

    again = reading_desk.ask()

    assert economic_buyer(again) is ElementStatus.PARTIAL
    assert reading_desk.model.requests == []
    assert "Read by a model, quote checked: economic buyer." in again.caveats
    assert "Read by a model, quote checked: economic buyer." in again.text


def test_the_consult_pack_and_the_ledger_see_it_too(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    pack = reading_desk.coach.consult(reading_desk.asker, "Varg", now=reading_desk.world.as_of)
    view = ledger_of(reading_desk)

    assert economic_buyer(pack) is ElementStatus.PARTIAL
    [item] = [item for item in view.ledger.items if item.read_by]
    assert (item.quote, item.read_by and item.read_by.model) == (QUOTE, "scripted-1")


def ledger_of(desk: Desk) -> DealView:
    deal = desk.ask().deal
    assert deal is not None
    return DealDesk(desk.coach).view(desk.asker, deal.id, desk.world.as_of)


def test_a_changed_source_ends_it_at_once_and_its_words_are_deleted(reading_desk: Desk, company: Company) -> None:
    reading_desk.deepen(reader())
    other = changed(reading_desk, company, f"{QUOTE} He said no in May.")
    now = reading_desk.world.as_of

    reply = other.answer(reading_desk.asker, "How is Varg doing?", now=now)

    assert economic_buyer(reply) is ElementStatus.MISSING
    assert not any("Read by a model" in caveat for caveat in reply.caveats)
    assert reply.deal is not None
    recall, deals = reading_desk.deepener.recall, [brief.deal for brief in other.briefs([reply.deal.id], now)]
    assert recall.forget_outdated(lambda _: deals) == 1
    assert reading_desk.memory.readings.sources() == {}
    assert recall.forget_outdated(lambda _: deals) == 0


def test_what_still_stands_is_not_forgotten_and_a_deal_that_is_gone_is(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    view, recall = ledger_of(reading_desk), reading_desk.deepener.recall
    assert recall.forget_outdated(lambda _: [view.brief.deal]) == 0
    assert recall.forget_outdated(lambda _: []) == 1


def test_a_persons_dispute_wins_over_the_model_for_good(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    [item] = [item for item in ledger_of(reading_desk).ledger.items if item.read_by]
    assert item.read_by is not None
    assert item.read_by.reading_id is not None
    deal = reading_desk.ask().deal
    assert deal is not None
    desk, now = DealDesk(reading_desk.coach), reading_desk.world.as_of

    shown = desk.dispute(reading_desk.asker, deal.id, item.read_by.reading_id, now)

    assert not any(item.read_by for item in shown.ledger.items)
    assert reading_desk.deepen(reader()) is not None, "the words are still better"
    assert economic_buyer(reading_desk.ask()) is ElementStatus.MISSING
    assert reading_desk.memory.readings.of_deal(deal.id) == [], "not even the words are kept"


def test_nobody_disputes_a_deal_out_of_reach(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    deal = reading_desk.ask().deal
    assert deal is not None
    stranger = replace(reading_desk.asker, owner_ids=frozenset(), user=replace(reading_desk.asker.user, id="nobody"))
    with pytest.raises(UnknownDeal):
        DealDesk(reading_desk.coach).dispute(stranger, deal.id, 1, reading_desk.world.as_of)
    [kept] = reading_desk.memory.readings.of_deal(deal.id)
    assert not reading_desk.memory.readings.dispute(kept.id, "another deal", "nobody", reading_desk.world.as_of)


def test_rules_of_today_refuse_what_those_of_yesterday_let_in(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    recall = reading_desk.deepener.recall
    rules = ProposalRules(per_answer=1, words=dict.fromkeys(recall.check.rules.words, ("never said",)))
    strict = replace(recall, check=replace(recall.check, rules=rules))
    stricter = replace(reading_desk, coach=replace(reading_desk.coach, recall=strict))
    assert economic_buyer(stricter.ask()) is ElementStatus.MISSING


def test_a_reading_is_audited_without_its_words_and_ends_with_retention(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    audit, now = reading_desk.memory.audit, reading_desk.world.as_of
    [entry] = audit.entries(AuditFilter(kinds=frozenset({AuditKind.MODEL_READING})))
    assert (entry.what, entry.who) == ("stands", reading_desk.asker.user.id)
    assert entry.details["model"] == "scripted-1"
    assert "Revik" not in str(entry.details)

    assert audit.purge(now + timedelta(days=1))["model_readings"] == 1
    assert economic_buyer(reading_desk.ask()) is ElementStatus.MISSING


def test_reading_twice_keeps_one_row(reading_desk: Desk) -> None:
    reading_desk.deepen(reader())
    reading_desk.deepen(reader())
    assert sum(len(sources) for sources in reading_desk.memory.readings.sources().values()) == 1
