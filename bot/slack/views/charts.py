"""Bar charts of Block Kit (`data_visualization`): https://docs.slack.dev/reference/block-kit/blocks.

At most 12 series and 20 points, titles of 50 and labels of 20 characters; two charts a message. What a chart
shows is always said in words beside it, for those who cannot see it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.slack.views.escape import plain
from bot.slack.views.message import Block

MAX_POINTS = 20
_LABEL = 20


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], unit: str) -> Block:
    """Bars over `labels`, one colour a series. Points past the twentieth are left out."""
    names = distinct([plain(label, _LABEL) or "–" for label in labels[:MAX_POINTS]])
    shown = [
        {"name": name, "data": [{"label": at, "value": value} for at, value in zip(names, values, strict=False)]}
        for name, values in series.items()
    ]
    chart = {"type": "bar", "series": shown, "axis_config": {"categories": names, "y_label": unit}}
    return {"type": "data_visualization", "title": plain(title, 50), "chart": chart}


def distinct(names: Sequence[str]) -> list[str]:
    """Names cut to twenty characters may fall together; then they are numbered."""
    seen: Counter[str] = Counter()
    shown = []
    for name in names:
        seen[name] += 1
        shown.append(name if seen[name] == 1 else f"{name[:17]} {seen[name]}")
    return shown
