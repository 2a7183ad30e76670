"""`coach backtest`: did the health buckets, half-way through a deal, tell what became of it."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.cli import app
from bot.cli.chart import write_chart
from bot.cli.context import AsJson, AsOf, fail, instant, open_runtime, out, print_json
from bot.pipeline.backtest import Backtest
from bot.pipeline.backtest import backtest as run_backtest
from bot.pipeline.store import NoSnapshot


@app.command()
def backtest(
    as_json: AsJson = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="Write a picture: FILE.svg or FILE.html.")] = None,
    booked_ahead: Annotated[
        int, typer.Option("--booked-ahead", min=0, help="Assume that meetings this many days ahead were booked.")
    ] = 0,
    as_of: AsOf = None,
) -> None:
    """Rate your closed deals as of the middle of their lives and compare buckets with outcomes."""
    runtime = open_runtime()
    try:
        result = run_backtest(
            runtime.coach.open_pipeline(),
            instant(as_of, runtime.settings.timezone),
            never_a_sale=runtime.rules.benchmarks.left_out_loss_reasons,
            bookings_known=timedelta(days=booked_ahead),
        )
        if plot:
            write_chart(result, plot)
    except (NoSnapshot, ValueError) as error:
        fail(str(error))
    if as_json:
        print_json(dataclasses.asdict(result))
    else:
        print_backtest(result)


def print_backtest(result: Backtest) -> None:
    """Show the back-test: verdict first, then the figures, then what they cannot tell."""
    out.print(result.verdict, style="bold", markup=False)
    rated = sum(each.n for each in result.buckets)
    out.print(
        f"\n{result.closed:,} closed deals: {rated:,} rated as of the middle of their lives, {result.not_rated:,} with "
        f"too little known then ({result.not_rated_won:,} of them won), {result.left_out:,} left out (no usable dates, "
        "or never a sale)",
        markup=False,
    )
    if rated:
        out.print(_bucket_table(result))
        out.print(_order_line(result), markup=False)
    if result.calibration:
        out.print(_calibration_table(result))
        out.print(
            f"squared error of that forecast {result.brier:.3f}, of one rate for all deals {result.brier_base:.3f} "
            "(lower is better)",
            markup=False,
        )
    out.print("\nWhat this data cannot tell:", markup=False)
    for note in result.blind_spots:
        out.print(f"  - {note}", markup=False)


def _bucket_table(result: Backtest) -> Table:
    table = Table("bucket", "deals", "won", "win rate", "95 % interval", "lift", box=None)
    for each in result.buckets:
        if each.win_rate is None or each.low is None or each.high is None:
            table.add_row(each.bucket, "0", "0", "–", "–", "–")
            continue
        lift = f"{each.lift:.2f}x" if each.lift is not None else "–"
        interval = f"{each.low:.0%} to {each.high:.0%}" + ("" if each.is_judged else " (too few)")
        table.add_row(each.bucket, f"{each.n:,}", f"{each.won:,}", f"{each.win_rate:.0%}", interval, lift)
    return table


def _order_line(result: Backtest) -> str:
    order = {True: "falls from bucket to bucket", False: "does not fall throughout", None: "cannot be ordered"}
    line = f"all rated deals {result.base_rate:.0%}; the win rate {order[result.monotonic]}"
    if result.monotonic is not None and any(each.n and not each.is_judged for each in result.buckets):
        line += " where there are enough deals"
    if result.concordance is not None:
        line += f"; of a won and a lost deal the won one had more points in {result.concordance:.0%} (chance: 50%)"
    return line


def _calibration_table(result: Backtest) -> Table:
    table = Table("bucket", "rate in earlier deals", "later deals", "their rate", "95 % interval", "", box=None)
    table.title = "Forecast of the later half from the earlier half"
    table.title_justify = "left"
    for each in result.calibration:
        table.add_row(
            each.bucket,
            f"{each.expected:.0%}",
            f"{each.n:,}",
            f"{each.observed:.0%}",
            f"{each.low:.0%} to {each.high:.0%}",
            "holds" if each.holds else "off",
        )
    return table
