"""A stranger's first import: no mail, no meetings, many blanks. Unknown is said, and never zero or silence."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.coach.playbook import CoachPlaybook
from bot.coach.service import Coach
from bot.pipeline.importing import import_directory
from bot.pipeline.service import Pipeline
from bot.pipeline.statements import PipelineRules
from bot.pipeline.store import SnapshotStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

_USERS = """user_id,name,email,role,manager_id
new,Nell Newby,nell@x.example,rep,boss
old,Olaf Oldham,olaf@x.example,rep,boss
act,Ann Active,ann@x.example,rep,boss
dup,Dora Dupont,dora@x.example,rep,boss
new2,Nils Noor,nils@x.example,rep,boss
boss,Bea Boss,bea@x.example,manager,
"""
_DEALS = """opportunity_id,name,account_name,owner_id,type,stage,amount,currency,close_date,created_at,\
is_closed,is_won,closed_at
c1,Alder Mills - Sensors,Alder Mills,old,New Business,Closed Won,12000,EUR,2026-09-01,2026-06-01,yes,yes,2026-09-01
c2,Birch Foods - Sensors,Birch Foods,old,New Business,Closed Lost,8000,EUR,2026-10-10,2026-07-01,yes,no,2026-10-10
a1,Cedar Bank - Rollout,Cedar Bank,act,New Business,Qualification,,EUR,,2026-10-01,no,no,
d1,Dickson Mobile Masts,Dickson plc,dup,New Business,Qualification,15000,EUR,2026-09-06,2026-08-01,no,no,
d3,Elm Retail - Pilot,Elm Retail,new2,New Business,Commercial,90000,EUR,2026-12-10,2026-08-01,no,no,
d2,4f9a02c7b1e84d,,dup,New Business,Qualification,,EUR,,2026-08-01,no,no,
"""


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory, playbook: CoachPlaybook, rules: PipelineRules) -> Coach:
    """A company of five with nothing but its users and deals."""
    folder: Path = tmp_path_factory.mktemp("strangers_csv")
    (folder / "users.csv").write_text(_USERS, encoding="utf-8")
    (folder / "opportunities.csv").write_text(_DEALS, encoding="utf-8")
    store = SnapshotStore(tmp_path_factory.mktemp("strangers_home"))
    import_directory(folder, store, stages=rules.stages)
    pipeline = Pipeline(store.open_current().con, rules, "UTC")
    return Coach(lambda: pipeline, lambda: None, playbook, rules.stages.probabilities())


def ask(coach: Coach, who: str, text: str, focus: str | None = None) -> str:
    asker = coach.asker_for_email(f"{who}@x.example")
    assert asker is not None
    return coach.answer(asker, text, now=NOW, focus=focus).text


def test_coverage_without_dates_or_amounts_is_unknown_not_zero_times(coach: Coach) -> None:
    said = ask(coach, "ann", "coverage for 400k this quarter")
    assert "how far the pipeline covers it is unknown, 1 open deal without date or amount" in said
    assert "0.0 times" not in said


def test_nothing_is_a_lock_because_nobody_knows_what_the_buyer_did(coach: Coach) -> None:
    said = ask(coach, "ann", "is this a lock?", focus="a1")
    assert "That cannot be told: what they did is unknown" in said
    assert "speaks for it" not in said


def test_booking_again_is_unknown_without_a_calendar(coach: Coach) -> None:
    said = ask(coach, "ann", "re-book rate")
    assert "Ann Active: unknown, mail or calendar of the one open deal is not connected" in said


def test_a_record_nobody_is_known_to_have_touched_is_not_called_untouched(coach: Coach) -> None:
    said = ask(coach, "ann", "crm hygiene")
    assert "1 record without a change for 30 days; mails and meetings are not all known" in said


def test_a_deal_that_is_not_rated_is_not_called_average_in_lists(coach: Coach) -> None:
    assert "(1 not rated)" in ask(coach, "ann", "my pipeline")
    assert "Cedar Bank - Rollout (Ann Active): not rated" in ask(coach, "ann", "who should I consult this week?")
    side_by_side = ask(coach, "bea", "compare Cedar with Dickson")
    assert "not rated (the owner's mail and calendar are not connected)" in side_by_side
    assert "MEDDPPICC: nothing on record" in side_by_side


@pytest.mark.parametrize(
    "text", ["forecast", "my pipeline", "my biggest deals", "who has gone quiet", "which deals are stuck"]
)
def test_a_rep_without_deals_is_told_so_whatever_list_they_ask_for(coach: Coach, text: str) -> None:
    assert ask(coach, "nell", text) == "There is no open deal in the pipeline you can see."


def test_a_forecast_of_nothing_says_so_and_names_few_deals(coach: Coach) -> None:
    said = ask(coach, "ann", "forecast")
    assert "No open deal can be weighed." in said
    assert "Left out, no amount or no close date: Cedar Bank - Rollout." in said


def test_lost_deals_without_reasons_say_so_once(coach: Coach) -> None:
    said = ask(coach, "olaf", "why did we lose deals this year")
    assert "No reason is recorded for any of them" in said
    assert "typed" not in said


def test_a_plan_whose_day_has_passed_ends_without_an_empty_heading(coach: Coach) -> None:
    said = ask(coach, "dora", "mutual plan for Dickson")
    assert "Already late" in said
    assert not said.rstrip().endswith("*Ahead*")
    assert "Dora Dupont: sends the scope" in said


def test_the_words_of_a_deals_name_are_not_what_is_asked(coach: Coach) -> None:
    said = ask(coach, "dora", "how is Dickson Mobile Masts?")
    assert "Telephone numbers" not in said
    assert "*MEDDPPICC:*" in said
    assert "Telephone numbers" in ask(coach, "dora", "what is the mobile number at Dickson?")


def test_a_name_of_one_odd_word_is_found(coach: Coach) -> None:
    assert "*4f9a02c7b1e84d" in ask(coach, "dora", "how is 4f9a02c7b1e84d?")


def test_the_other_one_is_the_other_one_where_there_are_two(coach: Coach) -> None:
    assert "*4f9a02c7b1e84d" in ask(coach, "dora", "and the other one?", focus="d1")
    assert "Which one" in ask(coach, "bea", "and the other one?", focus="d1")


def test_when_it_will_close_is_no_question_for_odds(coach: Coach) -> None:
    said = ask(coach, "dora", "when will it close", focus="d1")
    assert "I predict no date" in said
    assert "percentage" not in said


def test_what_went_to_competitors_is_told_from_other_losses(coach: Coach) -> None:
    said = ask(coach, "olaf", "lost to competitors", focus="c2")
    assert "unknown, no reason is recorded for 1 lost deal" in said
    assert "Closed Lost" not in said


def test_deals_without_a_type_are_not_ruled_out(tmp_path: Path, playbook: CoachPlaybook, rules: PipelineRules) -> None:
    (tmp_path / "users.csv").write_text("user_id,name\nu1,Ada Quill\n", encoding="utf-8")
    (tmp_path / "opportunities.csv").write_text(
        "opportunity_id,name,owner_id\no1,Brightwater Plant,u1\n", encoding="utf-8"
    )
    store = SnapshotStore(tmp_path / "home")
    import_directory(tmp_path, store, stages=rules.stages)
    pipeline = Pipeline(store.open_current().con, rules, "UTC")
    coach = Coach(lambda: pipeline, lambda: None, playbook, rules.stages.probabilities())
    ada = coach.asker_for_user("u1")
    assert ada is not None
    said = coach.answer(ada, "which renewals do I have over 10k", now=NOW).text
    assert "Not judged: 1 deal" in said


def test_help_names_the_plans_and_the_rota(coach: Coach) -> None:
    said = ask(coach, "nell", "help")
    for each in ("Mutual action plan", "command plan", "who should I consult this week"):
        assert each in said


def test_critical_gaps_are_reason_enough_against_a_lock(coach: Coach) -> None:
    said = ask(coach, "nils", "is it safe to commit?", focus="d3")
    assert re.search(r"On what is known, no: \d critical gaps?; what they did is unknown", said)
