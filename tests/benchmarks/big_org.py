"""A Salesforce org too big to keep in memory: every row follows from its number. Run as a process of its own."""

import json
import sys
import time
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.servers.salesforce.org import START
from tests.servers.salesforce.server import DATA, LocalSalesforce
from tests.servers.salesforce.soql import check, parse

REPS, ACCOUNTS = 500, 40_000


class BigSalesforce(LocalSalesforce):
    """Answers for `counts` rows an object, a page at a time; an object that is not counted is empty."""

    def __init__(self, deals: int, tasks: int) -> None:
        super().__init__()
        self.counts = {
            "User": REPS, "Account": ACCOUNTS, "Opportunity": deals, "OpportunityHistory": deals, "Task": tasks,
        }  # fmt: skip
        self.deals = deals

    def _answer(self, soql: str, *, with_deleted: bool) -> web.Response:
        query = parse(soql)
        check(query, self._types(query.sobject) or {}, {"UserRole": frozenset({"Name"})})
        return self._rows_from(query.sobject, query.fields, 0)

    async def _query_more(self, request: web.Request) -> web.Response:
        sobject, offset, fields = request.match_info["locator"].split("~")
        return self._rows_from(sobject, tuple(fields.split(",")), int(offset))

    def _rows_from(self, sobject: str, fields: tuple[str, ...], offset: int) -> web.Response:
        total = self.counts.get(sobject, 0)
        end = min(offset + self.batch_size, total)
        rows = [self._row_number(sobject, number, fields) for number in range(offset, end)]
        answer: dict[str, Any] = {"totalSize": total, "done": end >= total, "records": rows}
        if end < total:
            answer["nextRecordsUrl"] = f"{DATA}/query/{sobject}~{end}~{','.join(fields)}"
        return web.Response(text=json.dumps(answer), content_type="application/json")

    def _row_number(self, sobject: str, number: int, fields: tuple[str, ...]) -> dict[str, Any]:
        at = (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        everything = _VALUES[sobject](number, self.deals) | {"SystemModstamp": at, "CreatedDate": at}
        return {name: everything.get(name) for name in fields}


def _user(number: int, _: int) -> dict[str, Any]:
    return {"Id": f"005{number:06d}", "Name": f"Rep {number}", "Email": f"r{number}@seller.example", "IsActive": True}


def _account(number: int, _: int) -> dict[str, Any]:
    return {"Id": f"001{number:06d}", "Name": f"Account number {number}", "IsDeleted": False}


def _deal(number: int, _: int) -> dict[str, Any]:
    return {
        "Id": f"006{number:09d}AAA", "IsDeleted": False, "Name": f"Opportunity number {number}",
        "StageName": "Discovery", "OwnerId": f"005{number % REPS:06d}",
        "AccountId": f"001{number % ACCOUNTS:06d}", "Amount": 1000.0 + number,
        "CloseDate": "2027-03-31", "Type": "New Business", "IsClosed": False, "IsWon": False,
    }  # fmt: skip


def _history(number: int, _: int) -> dict[str, Any]:
    return {"Id": f"008{number:09d}AAA", "OpportunityId": f"006{number:09d}AAA", "StageName": "Discovery"}


def _task(number: int, deals: int) -> dict[str, Any]:
    deal = number % deals
    return {
        "Id": f"00T{number:09d}AAA", "IsDeleted": False, "OwnerId": f"005{deal % REPS:06d}",
        "WhatId": f"006{deal:09d}AAA", "IsClosed": True, "TaskSubtype": "Call", "ActivityDate": "2026-09-01",
        "Subject": f"Call number {number}", "Description": "They want to see the numbers before the board meets. " * 4,
    }  # fmt: skip


_VALUES = {"User": _user, "Account": _account, "Opportunity": _deal, "OpportunityHistory": _history, "Task": _task}


if __name__ == "__main__":
    with BigSalesforce(int(sys.argv[1]), int(sys.argv[2])).serving() as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        while sys.stdin.readline():
            time.sleep(0.1)
