"""The sample company: same bytes every time, faithful to the contract, and each story still tells its point."""

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.pipeline.brief import HealthBucket
from bot.pipeline.importing import import_directory
from bot.pipeline.sample import SampleSummary, write_sample
from bot.pipeline.sample.story import load_stories
from bot.pipeline.sample.workdays import Workdays
from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.store import SnapshotStore
from bot.resources import shipped

AS_OF = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
CLOCKS = {
    "sunday night": datetime(2027, 2, 28, 23, 30, tzinfo=UTC),
    "monday early": datetime(2026, 6, 1, 5, 0, tzinfo=UTC),
    "saturday, clocks change": datetime(2026, 3, 28, 12, 0, tzinfo=UTC),
}
CONTRACT = {
    "users": "user_id name email slack_user_id role manager_id segment discipline timezone",
    "opportunities": (
        "opportunity_id name account_id account_name owner_id type stage amount currency probability "
        "forecast_category close_date created_at is_closed is_won closed_at next_step loss_reason"
    ),
    "stage_history": "opportunity_id stage entered_at",
    "activities": (
        "activity_id opportunity_id account_id user_id kind direction start_at end_at status participants "
        "accepted declined organiser is_auto subject body"
    ),
    "contacts": "contact_id account_id name title email",
    "contact_roles": "opportunity_id contact_id role",
    "notes": "note_id opportunity_id author_id at text",
    "field_history": "opportunity_id field old new at by",
    "deal_team": "opportunity_id user_id",
    "sources": "user_id source connected last_sync",
    "close_plans": "opportunity_id refreshed_on position line",
    "command_plans": "opportunity_id field text",
}
OPEN_STAGES = ["Qualification", "Discovery", "Solution", "Commercial", "Commitment"]


class Sample:
    """A written sample, read back as plain rows."""

    def __init__(self, summary: SampleSummary) -> None:
        self.summary = summary
        self.today = summary.as_of.date()
        self.tables = {
            name: list(csv.DictReader((summary.directory / f"{name}.csv").open(encoding="utf-8", newline="")))
            for name in CONTRACT
        }
        self.users = {row["user_id"]: row for row in self.tables["users"]}
        self.deals = {row["opportunity_id"]: row for row in self.tables["opportunities"]}

    def deal(self, slug: str) -> dict[str, str]:
        return self.deals[self.summary.story(slug).opportunity_id]

    def of(self, table: str, slug: str) -> list[dict[str, str]]:
        wanted = self.summary.story(slug).opportunity_id
        return [row for row in self.tables[table] if row["opportunity_id"] == wanted]

    def activities(self, slug: str, test: Callable[[dict[str, str]], bool]) -> list[dict[str, str]]:
        return [row for row in self.of("activities", slug) if test(row)]

    def future(self, slug: str) -> list[dict[str, str]]:
        return self.activities(slug, lambda row: moment(row["start_at"]) > self.summary.as_of)

    def days_ago(self, text: str) -> int:
        return (self.today - moment(text).date()).days

    def words(self, slug: str) -> str:
        mails = (row["body"] for row in self.of("activities", slug))
        return " ".join([*mails, *(row["text"] for row in self.of("notes", slug))])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(write_sample(tmp_path_factory.mktemp("sample"), as_of=AS_OF))


@pytest.fixture(scope="module", params=CLOCKS.values(), ids=CLOCKS.keys())
def any_sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(write_sample(tmp_path_factory.mktemp("sample"), as_of=request.param))


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


