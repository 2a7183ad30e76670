"""Reasons as sentences: templates of the playbook, filled with the figures of one deal.

`{name}` writes a figure, `{name:day}` a count with its unit, `{name:ago}` days as "today", "yesterday"
or "12 days ago".
"""

from collections.abc import Iterable, Mapping
from datetime import date
from string import Formatter
from typing import Any

from bot.pipeline.brief import Benchmark
from bot.pipeline.health.inputs import NAMES, Inputs
from bot.pipeline.wording import plural_of

BENCHMARKS = ("typical_cycle", "typical_contacts_won")
WORDS = NAMES | {"days_overdue"} | {f"{name}{end}" for name in BENCHMARKS for end in ("", "_basis")}


_WHOLE_FROM = 10  # "a 45.65-day cycle" claims a precision that no sample has


class _Sentence(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "ago":
            return {0: "today", 1: "yesterday"}.get(value, f"{value} days ago")
        if format_spec:
            return f"{_plain(value)} {format_spec if value == 1 else plural_of(format_spec)}"
        return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


_SENTENCE = _Sentence()


def placeholders(template: str) -> list[str]:
    """Return the names a template uses. Raises ValueError for unbalanced braces."""
    return [name for _, name, _, _ in _SENTENCE.parse(template) if name is not None]


def say(templates: Iterable[str], words: Mapping[str, Any]) -> str:
    """Fill the first template whose figures are all known; else the last one, gaps shown as "unknown"."""
    template = ""
    for template in templates:
        if all(words.get(name) is not None for name in placeholders(template)):
            return _SENTENCE.vformat(template, (), words)
    known = {name: value for name, value in words.items() if value is not None}
    return _SENTENCE.vformat(template, (), dict.fromkeys(placeholders(template), "unknown") | known)


def words_of(inputs: Inputs, benchmarks: Mapping[str, Benchmark]) -> dict[str, Any]:
    """Return the figures a reason may quote: the inputs and the benchmarks with where they come from."""
    words: dict[str, Any] = dict(inputs)
    until_close = inputs["days_until_close"]
    words["days_overdue"] = -until_close if isinstance(until_close, int) else None
    for name in BENCHMARKS:
        benchmark = benchmarks.get(name)
        words[name] = float(benchmark.value) if benchmark else None
        words[f"{name}_basis"] = benchmark.basis if benchmark else None
    return words
