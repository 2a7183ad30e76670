"""Saved views: the shipped ones, their operators, and mistakes that name file and line."""

from datetime import timedelta

import pytest
from world import NOW, RULES, TODAY, World, halden

from bot.pipeline.commitment import load_commitment
from bot.pipeline.model import Role
from bot.pipeline.views import UnknownView, View, ViewDesk, load_views
from bot.playbook import PlaybookError
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"
COMMITMENT = load_commitment(PLAYBOOK, RULES.stages)
SHIPPED = load_views(PLAYBOOK, RULES.stages)

VIEW = """\
views:
  - name: mine
    title: Mine
    about: a test
    audience: [everyone]
    where:
      {where}
    sort: [{sort}]
"""


def written(tmp_path, where: str, sort: str = "") -> View:
    (tmp_path / "views.yaml").write_text(VIEW.format(where=where, sort=sort))
    return load_views(tmp_path, RULES.stages).named("mine")


def ids(world: World, view: View, deal_ids=None) -> list[str]:
    desk = ViewDesk(world.pipeline(), RULES.stages, COMMITMENT)
    return [row["id"] for row in desk.open(view, NOW, deal_ids)]


def several() -> World:
    """D: early, busy. E: Solution, nothing ahead, worth more. F: renewal closing soon. G: closed."""
    world = halden().sent(1).received(1).meeting(-5)
    world.deal("E", stage="Solution", stage_order=3, account_id="E", amount=500.0, close_date=TODAY - timedelta(days=1))
    world.deal("F", stage="Commercial", stage_order=4, account_id="F", amount=100.0, deal_type="Existing Business",
               close_date=TODAY + timedelta(days=30), custom='{"region": "North", "seats": "40"}')  # fmt: skip
    return world.deal("G", status="won", stage="Closed Won", stage_order=6, account_id="G", closed_on=TODAY)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("clean-your-room", ["E", "F"]),
        ("renewals-closing", ["F"]),
        ("never-touched", ["E", "F"]),
        ("past-close-date", ["E"]),
        ("words-ahead-of-deeds", ["F", "E", "D"]),
        ("not-yet-opportunities", ["D", "E", "F"]),
        ("silent-buyers", ["E", "F"]),
    ],
)
def test_the_shipped_views_find_what_they_say(name: str, found: list[str]) -> None:
    assert ids(several(), SHIPPED.named(name)) == found


def test_a_view_stays_inside_the_deals_it_is_given() -> None:
    assert ids(several(), SHIPPED.named("clean-your-room"), ["D", "F"]) == ["F"]


def test_unconnected_sources_are_not_an_untidy_room() -> None:
    world = World().user().deal(stage="Solution", stage_order=3).fed(connected=False)
    assert ids(world, SHIPPED.named("clean-your-room")) == []
    assert ids(world, SHIPPED.named("never-touched")) == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("stage: {at_least: proposal}", ["E", "F"]),  # an alias of Solution
        ("stage: {less_than: Solution}", ["D"]),
        ("stage: {in: [Discovery, Commercial]}", ["D", "F"]),
        ("health_bucket: {at_most: At Risk}", ["E", "F"]),
        ("amount: {more_than: 100}", ["E"]),
        ("amount: {at_least: 100, at_most: 100}", ["F"]),
        ("amount: {known: false}", ["D"]),
        ("amount: {is: 500}", ["E"]),
        ("name: {contains: 'deal e'}", ["E"]),
        ("owner: {is_not: R}", []),
        ("days_until_close: {less_than: 0}", ["E"]),  # unknown for D: does not hold
        ("close_date: {after: 2026-09-21}", ["F"]),
        ("close_date: {before: 2026-09-21}", ["E"]),
        ("days_in_stage_estimated: {is: true}", ["D", "E", "F"]),
        ("custom.region: {is: north}", ["F"]),
        ("custom.seats: {at_least: 40}", ["F"]),
        ("custom.region: {not_in: [North]}", ["D", "E"]),
        ("any: [{amount: {is: 500}}, {deal_type: {is: Existing Business}}]", ["E", "F"]),
    ],
)
def test_operators(tmp_path, where: str, found: list[str]) -> None:
    assert ids(several(), written(tmp_path, where, sort="id")) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("amount", ["F", "E", "D"]),
        ("-amount", ["E", "F", "D"]),
        ("-stage", ["F", "E", "D"]),
        ("status, -id", ["F", "E", "D"]),
    ],
)
def test_sorting_puts_blanks_last(tmp_path, sort: str, found: list[str]) -> None:
    assert ids(several(), written(tmp_path, "id: {known: true}", sort)) == found


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("days_untuched: {at_least: 3}", "unknown facet 'days_untuched'; did you mean 'days_untouched'"),
        ("amount: {bigger: 3}", "bigger"),
        ("amount: {}", "write an operator"),
        ("close_date: {at_least: 3}", "at_least does not fit close_date"),
        ("name: {more_than: 3}", "more_than does not fit name"),
        ("stage: {at_least: Dreaming}", "no stage 'Dreaming'; use Qualification"),
        ("health_bucket: {is: Superb}", "no bucket 'Superb'; use Poor"),
        ("any: [{amnt: {known: true}}]", "did you mean 'amount'"),
    ],
)
def test_a_mistake_names_file_line_and_fix(tmp_path, where: str, said: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        written(tmp_path, where)
    assert "views.yaml:7: views.0.where" in str(caught.value) or "views.yaml:6: views.0.where" in str(caught.value)
    assert said in str(caught.value)


def test_a_wrong_sort_column_is_refused(tmp_path) -> None:
    with pytest.raises(PlaybookError, match=r"views.yaml:8: views.0.sort: .*unknown facet 'amuont'"):
        written(tmp_path, "id: {known: true}", sort="-amuont")


def test_two_views_of_one_name_are_refused(tmp_path) -> None:
    text = VIEW.format(where="id: {known: true}", sort="")
    (tmp_path / "views.yaml").write_text(text + text.removeprefix("views:\n"))
    with pytest.raises(PlaybookError, match="two views are called 'mine'"):
        load_views(tmp_path, RULES.stages)


def test_names_titles_and_audiences() -> None:
    assert SHIPPED.named("clean YOUR room").name == "clean-your-room"
    assert not SHIPPED.named("pushed-again").is_for(Role.REP)
    assert SHIPPED.named("clean-your-room").is_for(Role.REP)
    with pytest.raises(UnknownView, match="there are clean-your-room"):
        SHIPPED.named("nothing of the kind")