class TestWriting:
    def test_same_clock_and_seed_give_the_same_bytes(self, sample: Sample, tmp_path: Path) -> None:
        write_sample(tmp_path, as_of=AS_OF.astimezone(ZoneInfo("Asia/Tokyo")))  # the same instant
        assert contents(tmp_path) == contents(sample.summary.directory)

    def test_another_seed_changes_the_crowd_and_not_the_stories(self, sample: Sample, tmp_path: Path) -> None:
        other = Sample(write_sample(tmp_path, as_of=AS_OF, seed=8))
        assert other.tables["activities"] != sample.tables["activities"]
        for story in sample.summary.stories:
            assert other.deal(story.slug) == sample.deal(story.slug)
            assert other.words(story.slug) == sample.words(story.slug)

    def test_a_clock_without_zone_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            write_sample(tmp_path, as_of=datetime(2026, 11, 18, 14, 0))  # noqa: DTZ001

    def test_takes_less_than_three_seconds(self, tmp_path: Path) -> None:
        started = time.process_time()
        write_sample(tmp_path, as_of=AS_OF)
        assert time.process_time() - started < 3

    def test_no_text_keeps_an_unfilled_date(self, sample: Sample) -> None:
        cells = (cell for rows in sample.tables.values() for row in rows for cell in row.values())
        assert not [cell for cell in cells if "{" in cell]


class TestContract:
    def test_every_file_has_the_columns_of_the_contract(self, sample: Sample) -> None:
        headers = {path.stem: path.read_text("utf-8").splitlines()[0] for path in sample.summary.directory.iterdir()}
        assert headers == {name: ",".join(columns.split()) for name, columns in CONTRACT.items()}

    def test_every_id_resolves(self, sample: Sample) -> None:
        known = {
            "user_id": set(sample.users),
            "opportunity_id": set(sample.deals),
            "contact_id": {row["contact_id"] for row in sample.tables["contacts"]},
            "account_id": {row["account_id"] for row in sample.tables["opportunities"]},
        } | {column: set(sample.users) for column in ("owner_id", "author_id", "manager_id", "by")}
        lost = [
            (table, column, row[column])
            for table, rows in sample.tables.items()
            for row in rows
            for column in known.keys() & row.keys()
            if row[column] and row[column] not in known[column]
        ]
        assert lost == []

    @pytest.mark.parametrize(
        ("table", "key"),
        [
            ("users", "user_id"),
            ("users", "slack_user_id"),
            ("users", "email"),
            ("opportunities", "opportunity_id"),
            ("activities", "activity_id"),
            ("notes", "note_id"),
            ("contacts", "contact_id"),
            ("contacts", "email"),
        ],
    )
    def test_keys_are_unique(self, sample: Sample, table: str, key: str) -> None:
        counts = Counter(row[key] for row in sample.tables[table])
        assert [value for value, count in counts.items() if count > 1 or not value] == []

    def test_addresses_can_reach_nobody(self, sample: Sample) -> None:
        addresses = [row["email"] for table in ("users", "contacts") for row in sample.tables[table]]
        for row in sample.tables["activities"]:
            addresses += row["participants"].split(";") if row["participants"] else []
        assert all(address.endswith(".example") for address in addresses)

    def test_guests_who_answered_were_invited(self, sample: Sample) -> None:
        for row in sample.tables["activities"]:
            invited = set(row["participants"].split(";"))
            assert set(filter(None, row["accepted"].split(";"))) <= invited
            assert set(filter(None, row["declined"].split(";"))) <= invited


