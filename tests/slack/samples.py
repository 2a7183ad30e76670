"""Realistic replies and a digest, for the view tests and for looking at in a picture."""

from datetime import UTC, date, datetime

from bot.coach.digest import Digest, DigestItem
from bot.coach.reply import (
    BenchmarkLine,
    CitationLine,
    CoachReply,
    DealRef,
    Element,
    ElementLine,
    ElementStatus,
    HealthLine,
    NextStep,
    Observation,
    Outcome,
    Section,
    Severity,
)
from bot.coach.team_digest import Line, Member, TeamDigest
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import User

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
HOSTS = frozenset({"handbook.example.com"})

TIMBER = DealRef(
    id="006-timber",
    name="Mill control rollout",
    account="Norrland Timber",
    stage="Proposal",
    owner="Priya Raman",
    amount=184_000,
    currency="EUR",
    close_date=date(2026, 12, 18),
)
DAIRY = DealRef(
    id="006-dairy",
    name="Cold chain pilot",
    account="Alpenland Dairy",
    stage="Discovery",
    owner="Priya Raman",
    amount=42_500,
    currency="EUR",
    close_date=date(2027, 2, 26),
)
HARBOUR = DealRef(
    id="006-harbour",
    name="Crane telemetry renewal",
    account="Harbour Lines",
    stage="Negotiation",
    owner="Tomás Ferreira",
    amount=310_000,
    currency="EUR",
    close_date=date(2026, 11, 30),
)

STEPS = (
    NextStep(
        owner="Priya",
        counterpart="Elin Sandström",
        text="Ask Elin for 20 minutes with the finance director to confirm the budget line",
        due=date(2026, 11, 24),
        done_when="the meeting is in both calendars",
        citations=("economic-buyer",),
    ),
    NextStep(
        owner="Priya",
        counterpart="procurement",
        text="Send the order form and agree the review dates backwards from 18 December",
        due=date(2026, 11, 26),
        done_when="procurement has answered with the name of the reviewer and a date",
        citations=("paper-process",),
    ),
    NextStep(
        owner="Jonas",
        counterpart="the mill's control engineer",
        text="Book the acceptance test in Umeå and share its pass criteria",
        due=date(2026, 12, 1),
        done_when="the engineer has confirmed the criteria by mail",
    ),
)
GAPS = (
    ElementLine(
        element=Element.ECONOMIC_BUYER,
        status=ElementStatus.MISSING,
        severity=Severity.CRITICAL,
        why="nobody with budget authority has been met; a title alone is not evidence",
    ),
    ElementLine(
        element=Element.PAPER_PROCESS,
        status=ElementStatus.PARTIAL,
        severity=Severity.HIGH,
        why="legal review is mentioned on 3 Nov, with neither steps nor dates",
    ),
    ElementLine(
        element=Element.COMPETITION,
        status=ElementStatus.STALE,
        severity=Severity.MEDIUM,
        why="last spoken about on 12 Sep, 69 days ago",
    ),
    ElementLine(element=Element.METRICS, status=ElementStatus.CONFIRMED, why="6 % less downtime, said by the buyer"),
    ElementLine(element=Element.IDENTIFY_PAIN, status=ElementStatus.CONFIRMED, why="two unplanned stops in August"),
    ElementLine(element=Element.PARTNER, status=ElementStatus.NOT_APPLICABLE, why="sold directly"),
)
HEALTH = HealthLine(
    bucket=HealthBucket.AT_RISK,
    net=-3,
    reasons=(
        "no reply for 17 days (last inbound 3 Nov)",
        "2 touches in the last 14 days, 6 in the 14 before",
        "no meeting booked in the next 30 days",
        "41 days in Proposal; won deals spend 23",
    ),
    caps=("Cannot be better than Average: the close date was moved 3 times",),
)
BENCHMARKS = (
    BenchmarkLine(name="typical_days_in_stage", value=23.0, n=38, level="L2 same segment and type"),
    BenchmarkLine(name="typical_win_rate_from_stage", value=0.41, n=92, level="L2 same segment and type"),
)
CITATIONS = (
    CitationLine(
        key="economic-buyer",
        title="Finding the economic buyer",
        url="https://handbook.example.com/meddppicc/economic-buyer#access",
    ),
    CitationLine(
        key="paper-process",
        title="Paper process: plan backwards",
        url="https://handbook.example.com/meddppicc/paper-process",
    ),
)

ANSWER = CoachReply(
    outcome=Outcome.ANSWER,
    as_of=NOW,
    headline="Mill control rollout: At Risk",
    text=(
        "*Mill control rollout: At Risk* · €184,000 · Proposal · closes Fri 18 Dec, in 28 days\n"
        "*Why:* no reply for 17 days; nothing booked in the next 30 days; 41 days in Proposal.\n"
        "*They did:* Elin replied to the proposal on 3 Nov; Elin and the control engineer attended the demo.\n"
        "*Only said:* “we would like to sign before Christmas” (Elin, Tue 3 Nov): soft, no date and no name in it.\n"
        "*MEDDPPICC:* critical: economic buyer; partial: paper process; stale: competition.\n"
        "*Next:*\n"
        "• Priya asks Elin for 20 minutes with the finance director, by Tue 24 Nov; done when it is in both "
        "calendars. [1]\n"
        "• Priya agrees the review dates backwards from 18 December, by Thu 26 Nov; done when procurement "
        "names the reviewer. [2]"
    ),
    deal=TIMBER,
    health=HEALTH,
    benchmarks=BENCHMARKS,
    did=(Observation(on=date(2026, 11, 3), text="Elin Sandström replied to the proposal", source="a-112"),),
    meddppicc=GAPS,
    next_steps=STEPS,
    citations=CITATIONS,
    caveats=("Calls are not connected, so phone conversations are unknown.",),
)

