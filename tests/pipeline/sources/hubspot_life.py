"""A made-up year in a HubSpot portal: random things salespeople do, one call each."""

from datetime import timedelta
from random import Random

from tests.servers.hubspot.portal import LocalPortal

STAGES = ("s1", "s2", "s3", "won", "lost")


def pipeline() -> dict[str, object]:
    """One pipeline whose stages carry ids that are not their names."""
    named = {"s1": "Qualification", "s2": "Discovery", "s3": "Commercial", "won": "Closed Won", "lost": "Closed Lost"}
    closed = {"won": "1.0", "lost": "0.0"}
    stages = [
        {
            "id": key,
            "label": label,
            "displayOrder": place,
            "metadata": {"isClosed": str(key in closed).lower(), "probability": closed.get(key, "0.4")},
        }
        for place, (key, label) in enumerate(named.items())
    ]
    return {"id": "default", "label": "Sales", "displayOrder": 0, "stages": stages}


class HubSpotLife:
    """Acts on a portal. Everything is drawn from `random`, so a seed tells the whole story."""

    def __init__(self, portal: LocalPortal, random: Random) -> None:
        self.portal = portal
        self.random = random
        portal.pipelines.append(pipeline())
        for number in range(3):
            portal.owners.append(
                {"id": str(number + 1), "email": f"rep{number}@seller.example", "firstName": "Rep",
                 "lastName": str(number), "archived": False, "teams": [{"id": "9", "name": "East", "primary": True}]}
            )  # fmt: skip
        for _ in range(5):
            self.new("companies")
            self.new("contacts")

    def live(self, moves: int) -> None:
        """Do `moves` random things; now and then several at one instant, now and then with a late stamp."""
        kinds = (
            [self.new_deal] * 3 + [self.edit_deal] * 6 + [self.new_engagement] * 6 + [self.edit_engagement] * 2
            + [self.new_contact, self.edit_contact, self.rename_company, self.rename_stage]
            + [self.link] * 3 + [self.unlink] + [self.archive] * 3 + [self.restore] * 2
        )  # fmt: skip
        for _ in range(moves):
            if self.random.random() < 0.7:
                self.portal.tick(self.random.choice([0.001, 1, 30, 400]))
            late = self.random.random() < 0.4
            self.portal.lateness = timedelta(seconds=self.random.randrange(800)) if late else timedelta(0)
            self.random.choice(kinds)()
        self.portal.lateness = timedelta(0)

    def any(self, object_type: str, *, archived: bool = False) -> str | None:
        rows = self.portal.objects[object_type].values()
        ids = [row["id"] for row in rows if row["archived"] is archived]
        return self.random.choice(ids) if ids else None

    def new(self, object_type: str) -> str:
        number = self.random.randrange(1000)
        if object_type == "companies":
            return self.portal.create("companies", name=f"Company {number}")
        return self.portal.create("contacts", firstname="Buyer", lastname=str(number), email=f"b{number}@buyer.example")

    def new_contact(self) -> None:
        self.new("contacts")

    def edit_contact(self) -> None:
        if contact := self.any("contacts"):
            number = self.random.randrange(1000)
            self.portal.update(
                "contacts", contact, email=f"n{number}@buyer.example", associatedcompanyid=self.any("companies")
            )

    def rename_company(self) -> None:
        if company := self.any("companies"):
            self.portal.update("companies", company, name=f"Renamed {self.random.randrange(1000)}")

    def rename_stage(self) -> None:
        self.random.choice(self.portal.pipelines[0]["stages"][:3])["label"] = f"Stage {self.random.randrange(100)}"

    def new_deal(self) -> None:
        deal = self.portal.create("deals", dealname=f"Deal {self.random.randrange(1000)}", **self.deal_values())
        if company := self.any("companies"):
            self.portal.link(("deals", deal), ("companies", company), "Primary")

    def edit_deal(self) -> None:
        if deal := self.any("deals"):
            values = self.deal_values()
            name = self.random.choice(list(values))
            self.portal.update("deals", deal, **{name: values[name]})

    def deal_values(self) -> dict[str, str | None]:
        return {
            "dealstage": self.random.choice(STAGES),
            "hubspot_owner_id": self.random.choice(["1", "2", "3"]),
            "amount": self.random.choice([None, "1000", "2500.5", "90000"]),
            "closedate": f"2026-{self.random.randrange(4, 12):02d}-15T00:00:00Z",
            "hs_manual_forecast_category": self.random.choice([None, "COMMIT", "PIPELINE"]),
            "hs_next_step": self.random.choice([None, 'Call "Eva",\nthen send terms']),
        }

    def new_engagement(self) -> None:
        kind = self.random.choice(["calls", "emails", "meetings", "tasks", "notes"])
        at = f"2026-{self.random.randrange(1, 6):02d}-{self.random.randrange(1, 28):02d}T10:00:00Z"
        more = {
            "calls": {"hs_call_title": "Call", "hs_call_duration": "60000", "hs_call_status": "COMPLETED"},
            "emails": {"hs_email_direction": self.random.choice(["EMAIL", "INCOMING_EMAIL"]),
                       "hs_email_from_email": "b1@buyer.example", "hs_email_to_email": "rep0@seller.example"},
            "meetings": {"hs_meeting_start_time": at,
                         "hs_meeting_outcome": self.random.choice(["COMPLETED", "NO_SHOW"])},
            "tasks": {"hs_task_subject": "Do it"},
            "notes": {"hs_note_body": 'They said: "yes", maybe'},
        }[kind]  # fmt: skip
        engagement = self.portal.create(kind, hs_timestamp=at, hubspot_owner_id="1", **more)
        for other in ("deals", "contacts"):
            if self.random.random() < 0.8 and (far := self.any(other)):
                self.portal.link((kind, engagement), (other, far))

    def edit_engagement(self) -> None:
        if call := self.any("calls"):
            self.portal.update("calls", call, hs_call_title=f"Edited {self.random.randrange(100)}")

    def _pair(self) -> tuple[tuple[str, str], tuple[str, str]] | None:
        kind, other = self.random.choice([("deals", "contacts"), ("calls", "deals"), ("emails", "deals")])
        one, far = self.any(kind), self.any(other)
        return ((kind, one), (other, far)) if one and far else None

    def link(self) -> None:
        if pair := self._pair():
            self.portal.link(*pair, self.random.choice([None, "Champion", "Budget holder"]))

    def unlink(self) -> None:
        if pair := self._pair():
            self.portal.unlink(*pair)

    def archive(self) -> None:
        kind = self.random.choice(["deals", "calls", "emails", "notes", "contacts"])
        if row := self.any(kind):
            self.portal.archive(kind, row)

    def restore(self) -> None:
        kind = self.random.choice(["deals", "calls", "contacts"])
        if row := self.any(kind, archived=True):
            self.portal.restore(kind, row)