class TestTime:
    def test_only_meetings_and_close_dates_lie_ahead(self, any_sample: Sample) -> None:
        as_of = any_sample.summary.as_of
        for row in any_sample.tables["activities"]:
            if row["kind"] != "meeting":
                assert moment(row["start_at"]) <= as_of, row
        for table, column in (
            ("opportunities", "created_at"),
            ("opportunities", "closed_at"),
            ("stage_history", "entered_at"),
            ("notes", "at"),
            ("field_history", "at"),
            ("sources", "last_sync"),
        ):
            assert all(moment(row[column]) <= as_of for row in any_sample.tables[table] if row[column])

    def test_everything_happens_on_working_days_in_the_owners_day(self, any_sample: Sample) -> None:
        for row in any_sample.tables["activities"]:
            deal = any_sample.deals.get(row["opportunity_id"])
            owner = any_sample.users[deal["owner_id"] if deal else row["user_id"]]
            local = moment(row["start_at"]).astimezone(ZoneInfo(owner["timezone"]))
            if deal or row["user_id"] != "u-jonas":  # the engineer helps in other people's time zones
                assert local.weekday() < 5, row
                assert 8 <= local.hour < 19, row

    def test_a_deal_only_moves_forward_in_time(self, any_sample: Sample) -> None:
        visits: dict[str, list[str]] = {}
        for row in any_sample.tables["stage_history"]:
            visits.setdefault(row["opportunity_id"], []).append(row["entered_at"])
        for opportunity_id, entered in visits.items():
            assert entered == sorted(set(entered)), opportunity_id
            assert entered[0] >= any_sample.deals[opportunity_id]["created_at"]

    def test_answers_follow_questions_where_weekends_fold_days(self, any_sample: Sample) -> None:
        mails = any_sample.activities("lively", lambda row: row["kind"] == "email")
        subjects = [row["subject"] for row in mails]
        for number, subject in enumerate(subjects):
            if subject.startswith("Re: "):
                assert subject.removeprefix("Re: ") in subjects[:number]

    def test_weekends_move_away_from_today(self) -> None:
        days = Workdays(date(2026, 11, 18), ZoneInfo("UTC"))  # a Wednesday
        assert days.day(-3) == date(2026, 11, 13)
        assert days.day(-4) == date(2026, 11, 13)
        assert days.day(3) == date(2026, 11, 23)
        assert days.fill("by {weekday +3}, {day +3} ({iso +3}), {month -20}") == (
            "by Monday, 23 November (2026-11-23), October"
        )


