"""The picture of a back-test: one bar a bucket with its interval, as SVG, bare or in a page of HTML."""

from html import escape
from pathlib import Path

from bot.pipeline.backtest import Backtest, BucketRate

_WIDTH, _HEIGHT, _LEFT, _TOP, _STEP, _BAR = 560, 330, 60, 40, 120, 56
_FLOOR = 260
_COLOURS = {"Good": "#2e7d5b", "Average": "#6b7a8f", "At Risk": "#c98a1b", "Poor": "#b3423a"}


def write_chart(result: Backtest, path: Path) -> None:
    """Write the picture; `.svg` and `.html` are known. Raises ValueError for another ending."""
    if path.suffix == ".svg":
        path.write_text(svg(result), encoding="utf-8")
    elif path.suffix in {".html", ".htm"}:
        path.write_text(_page(result), encoding="utf-8")
    else:
        raise ValueError(f"{path}: a picture can be written as .svg or .html")


def svg(result: Backtest) -> str:
    """Return the picture: win rate a bucket, whiskers for the 95 % interval, a line for all rated deals."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="13" role="img" aria-label="Win rate by health bucket half-way through a deal">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15">Win rate by health bucket half-way through a deal</text>',
    ]
    parts += [_grid(share / 100) for share in range(0, 101, 25)]
    for place, bucket in enumerate(result.buckets):
        parts += _bar(_LEFT + 24 + place * _STEP, bucket)
    if result.base_rate is not None:
        y = _y(result.base_rate)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y}" y2="{y}" stroke="#333" stroke-dasharray="5 4"/>')
        parts.append(f'<text x="{_WIDTH - 4}" y="{y - 6}" text-anchor="end">all rated: {result.base_rate:.0%}</text>')
    else:
        parts.append(f'<text x="{_LEFT + 24}" y="150" fill="#555">No closed deal could be rated.</text>')
    return "\n".join([*parts, "</svg>"])


def _y(share: float) -> float:
    return round(_FLOOR - share * (_FLOOR - _TOP), 1)


def _grid(share: float) -> str:
    y = _y(share)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y}" y2="{y}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#555">{share:.0%}</text>'
    )


def _bar(x: int, rate: BucketRate) -> list[str]:
    middle = x + _BAR / 2
    label = f'<text x="{middle}" y="{_FLOOR + 20}" text-anchor="middle">{escape(rate.bucket)}</text>'
    count = f'<text x="{middle}" y="{_FLOOR + 38}" text-anchor="middle" fill="#555">{rate.n:,} deals</text>'
    if rate.win_rate is None or rate.low is None or rate.high is None:
        return [label, count]
    top, low, high = _y(rate.win_rate), _y(rate.low), _y(rate.high)
    shade = "1" if rate.is_judged else "0.4"
    return [
        f'<rect x="{x}" y="{top}" width="{_BAR}" height="{round(_FLOOR - top, 1)}" '
        f'fill="{_COLOURS[rate.bucket]}" fill-opacity="{shade}"/>',
        f'<path d="M{middle} {low}V{high}M{middle - 8} {low}H{middle + 8}M{middle - 8} {high}H{middle + 8}" '
        'stroke="#222" fill="none"/>',
        f'<text x="{x + _BAR + 4}" y="{top + 4}">{rate.win_rate:.0%}</text>',
        label,
        count,
    ]


def _page(result: Backtest) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in result.blind_spots)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Back-test of deal health</title>'
        '<body style="font-family:sans-serif;max-width:42rem;margin:2rem auto;line-height:1.45">'
        f"<h1>Back-test of deal health</h1><p><strong>{escape(result.verdict)}</strong></p>{svg(result)}"
        "<p>Whiskers: 95 % interval. Dashed line: all rated deals. Pale bars: too few deals to judge.</p>"
        f"<h2>What this data cannot tell</h2><ul>{notes}</ul></body></html>\n"
    )
