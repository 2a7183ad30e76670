"""A made-up year in a Salesforce org: random things salespeople do, one call each."""

from datetime import timedelta
from random import Random
from typing import Any

from tests.servers.salesforce.org import LocalOrg

STAGES = ("Qualification", "Discovery", "Solution", "Commercial", "Closed Won", "Closed Lost")


class SalesforceLife:
    """Acts on an org. Everything is drawn from `random`, so a seed tells the whole story."""

    def __init__(self, org: LocalOrg, random: Random) -> None:
        self.org = org
        self.random = random
        self.role = org.create("UserRole", Name="Field Sales")
        for number in range(3):
            self.hire(number)
        for _ in range(5):
            self.new_account()

    def hire(self, number: int) -> None:
        self.org.create(
            "User", Name=f"Rep {number}", Email=f"rep{number}@seller.example", UserType="Standard", IsActive=True,
            UserRoleId=self.role, TimeZoneSidKey=self.random.choice(["Europe/Berlin", "America/New_York"]),
        )  # fmt: skip

    def live(self, moves: int) -> None:
        """Do `moves` random things; now and then several at one instant, now and then with a late stamp."""
        kinds = (
            [self.new_deal] * 3 + [self.edit_deal] * 8 + [self.new_activity] * 8 + [self.edit_activity] * 3
            + [self.new_account, self.rename_account, self.new_contact, self.edit_contact, self.new_role]
            + [self.new_note, self.rename_role, self.new_mail]
            + [self.remove] * 3 + [self.restore] * 2
        )  # fmt: skip
        for _ in range(moves):
            if self.random.random() < 0.7:
                self.org.tick(self.random.choice([0.001, 1, 30, 400]))
            late = self.random.random() < 0.4
            self.org.lateness = timedelta(seconds=self.random.randrange(800)) if late else timedelta(0)
            self.random.choice(kinds)()
        self.org.lateness = timedelta(0)

    def any(self, sobject: str, *, deleted: bool = False) -> str | None:
        ids = [row["Id"] for row in self.org.tables[sobject].values() if bool(row.get("IsDeleted")) is deleted]
        return self.random.choice(ids) if ids else None

    def new_account(self) -> None:
        self.org.create("Account", Name=f"Account {self.random.randrange(1000)}")

    def rename_account(self) -> None:
        if account := self.any("Account"):
            self.org.update("Account", account, Name=f"Renamed {self.random.randrange(1000)}")

    def rename_role(self) -> None:
        self.org.update("UserRole", self.role, Name=self.random.choice(["Field Sales", "Sales Director"]))

    def new_contact(self) -> None:
        number = self.random.randrange(1000)
        self.org.create(
            "Contact", Name=f"Buyer {number}", AccountId=self.any("Account"), Email=f"b{number}@buyer.example"
        )

    def edit_contact(self) -> None:
        if contact := self.any("Contact"):
            self.org.update("Contact", contact, Email=f"new{self.random.randrange(1000)}@buyer.example")

    def new_deal(self) -> None:
        self.org.create(
            "Opportunity", Name=f"Deal {self.random.randrange(1000)}", AccountId=self.any("Account"),
            OwnerId=self.any("User"), **self.deal_values(),
        )  # fmt: skip

    def edit_deal(self) -> None:
        if deal := self.any("Opportunity"):
            values = self.deal_values() | {"OwnerId": self.any("User")}
            name = self.random.choice(list(values))
            chosen = {name: values[name]}
            if name == "StageName":
                chosen |= {key: values[key] for key in ("IsClosed", "IsWon")}
            self.org.update("Opportunity", deal, **chosen)

    def deal_values(self) -> dict[str, Any]:
        stage = self.random.choice(STAGES)
        return {
            "StageName": stage,
            "IsClosed": stage.startswith("Closed"),
            "IsWon": stage == "Closed Won",
            "Amount": self.random.choice([None, 1000.0, 2500.5, 90000.0]),
            "CloseDate": f"2026-{self.random.randrange(4, 12):02d}-15",
            "ForecastCategory": self.random.choice(["Pipeline", "Commit"]),
            "NextStep": self.random.choice([None, 'Call "Eva",\nthen send terms; confirm']),
        }

    def new_activity(self) -> None:
        shared = {"OwnerId": self.any("User"), "WhoId": self.any("Contact"), "Subject": "Catch-up"}
        what = self.any(self.random.choice(["Opportunity", "Opportunity", "Account"]))
        day = f"2026-{self.random.randrange(1, 6):02d}-{self.random.randrange(1, 28):02d}"
        if self.random.random() < 0.5:
            subtype = self.random.choice(["Task", "Call", "Email"])
            self.org.create(
                "Task",
                WhatId=what,
                ActivityDate=day,
                TaskSubtype=subtype,
                IsClosed=self.random.random() < 0.8,
                **shared,
            )
        else:
            self.org.create("Event", WhatId=what, StartDateTime=f"{day}T10:00:00.000+0000", **shared)

    def edit_activity(self) -> None:
        if task := self.any("Task"):
            self.org.update("Task", task, IsClosed=True, WhatId=self.any("Opportunity"), WhoId=self.any("Contact"))

    def new_mail(self) -> None:
        if task := self.any("Task"):
            self.org.create(
                "EmailMessage", ActivityId=task, Incoming=self.random.random() < 0.5,
                FromAddress="b1@buyer.example", ToAddress="rep0@seller.example",
            )  # fmt: skip

    def new_role(self) -> None:
        deal, contact = self.any("Opportunity"), self.any("Contact")
        if deal and contact:
            self.org.create("OpportunityContactRole", OpportunityId=deal, ContactId=contact, Role="Champion")

    def new_note(self) -> None:
        if deal := self.any("Opportunity"):
            self.org.create("Note", ParentId=deal, Body='They asked for, quote, "less"', OwnerId=self.any("User"))

    def remove(self) -> None:
        sobject = self.random.choice(["Opportunity", "Task", "Event", "Contact", "Account", "OpportunityContactRole"])
        if row := self.any(sobject):
            self.org.delete(sobject, row)

    def restore(self) -> None:
        sobject = self.random.choice(["Opportunity", "Opportunity", "Task", "Contact", "Account"])
        if row := self.any(sobject, deleted=True):
            self.org.undelete(sobject, row)
