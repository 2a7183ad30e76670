"""`coach report ...` and `coach snapshot`: what the pipeline as a whole says (DOMAIN 2.7, 4.1, 5.2, 7)."""

from typing import Annotated

import typer

from bot.cli import app
from bot.cli.context import AsJson, AsOf, out, print_json
from bot.cli.desk import Scope, open_desk
from bot.cli.report.ageing import fetch_ageing, print_ageing
from bot.cli.report.commitment import fetch_commitment, print_commitment
from bot.cli.report.conversion import fetch_conversion, print_conversion
from bot.cli.report.forecast import fetch_forecast, print_forecast
from bot.cli.report.movers import fetch_movers, print_movers
from bot.cli.report.shares import fetch_shares, print_shares
from bot.cli.report.winloss import fetch_winloss, print_winloss
from bot.jobs.snapshots import record_health, record_past_shares, record_shares
from bot.pipeline.stages import ProbabilityPreset
from bot.pipeline.wording import counted

report = typer.Typer(help="Reports over the pipeline.", no_args_is_help=True)
app.add_typer(report, name="report")

_MOST_WEEKS = 104


@report.command()
def conversion(email: Scope = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """Conversion per step by entry month, and where deals get lost."""
    found = fetch_conversion(open_desk(as_of, email))
    if as_json:
        print_json(found)
    else:
        print_conversion(found)


@report.command()
def ageing(email: Scope = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """Days per stage: median, 75th percentile, and open deals above it."""
    found = fetch_ageing(open_desk(as_of, email))
    if as_json:
        print_json(found)
    else:
        print_ageing(found)


@report.command()
def winloss(email: Scope = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """Wins and losses by stage and reason, blockers, and what the stage chances were worth."""
    found = fetch_winloss(open_desk(as_of, email))
    if as_json:
        print_json(found)
    else:
        print_winloss(found)


@report.command()
def forecast(
    preset: Annotated[ProbabilityPreset | None, typer.Option(help="Which chances by stage to use.")] = None,
    email: Scope = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Weighted forecast by close month and currency."""
    found = fetch_forecast(open_desk(as_of, email), preset)
    if as_json:
        print_json(found.as_json())
    else:
        print_forecast(found)


@report.command()
def movers(
    days: Annotated[int, typer.Option(min=1, max=365, help="How many days back to compare with.")] = 7,
    email: Scope = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Deals whose health moved since a stored snapshot."""
    found = fetch_movers(open_desk(as_of, email), days)
    if as_json:
        print_json(found)
    else:
        print_movers(found)


@report.command()
def shares(email: Scope = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """At-risk share of everybody's open pipeline against their own half-year and their peers."""
    found = fetch_shares(open_desk(as_of, email))
    if as_json:
        print_json(found)
    else:
        print_shares(found)


@report.command()
def commitment(email: Scope = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """What buyers did: step of the ladder, trend, fit to the stage, and per rep who books again."""
    found = fetch_commitment(open_desk(as_of, email))
    if as_json:
        print_json(found.as_json())
    else:
        print_commitment(found)


@app.command()
def snapshot(
    weeks: Annotated[
        int, typer.Option(min=0, max=_MOST_WEEKS, help="Also work out the at-risk shares of so many past weeks.")
    ] = 0,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Record today's health and this week's at-risk shares, as the nightly job does."""
    desk = open_desk(as_of, None)
    past = record_past_shares(desk.runtime, desk.now, weeks)
    recorded = {
        "deals": record_health(desk.runtime, desk.now),
        "people": record_shares(desk.runtime, desk.now),
        "weeks": past + 1,
    }
    if as_json:
        print_json(recorded)
    else:
        out.print(
            f"Recorded {counted(recorded['deals'], 'open deal')} of today and the shares of "
            f"{recorded['people']} people over {counted(recorded['weeks'], 'week')}."
        )
