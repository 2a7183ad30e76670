"""How much of everybody's open pipeline is at risk, against before and against peers."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.desk import UNKNOWN, Desk, print_notes, print_table, print_title
from bot.pipeline.shares import ShareFinding, ShareHistory, judge_share, peers_of, personal_alerts


@dataclass(frozen=True, slots=True)
class PersonShare:
    """One person's share now, the judgement, and whether a personal alert is due today."""

    name: str
    history: ShareHistory
    finding: ShareFinding
    alert_due: bool


@dataclass(frozen=True, slots=True)
class SharesReport:
    """Everybody with open deals, the highest share first."""

    whose: str
    people: Sequence[PersonShare]


def fetch_shares(desk: Desk) -> SharesReport:
    """Judge everybody whose figures the asker may see; the mean of peers is over everybody's."""
    rules, users = desk.runtime.alert_rules, desk.pipeline.users
    histories = desk.runtime.coach.share_histories(desk.now)
    people = []
    for user_id, history in histories.items():
        user = users.get(user_id)
        if user is None or not (desk.asker is None or desk.asker.may_see_owner(user_id)):
            continue
        finding = judge_share(user, histories, peers_of(user, users, histories, rules.peers), rules)
        if finding:
            due = desk.today in personal_alerts(history, desk.today, rules)
            people.append(PersonShare(user.name, history, finding, due))
    return SharesReport(desk.whose, sorted(people, key=lambda each: -each.history.now))


def print_shares(found: SharesReport) -> None:
    """People, the highest share first, then a sentence for each alert."""
    print_title("At-risk share of open pipeline", f"value rated At Risk or Poor ÷ open value, {found.whose}")
    print_table(
        ("rep", "#now", "#open deals", "#weeks", "#own mean", "#change", "#trigger", "#against peers", "alert"),
        [
            (
                each.name,
                f"{each.history.now:.1f}%",
                each.history.open_count,
                len(each.history.weekly),
                _points(each.finding.own_mean, "%"),
                _points(each.finding.own_change, signed=True),
                _points(each.finding.trigger),
                _points(each.finding.peer_change, signed=True),
                " and ".join(each.finding.alerts) or ("improved" if each.finding.improved else ""),
            )
            for each in found.people
        ],
    )
    print_notes(each.finding.sentence for each in found.people if each.finding.alerts)
    if all(not each.history.weekly for each in found.people):
        print_notes(["no weekly snapshot yet: `coach snapshot --weeks 26` works them out from the pipeline"])


def _points(value: float | None, unit: str = "", *, signed: bool = False) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:+.1f}{unit}" if signed else f"{value:.1f}{unit}"
