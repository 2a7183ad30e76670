"""Runs of one scenario file side by side, as text and as one HTML page that needs nothing else.

A run is a name with its report: the rules alone, another prompt, a model with and without the grounding check.
"""

from collections.abc import Iterator, Mapping
from html import escape

from bot.coach.evaluation.report import SAFETY_TAGS, Line, Report

_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1d1c1d}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    ".fail{background:#fde8e8}.soft{color:#666}.mark{color:#666;font-size:.85em}"
)


def compared(runs: Mapping[str, Report]) -> str:
    """The pass rate of every tag for each run, then the scenarios on which they differ."""
    return "\n".join(_text(runs))


def as_page(runs: Mapping[str, Report], title: str) -> str:
    """The same as a page: rates per tag, then every scenario with the reasons behind each miss."""
    names = "".join(f'<th class="n">{escape(name)}</th>' for name in runs)
    return "\n".join(
        [
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>",
            f"<h1>{escape(title)}</h1>",
            f"<table><thead><tr><th>tag</th>{names}</tr></thead><tbody>",
            *_tag_rows(runs),
            "</tbody></table>",
            f"<table><thead><tr><th>scenario</th>{names}</tr></thead><tbody>",
            *_scenario_rows(runs),
            "</tbody></table></html>",
        ]
    )


def _text(runs: Mapping[str, Report]) -> Iterator[str]:
    yield "  ".join(f"{name:>14}" for name in runs) + "  tag"
    for tag in _tags(runs):
        yield "  ".join(f"{_rate(report, tag):>14}" for report in runs.values()) + f"  {tag}"
    yield "  ".join(f"{report.total!s:>14}" for report in runs.values()) + "  all"
    for id_ in _ids(runs):
        verdicts = [_line(report, id_).verdict for report in runs.values()]
        if len(set(verdicts)) > 1:
            yield "  ".join(f"{verdict:>14}" for verdict in verdicts) + f"  {id_}"


def _tag_rows(runs: Mapping[str, Report]) -> Iterator[str]:
    for tag in _tags(runs):
        mark = ' <span class="mark">safety</span>' if tag in SAFETY_TAGS else ""
        cells = "".join(_cell(_rate(report, tag), failed=_failed(report, tag)) for report in runs.values())
        yield f"<tr><td>{escape(tag)}{mark}</td>{cells}</tr>"
    totals = "".join(_cell(str(report.total), failed=not report.passed) for report in runs.values())
    yield f"<tr><td><b>all</b></td>{totals}</tr>"


def _scenario_rows(runs: Mapping[str, Report]) -> Iterator[str]:
    for id_ in _ids(runs):
        lines = [_line(report, id_) for report in runs.values()]
        cells = "".join(f'<td class="{"" if line.passed else "fail"}">{_verdict(line)}</td>' for line in lines)
        yield f"<tr><td><b>{escape(id_)}</b><br>{escape(lines[0].title)}</td>{cells}</tr>"


def _verdict(line: Line) -> str:
    misses = [
        f'<br><span class="{"hard" if miss.hard else "soft"}">{escape(miss.check)}: {escape(miss.why)}</span>'
        for miss in line.misses
    ]
    return line.verdict + "".join(misses) + "".join(f"<br>{escape(error)}" for error in line.errors)


def _cell(text: str, *, failed: bool) -> str:
    return f'<td class="n{" fail" if failed else ""}">{escape(text)}</td>'


def _tags(runs: Mapping[str, Report]) -> list[str]:
    return sorted({tag for report in runs.values() for tag in report.tags})


def _rate(report: Report, tag: str) -> str:
    tally = report.tags.get(tag)
    return f"{tally.share:.0%} {tally}" if tally else "–"


def _failed(report: Report, tag: str) -> bool:
    return tag in report.tags and report.tags[tag].share < 1


def _ids(runs: Mapping[str, Report]) -> list[str]:
    return list(dict.fromkeys(line.id for report in runs.values() for line in report.lines))


def _line(report: Report, id_: str) -> Line:
    return next((line for line in report.lines if line.id == id_), Line(id_, "", (), scored=False))