class TestPopulation:
    def test_size(self, sample: Sample) -> None:
        states = Counter(row["is_closed"] for row in sample.deals.values())
        assert 30 <= states["false"] <= 42
        assert 300 <= states["true"] <= 340
        assert 4_000 <= len(sample.tables["activities"]) <= 12_000

    def test_closed_deals_span_four_hundred_days(self, sample: Sample) -> None:
        ages = [sample.days_ago(row["closed_at"]) for row in sample.deals.values() if row["closed_at"]]
        assert max(ages) <= 400
        assert max(ages) > 370
        assert sum(age <= 180 for age in ages) >= 120

    def test_win_rates_are_realistic(self, sample: Sample) -> None:
        new = [row for row in sample.deals.values() if row["is_closed"] == "true" and row["type"] == "New Business"]
        assert 0.25 <= sum(row["is_won"] == "true" for row in new) / len(new) <= 0.35

    def test_reps_have_enough_and_too_few_closed_deals(self, sample: Sample) -> None:
        recent = Counter(
            row["owner_id"]
            for row in sample.deals.values()
            if row["closed_at"] and row["type"] == "New Business" and sample.days_ago(row["closed_at"]) < 180
        )
        assert recent["u-tess"] >= 20
        assert recent["u-owen"] < 20

    def test_won_deals_engaged_more_people_but_not_always(self, sample: Sample) -> None:
        people: dict[str, set[str]] = {}
        for row in sample.tables["activities"]:
            people.setdefault(row["opportunity_id"], set()).update(row["participants"].split(";"))
        counts: dict[str, list[int]] = {"true": [], "false": []}
        for row in sample.deals.values():
            if row["is_closed"] == "true":
                counts[row["is_won"]].append(len(people.get(row["opportunity_id"], ())))
        won, lost = counts["true"], counts["false"]
        assert sum(won) / len(won) > 1.3 * sum(lost) / len(lost)
        assert sorted(lost)[-len(lost) // 10] >= sorted(won)[len(won) // 4]

    def test_closed_deals_went_through_known_stages(self, sample: Sample) -> None:
        stages = {row["stage"] for row in sample.tables["stage_history"]}
        assert stages == {*OPEN_STAGES, "Closed Won", "Closed Lost"}
        assert {row["stage"] for row in sample.deals.values() if row["is_won"] == "true"} == {"Closed Won"}

    def test_noise_that_must_not_count_is_there(self, sample: Sample) -> None:
        activities = sample.tables["activities"]
        assert any(row["participants"].count(";") >= 10 for row in activities)
        assert any(row["is_auto"] == "true" for row in activities)
        assert {"cancelled", "no_show"} <= {row["status"] for row in activities}
        assert any(row["kind"] == "task" for row in activities)
        assert any(row["user_id"] == "u-jonas" for row in activities)
        assert any(not row["opportunity_id"] for row in activities)

    def test_one_rep_has_no_calendar(self, sample: Sample) -> None:
        silent = [row["user_id"] for row in sample.tables["sources"] if row["connected"] == "false"]
        assert silent == ["u-hugh"]
        meetings = [row for row in sample.tables["activities"] if row["kind"] == "meeting"]
        assert not [row for row in meetings if row["user_id"] == "u-hugh"]


class TestStories:
    def test_the_cancelled_slot_was_never_rebooked(self, any_sample: Sample) -> None:
        assert any_sample.future("cancelled_slot") == []
        cancelled = any_sample.activities("cancelled_slot", lambda row: row["status"] == "cancelled")
        assert len(cancelled) == 1
        sent = any_sample.activities("cancelled_slot", lambda row: row["direction"] == "outbound")
        assert min(any_sample.days_ago(row["start_at"]) for row in sent) >= 42

    def test_a_mailing_reached_the_untouched_buyer(self, sample: Sample) -> None:
        mailings = [
            row
            for row in sample.tables["activities"]
            if "beatrix.lomond@coldharbour-hotels.example" in row["participants"]
            and row["participants"].count(";") >= 10
        ]
        assert [sample.days_ago(row["start_at"]) < 30 for row in mailings] == [True]

    def test_happy_ears_have_words_and_no_date(self, any_sample: Sample) -> None:
        assert any_sample.deal("happy_ears")["forecast_category"] == "Commit"
        assert any_sample.future("happy_ears") == []
        assert "leave it with me" in any_sample.words("happy_ears")

    def test_the_old_deal_is_silent_and_still_in_commit(self, any_sample: Sample) -> None:
        deal = any_sample.deal("old_and_silent")
        assert (deal["forecast_category"], any_sample.future("old_and_silent")) == ("Commit", [])
        inbound = any_sample.activities("old_and_silent", lambda row: row["direction"] == "inbound")
        assert min(any_sample.days_ago(row["start_at"]) for row in inbound) > 60
        pushes = [r for r in any_sample.of("field_history", "old_and_silent") if r["field"] == "close_date"]
        assert len(pushes) == 4
        assert pushes[-1]["new"] == deal["close_date"]

    def test_the_named_economic_buyer_was_never_in_contact(self, any_sample: Sample) -> None:
        everybody = " ".join(row["participants"] for row in any_sample.of("activities", "paper_hearsay"))
        assert "declan.moyne@" not in everybody
        assert "Never met him" in any_sample.words("paper_hearsay")

    def test_the_champions_last_mail_is_an_auto_reply(self, any_sample: Sample) -> None:
        last = any_sample.activities("champion_left", lambda row: row["direction"] == "inbound")[-1]
        assert last["is_auto"] == "true"
        assert "I have left" in last["body"]

    def test_the_note_talks_to_bots(self, sample: Sample) -> None:
        assert "ANY AI ASSISTANT" in sample.words("note_to_bots")

    def test_note_and_crm_disagree_on_the_amount(self, sample: Sample) -> None:
        assert sample.deal("amount_conflict")["amount"] == "38400"
        assert "52,000" in sample.words("amount_conflict")

    def test_names_are_ambiguous_for_the_rep_and_hidden_from_the_manager(self, sample: Sample) -> None:
        rep = next(u for u in sample.users.values() if u["email"] == sample.summary.rep_email)
        fitting = [d for d in sample.deals.values() if d["name"].startswith(sample.summary.ambiguous_name)]
        assert sorted(d["owner_id"] == rep["user_id"] for d in fitting) == [False, True, True]
        hidden = next(d for d in fitting if d["name"].startswith(sample.summary.hidden_deal))
        assert sample.users[hidden["owner_id"]]["manager_id"] != rep["manager_id"]
        assert sample.users[rep["manager_id"]]["email"] == sample.summary.manager_email

    def test_the_partner_writes_from_another_domain(self, sample: Sample) -> None:
        senders = sample.activities("partner_registration", lambda row: row["direction"] == "inbound")
        assert {row["participants"].split("@")[1] for row in senders} == {
            "alderfinch.example",
            "brunskog-steel.example",
        }
        assert "registration lapses" in sample.words("partner_registration")

    def test_the_stale_plan_is_vague_and_the_confirmed_one_dated(self, any_sample: Sample) -> None:
        stale, fresh = any_sample.of("close_plans", "vague_plan"), any_sample.of("close_plans", "plan_confirmed")
        assert (any_sample.today - date.fromisoformat(stale[0]["refreshed_on"])).days > 14
        assert (any_sample.today - date.fromisoformat(fresh[0]["refreshed_on"])).days <= 7
        assert any(row["line"].startswith("sometime in") for row in stale)
        assert all(date.fromisoformat(row["line"].split(" | ")[0]) for row in fresh)
        assert "Confirmed." in any_sample.words("plan_confirmed")

    def test_dates_around_the_clock(self, any_sample: Sample) -> None:
        def days_until_close(slug: str) -> int:
            return (date.fromisoformat(any_sample.deal(slug)["close_date"]) - any_sample.today).days

        assert days_until_close("past_close_date") < 0
        assert 0 <= days_until_close("silent_renewal") <= 30
        assert any_sample.days_ago(any_sample.deal("new_deal")["created_at"]) < 14
        assert any_sample.days_ago(any_sample.deal("won_last_week")["closed_at"]) in range(5, 11)

    def test_closed_stories(self, sample: Sample) -> None:
        assert sample.deal("won_last_week")["stage"] == "Closed Won"
        assert sample.deal("lost_with_reason")["loss_reason"] == "Lost to competitor"
        assert sample.deal("new_deal")["amount"] == ""

    def test_an_owner_change_is_recorded(self, sample: Sample) -> None:
        changes = [row for row in sample.tables["field_history"] if row["field"] == "owner_id"]
        assert [(row["old"], row["new"]) for row in changes] == [("u-dev", "u-owen")]

    def test_buyers_write_like_people(self, sample: Sample) -> None:
        """Mails of the stories are short, and no sentence is used twice."""
        seen: Counter[str] = Counter()
        for body in story_mails(sample):
            sentences = [part for part in body.replace("?", ".").split(". ") if part.strip()]
            assert 3 <= len(body.split()) <= 110, body
            seen.update(part for part in sentences if len(part) > 25)
        assert [sentence for sentence, count in seen.items() if count > 1] == []

    def test_the_summary_names_people_worth_impersonating(self, sample: Sample) -> None:
        summary = sample.summary
        emails = {row["email"]: row["role"] for row in sample.users.values()}
        people = (summary.rep_email, summary.manager_email, summary.director_email, summary.operations_email)
        assert [emails[email] for email in people] == ["rep", "manager", "director", "sales operations"]
        assert len(summary.stories_of(summary.rep_email)) >= 5
        assert len(summary.stories) == 22
        team = [user for user in sample.users.values() if user["manager_id"] == "u-nadia"]
        assert sample.users["u-nadia"]["email"] == summary.manager_email
        assert summary.story("paper_hearsay").owner_email in {user["email"] for user in team}
        with pytest.raises(KeyError, match="lively"):
            summary.story("no such story")


def story_mails(sample: Sample) -> Iterator[str]:
    wanted = {story.opportunity_id for story in sample.summary.stories}
    for row in sample.tables["activities"]:
        if row["opportunity_id"] in wanted and row["body"] and row["is_auto"] == "false":
            yield row["body"]


def test_a_week_later_the_same_stories_happen_a_week_later(sample: Sample, tmp_path: Path) -> None:
    later = Sample(write_sample(tmp_path, as_of=AS_OF + timedelta(days=7)))
    for story in sample.summary.stories:
        before, after = sample.deal(story.slug)["close_date"], later.deal(story.slug)["close_date"]
        assert date.fromisoformat(after) - date.fromisoformat(before) == timedelta(days=7)


@pytest.fixture(scope="module")
def rules() -> PipelineRules:
    return PipelineRules.load(shipped("knowledge") / "playbook")


@pytest.fixture(scope="module")
def facets(sample: Sample, rules: PipelineRules, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return imported(sample, rules, tmp_path_factory.mktemp("store"))


def imported(sample: Sample, rules: PipelineRules, directory: Path) -> dict[str, dict[str, Any]]:
    """Take the sample through the same door as everybody's data; return the facets of its open deals."""
    store = SnapshotStore(directory)
    report = import_directory(sample.summary.directory, store, stages=rules.stages)
    assert report.ok
    assert [str(problem) for problem in report.problems] == []
    assert {count.table: count.loaded for count in report.counts} == dict(sample.summary.rows)
    pipeline = Pipeline(store.open_current().con, rules)
    return {row["id"]: row for row in pipeline.facet_rows(sample.summary.as_of)}


class TestThroughTheProduct:
    def test_everything_imports_and_every_story_earns_its_bucket(
        self, sample: Sample, facets: dict[str, dict[str, Any]]
    ) -> None:
        assert earned(facets) == intended()

    @pytest.mark.slow
    def test_on_any_day(self, any_sample: Sample, rules: PipelineRules, tmp_path: Path) -> None:
        assert earned(imported(any_sample, rules, tmp_path)) == intended()

    def test_all_four_buckets_appear(self, facets: dict[str, dict[str, Any]]) -> None:
        counts = Counter(row["health_bucket"] for row in facets.values())
        assert min(counts[bucket] for bucket in HealthBucket) >= 2

    def test_benchmarks_come_from_close_and_from_wider_cohorts(self, facets: dict[str, dict[str, Any]]) -> None:
        rates = {row["typical_win_rate_from_stage_level"][:2] for row in facets.values()}
        cycles = {row["typical_cycle_level"][:2] for row in facets.values() if row["typical_cycle_level"]}
        assert {"R1", "R2", "L1"} <= rates
        assert {"L1", "L2"} <= cycles
        assert all(row["typical_cycle_n"] >= 10 for row in facets.values() if row["typical_cycle"])

    def test_an_unconnected_calendar_is_unknown_and_not_zero(
        self, sample: Sample, facets: dict[str, dict[str, Any]]
    ) -> None:
        row = facets[sample.summary.story("calendar_missing").opportunity_id]
        assert (row["days_untouched"], row["meetings_last_30"]) == (None, None)

    def test_a_mailing_is_not_a_touch(self, sample: Sample, facets: dict[str, dict[str, Any]]) -> None:
        assert facets[sample.summary.story("cancelled_slot").opportunity_id]["days_untouched"] >= 42


def earned(facets: dict[str, dict[str, Any]]) -> dict[str, str]:
    stories = (story for story in load_stories() if story.id in facets)
    return {story.slug: facets[story.id]["health_bucket"] for story in stories}


def intended() -> dict[str, HealthBucket]:
    return {story.slug: story.bucket for story in load_stories() if story.bucket}
