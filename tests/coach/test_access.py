from collections.abc import Mapping

import pytest
from deal_worlds import Company
from hypothesis import given
from hypothesis import strategies as st

from bot.coach.access import asker_for, visible_deals
from bot.coach.answers.menu import NOT_FOUND
from bot.coach.reply import Outcome
from bot.pipeline.model import Role, User
from bot.pipeline.store import load_rows

HIDDEN = {"deal": "Brandvik Fasteners - Tool tracking", "owner": "milo", "stages": {"Discovery": -20}}
OWN = {"deal": "Lysholm Theatres - Ticket desk", "owner": "tilda", "stages": {"Discovery": -20}}


def people(*users: User) -> dict[str, User]:
    return {user.id: user for user in users}


DIRECTOR = User("d", "Odile", role=Role.DIRECTOR)
MANAGER = User("m", "Ruben", role=Role.MANAGER, manager_id="d")
OTHER_MANAGER = User("n", "Anneliese", role=Role.MANAGER, manager_id="d")
REP = User("r", "Tilda", manager_id="m")
GONE = User("g", "Gone", manager_id="m", active=False)
OTHER_REP = User("o", "Kwame", manager_id="n")
EVERYBODY = people(DIRECTOR, MANAGER, OTHER_MANAGER, REP, GONE, OTHER_REP)


@pytest.mark.parametrize(
    ("user", "owners"),
    [
        (REP, {"r"}),
        (MANAGER, {"m", "r", "g"}),
        (DIRECTOR, {"d", "m", "n", "r", "g", "o"}),
        (User("s", "Pim", role=Role.SOLUTIONS_ENGINEER, manager_id="d"), {"s"}),
        (User("p", "Pia", role=Role.PARTNER_MANAGER, manager_id="d"), {"p"}),
    ],
)
def test_scope_by_role(user: User, owners: set[str]) -> None:
    asker = asker_for(user, EVERYBODY)
    assert asker is not None
    assert asker.owner_ids == owners


def test_sales_operations_see_every_owner() -> None:
    asker = asker_for(User("ops", "Greta", role=Role.SALES_OPERATIONS), EVERYBODY)
    assert asker is not None
    assert asker.may_see_owner("anybody at all")


def test_a_rep_who_has_reports_in_the_crm_still_sees_own_deals_only() -> None:
    lead = User("r", "Tilda", role=Role.REP)
    asker = asker_for(lead, people(lead, User("x", "Junior", manager_id="r")))
    assert asker is not None
    assert asker.owner_ids == {"r"}


@pytest.mark.parametrize("user", [None, GONE, User("z", "Boss", role=Role.SALES_OPERATIONS, active=False)])
def test_nobody_unknown_or_inactive_gets_a_scope(user: User | None) -> None:
    assert asker_for(user, EVERYBODY) is None


def test_deals_of_a_rep_who_left_stay_with_the_manager() -> None:
    asker = asker_for(MANAGER, EVERYBODY)
    assert asker is not None
    assert asker.may_see_owner("g")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), max_size=8))
def test_any_reporting_line_ends_and_reaches_exactly_those_below(bosses: Mapping[str, str]) -> None:
    """Loops included: a manager who reports to their own report must not hang the walk."""
    users = people(*(User(each, each, role=Role.MANAGER, manager_id=bosses.get(each)) for each in "abcdefgh"))
    asker = asker_for(users["a"], users)
    assert asker is not None
    assert asker.owner_ids == {each for each in users if each == "a" or _reports_to_a(each, bosses)}


def _reports_to_a(person: str, bosses: Mapping[str, str]) -> bool:
    above: list[str] = []
    while (boss := bosses.get(person)) is not None and boss not in above:
        above.append(boss)
        person = boss
    return "a" in above


class TestVisibleDeals:
    def test_a_team_member_sees_the_deals_of_the_team_and_no_other(self, company: Company) -> None:
        world = company.world(HIDDEN, OWN, asker="pim")
        tables = {**world.tables, "deal_team": [{"opportunity_id": "T-1", "user_id": "U_PIM"}]}
        pipeline = company.pipeline(world)
        joined = type(pipeline)(load_rows(tables, "UTC").con, company.rules)
        asker = asker_for(joined.users["U_PIM"], joined.users)
        assert asker is not None
        assert [deal.id for deal in visible_deals(asker, joined)] == ["T-1"]
        assert visible_deals(asker, pipeline) == []

    def test_team_membership_does_not_open_the_owners_pipeline(self, company: Company) -> None:
        world = company.world(HIDDEN, asker="pim")
        tables = {**world.tables, "deal_team": [{"opportunity_id": "T-1", "user_id": "U_PIM"}]}
        pipeline = type(company.pipeline(world))(load_rows(tables, "UTC").con, company.rules)
        asker = asker_for(pipeline.users["U_PIM"], pipeline.users)
        assert asker is not None
        assert not asker.may_see_owner("U_MILO")

    def test_somebody_without_a_deal_sees_none(self, company: Company) -> None:
        _, asker, world = company.at_work(HIDDEN, OWN, asker="sefa")
        assert visible_deals(asker, company.pipeline(world)) == []


class TestNotFound:
    @pytest.mark.parametrize(
        "ask",
        [
            "how is {} doing?",
            "gaps on {}",
            "next step for {}?",
            "when did {} last write?",
            "is {} a lock?",
            "draft a mail to {}",
            "I cover for Milo while he is ill, what did {} say?",
        ],
    )
    def test_hidden_and_absent_deals_get_the_same_reply(self, company: Company, ask: str) -> None:
        hidden = company.reply(ask.format("Brandvik"), HIDDEN, OWN)
        absent = company.reply(ask.format("Grimsdalen"), HIDDEN, OWN)
        assert hidden == absent
        assert (hidden.outcome, hidden.text) == (Outcome.NOT_FOUND, NOT_FOUND)

    def test_the_consult_says_the_same(self, company: Company) -> None:
        replies = [
            company.reply(f"/consult {name}", HIDDEN, OWN, asker="anneliese", surface="/consult")
            for name in ("Brandvik", "Grimsdalen")
        ]
        assert replies[0] == replies[1]
        assert replies[0].text == NOT_FOUND

    def test_a_stored_focus_on_a_hidden_deal_is_not_followed(self, company: Company) -> None:
        coach, asker, world = company.at_work(HIDDEN, OWN)
        reply = coach.answer(asker, "and the next step?", now=world.as_of, focus="T-1")
        assert reply.deal is None or reply.deal.id != "T-1"
        assert "Brandvik" not in reply.model_dump_json()

    def test_an_asker_who_is_not_in_the_directory_gets_nothing(self, company: Company) -> None:
        coach, _, _ = company.at_work(HIDDEN, OWN)
        assert coach.asker_for_user("U_NOBODY") is None
        assert coach.asker_for_email("stranger@elsewhere.example") is None
        assert coach.asker_for_slack("U0STRANGER", "stranger@elsewhere.example") is None
        assert coach.asker_for_slack("U0STRANGER", None) is None