CONSULT = CoachReply(
    outcome=Outcome.ANSWER,
    as_of=NOW,
    headline="Consult: Mill control rollout: At Risk",
    text=(
        "*Consult: Mill control rollout: At Risk* (only you see this) · €184,000 · Proposal\n"
        "*Agenda:* 5 min set-up; 10 min Priya's overview, uninterrupted; 30 min consult; 5 min action plan.\n"
        "*Inspect:*\n"
        "• no reply for 17 days; nothing booked in the next 30 days; 41 days in Proposal\n"
        "• Economic buyer: missing, nobody with budget authority has been met\n"
        "• They wrote: “we would like to sign before Christmas, legal has to look at it first” (3 Nov)\n"
        "• CRM next step “follow up” is vague: no owner, act or date\n"
        "*Questions:*\n"
        "1. Who signs off an unbudgeted 184,000 at Norrland, and how do we know?\n"
        "2. What would Elin have to risk to bring us into that room?\n"
        "3. How does the legal review run, step by step, and who owns each step?\n"
        "4. What has the mill gained or lost by waiting since 3 Nov?\n"
        "5. Which alternative did they last mention, and what speaks for it?\n"
        "6. What would have to be true on 1 December for 18 December to hold?\n"
        "*Next:*\n"
        "• Priya asks Elin for 20 minutes with the finance director, by Tue 24 Nov; done when it is booked. [1]\n"
        "Follow-up on Fri 27 Nov: each action done, moved or dropped, with what the buyer did."
    ),
    deal=TIMBER,
    health=HEALTH,
    benchmarks=BENCHMARKS,
    meddppicc=GAPS,
    next_steps=STEPS[:2],
    citations=CITATIONS,
)

PIPELINE = CoachReply(
    outcome=Outcome.ANSWER_PIPELINE,
    as_of=NOW,
    headline="The pipeline you can see: 14 open deals (1 Poor, 1 At Risk, 7 Average, 5 Good)",
    text=(
        "*The pipeline you can see: 14 open deals (1 Poor, 1 At Risk, 7 Average, 5 Good)*\n"
        "At Risk or Poor: 2 deals, €494,000.\n"
        "• Crane telemetry renewal: Poor. no reply for 34 days; close date in 10 days.\n"
        "• Mill control rollout: At Risk. no reply for 17 days; nothing booked ahead."
    ),
    choices=(HARBOUR, TIMBER),
    sections=(Section(title="Needs you first", lines=("Crane telemetry renewal: Poor.", "Mill control rollout")),),
)

HANDBOOK = CoachReply(
    outcome=Outcome.ANSWER_HANDBOOK,
    as_of=NOW,
    headline="Test a champion by asking for something that costs them: access, a document, a date.",
    text=(
        "Test a champion by asking for something that costs them: access, a document, a date.\n"
        "Enthusiasm is not a test; somebody who cannot arrange a meeting with the economic buyer is a coach."
    ),
    citations=(CITATIONS[0],),
)

CLARIFY = CoachReply(
    outcome=Outcome.CLARIFY,
    as_of=NOW,
    headline="Two of your deals fit “pilot”. Which one do you mean?",
    text="Two of your deals fit “pilot”: Mill control rollout, Cold chain pilot. Which one do you mean?",
    choices=(TIMBER, DAIRY),
)

NOT_FOUND = CoachReply(
    outcome=Outcome.NOT_FOUND,
    as_of=NOW,
    headline="I find no deal of that name among those you may see.",
    text="I find no deal of that name among those you may see. Check the spelling, or ask for “my pipeline”.",
)


DIGEST = Digest(
    reader=User(id="u-priya", name="Priya Raman"),
    as_of=NOW,
    headline="1 deal got worse, 1 still at risk",
    items=(
        DigestItem(
            HARBOUR,
            HealthBucket.POOR,
            "no reply for 34 days; the close date is in 10 days",
            NextStep(
                owner="Tomás",
                text="Call the fleet manager and ask whether the renewal still has a sponsor",
                due=date(2026, 11, 20),
                done_when="a yes or no is in the notes",
            ),
            was=HealthBucket.AT_RISK,
            is_news=True,
        ),
        DigestItem(
            TIMBER, HealthBucket.AT_RISK, "no reply for 17 days; nothing booked before 18 Dec", STEPS[0], since="9 days"
        ),
    ),
    footer="12 of 14 open deals need nothing now. Better than yesterday: Alpenland Dairy.",
)

TEAM_DIGEST = TeamDigest(
    reader=User(id="u-marta", name="Marta Lindqvist"),
    as_of=NOW,
    headline="3 of 14 open deals at risk",
    trend="31% of open value is At Risk or Poor, +6 points on last week.",
    members=(
        Member("u-priya", "Priya Raman", 2, 8, 38.0, 21.0),
        Member("u-tomas", "Tomás Vega", 1, 6, 19.0, 24.0),
    ),
    movers=(Line(HARBOUR, HealthBucket.POOR, "was At Risk"),),
    commits=(Line(TIMBER, HealthBucket.AT_RISK, "€120,000, lacks economic buyer and paper process"),),
    overdue=("Priya Raman on Mill control rollout: asks Ingrid for the budget owner (due Tue 17 Nov, moved 1×)",),
    consults=("Crane telemetry renewal (Tomás Vega), never yet",),
    better="Better than a week ago: Alpenland Dairy.",
    open_count=14,
)

NOTHING_TODAY = Digest(
    reader=User(id="u-priya", name="Priya Raman"),
    as_of=NOW,
    headline="Nothing needs you today.",
    items=(),
    footer="Better than yesterday: Alpenland Dairy.",
)
