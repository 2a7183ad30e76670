"""The at-risk share: worked examples, peers, and when an alert may come again."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from world import NOW, World, halden

from bot.coach.share_history import share_histories, week_of
from bot.memory import Memory, ShareRow
from bot.pipeline.model import User
from bot.pipeline.shares import (
    DEFAULT_RULES,
    Alert,
    AlertState,
    ShareHistory,
    judge_share,
    load_alerts,
    next_alert,
    peers_of,
    personal_alerts,
    shares_of,
)
from bot.playbook import PlaybookError
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"
TODAY = date(2026, 9, 21)
STEADY = tuple(21.0 + 3.2 * sign for sign in (1, -1) * 13)  # mean 21.0, sample deviation 3.26
REP = User("A", "Ana Ruiz", segment="Mid Market", discipline="Field Sales", manager_id="M")


def histories(now: float, *others: float, weekly: tuple[float, ...] = STEADY) -> dict[str, ShareHistory]:
    peers = {f"P{n}": ShareHistory(value, ()) for n, value in enumerate(others)}
    return {"A": ShareHistory(now, weekly)} | peers


def test_the_shipped_numbers_are_the_defaults() -> None:
    assert load_alerts(PLAYBOOK) == DEFAULT_RULES


def test_rep_a_of_the_worked_example_sets_off_both_alerts() -> None:
    found = judge_share(REP, histories(38.0, 15.0, 19.0, 23.0), ["P0", "P1", "P2"])
    assert found is not None
    assert found.alerts == (Alert.PERSONAL, Alert.PEER)
    assert (found.own_mean, found.own_change, found.trigger) == pytest.approx((21.0, 17.0, 10.0))
    assert (found.peer_mean, found.peer_change) == pytest.approx((19.0, 19.0))
    assert "15.0" not in found.sentence  # peers are an average, never single figures


def test_rep_b_of_the_worked_example_sets_off_none() -> None:
    found = judge_share(REP, histories(27.0), [])
    assert found is not None
    assert (found.alerts, found.own_change) == ((), pytest.approx(6.0))


@pytest.mark.parametrize(("now", "alerts"), [(31.0, (Alert.PERSONAL,)), (30.9, ())])
def test_ten_points_are_enough_less_is_not(now: float, alerts: tuple[Alert, ...]) -> None:
    found = judge_share(REP, histories(now), [])
    assert found is not None
    assert found.alerts == alerts


def test_a_restless_history_needs_more() -> None:
    wild = tuple(21.0 + 12 * sign for sign in (1, -1) * 13)
    found = judge_share(REP, histories(38.0, weekly=wild), [])
    assert found is not None
    assert (found.alerts, found.trigger) == ((), pytest.approx(1.5 * 12.24, abs=0.1))


def test_a_large_fall_is_an_improvement() -> None:
    found = judge_share(REP, histories(5.0), [])
    assert found is not None
    assert (found.improved, found.alerts) == (True, ())


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (ShareHistory(90.0, STEADY[:7]), "only 7 weekly snapshots"),
        (ShareHistory(90.0, STEADY, open_count=2), "no alert with only 2 open deals"),
    ],
)
def test_too_little_to_compare_is_said(history: ShareHistory, said: str) -> None:
    found = judge_share(REP, {"A": history}, [])
    assert found is not None
    assert said in found.sentence
    assert found.alerts == ()


def test_above_the_peers_but_not_among_the_worst_is_no_alert() -> None:
    found = judge_share(REP, histories(40.0, 0.0, 0.0, 80.0, weekly=()), ["P0", "P1", "P2"])
    assert found is not None
    assert found.peer_change == pytest.approx(40 - 80 / 3)
    assert found.alerts == ()


def test_peers_share_segment_and_discipline_else_the_manager() -> None:
    def person(user_id: str, discipline: str) -> User:
        return User(user_id, user_id, segment="Mid Market", discipline=discipline, manager_id="M")

    alike = [person(f"S{n}", "Field Sales") for n in range(3)]
    beside = [person(f"T{n}", "Inside Sales") for n in range(2)]
    users = {user.id: user for user in (REP, *alike, *beside)}
    rules = DEFAULT_RULES.peers
    assert peers_of(REP, users, list(users), rules) == ["S0", "S1", "S2"]
    assert peers_of(REP, users, ["A", "S0", "T0", "T1"], rules) == ["S0", "T0", "T1"]
    assert peers_of(REP, users, ["A", "S0", "T0"], rules) == []


def test_an_alert_rests_a_week_and_re_arms_under_half_its_trigger() -> None:
    rules, state, sent = DEFAULT_RULES.repeat, AlertState(), []
    for day, change in enumerate([12, 12, 4, 12, 12, 12, 12, 12, 12, 12, 6, 12, 12, 12, 12, 12]):
        state, fires = next_alert(state, change, 10.0, TODAY + timedelta(days=day), rules)
        sent += [day] if fires else []
    assert sent == [0, 7]  # re-armed on day 2 yet silent until day 7; six points never re-arm it


def test_stored_weeks_are_replayed() -> None:
    monday = TODAY - timedelta(weeks=12)
    weeks = tuple(monday + timedelta(weeks=n) for n in range(12))
    calm = (20.0, 22.0) * 6
    assert personal_alerts(ShareHistory(45.0, calm, 5, weeks), TODAY) == [TODAY]
    risen = (*calm[:10], 45.0, 45.0)
    assert personal_alerts(ShareHistory(45.0, risen, 5, weeks), TODAY) == [weeks[10] + timedelta(days=6)]


def row(owner: str, amount: float | None, bucket: str, **more: object) -> dict[str, object]:
    plain = {"status": "open", "currency": "USD", "touches_last_14": 1}
    return {"owner": owner, "amount": amount, "health_bucket": bucket} | plain | more


def test_the_share_is_by_value_with_the_count_beside() -> None:
    rows = [row("A", 300, "Poor"), row("A", 700, "Good"), row("A", None, "At Risk"), row("A", 9, "Poor", status="won")]
    share = shares_of(rows)["A"]
    assert (share.by_value, share.by_count) == pytest.approx((30.0, 200 / 3))
    assert (share.open_value, share.open_count, share.without_amount) == (1000, 3, 1)


def test_currencies_are_not_added_up_and_the_unrated_left_out() -> None:
    mixed = shares_of([row("A", 300, "Poor"), row("A", 700, "Good", currency="EUR")])["A"]
    assert (mixed.by_value, mixed.by_count, mixed.currency) == (None, 50.0, None)
    blind = shares_of([row("A", 300, "Average", touches_last_14=None)])["A"]
    assert (blind.by_value, blind.by_count, blind.unrated) == (None, None, 1)


def test_the_alert_works_on_what_memory_holds(tmp_path: Path) -> None:
    world: World = halden()
    for deal_id in ("E", "F", "G"):
        world.deal(deal_id, account_id=deal_id, amount=1000.0, currency="USD")
    pipeline = world.pipeline()
    monday = week_of(NOW, "UTC")
    assert (monday, week_of(datetime(2026, 9, 27, 23, tzinfo=NOW.tzinfo), "Asia/Tokyo")) == (TODAY, date(2026, 9, 28))
    with Memory.open(f"sqlite:///{tmp_path / 'memory.db'}") as memory:
        weeks = [monday - timedelta(weeks=back) for back in (*range(1, 11), 40)]
        memory.record_shares(ShareRow("R", week, 99.0, 5.0, 1.0, "USD", 4) for week in weeks)
        memory.record_shares([ShareRow("R", week, 7.0, 5.0, 1.0, "USD", 4) for week in weeks])  # replaced
        memory.record_shares([ShareRow("R", monday, 88.0, 5.0, 1.0, "USD", 4)])
        history = share_histories(pipeline, memory, NOW, "UTC", DEFAULT_RULES)["R"]
    assert (history.weekly, history.open_count) == ((7.0,) * 10, 4)  # neither this week nor beyond half a year
    assert history.weeks[-1] == monday - timedelta(weeks=1)
    found = judge_share(pipeline.users["R"], {"R": history}, [])
    assert history.now == 100.0
    assert found is not None
    assert found.alert == "personal"


def test_a_mistaken_playbook_is_refused_with_its_line(tmp_path: Path) -> None:
    text = yaml.safe_load((PLAYBOOK / "alerts.yaml").read_text())
    text["peers"]["worst_share"] = 25
    (tmp_path / "alerts.yaml").write_text(yaml.safe_dump(text))
    with pytest.raises(PlaybookError, match=r"alerts.yaml:\d+: peers.worst_share"):
        load_alerts(tmp_path)
