"""The shapes and limits of layout blocks. Source: Slack's Block Kit reference."""

from typing import Any

from bot.slack.local.block_elements import (
    ACTION_ELEMENTS,
    BUTTON,
    CONTEXT_ACTION_ELEMENTS,
    ID,
    IMAGE_ELEMENT,
    INPUT_ELEMENTS,
    SLACK_FILE,
    URL,
    plain_text,
    words,
)
from bot.slack.local.shapes import (
    Check,
    anything,
    choice,
    flag,
    in_turn,
    items,
    number,
    problem,
    record,
    string,
    typed,
    unique,
    whole,
)

MAX_DATA_TABLE_CHARACTERS = 20_000


def block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """A block's own fields and the `block_id` every block may have."""
    return record(required, {**(optional or {}), "block_id": ID})


def at_least_one_of(*names: str) -> Check:
    """Some field must be there."""

    def check(value: Any, at: str, problems: list[str]) -> None:
        if not value.keys() & set(names):
            problem(problems, at, f"at least one of {', '.join(names)} is needed")

    return check


IMAGE = typed({"image": IMAGE_ELEMENT})
TEXT_KINDS = words(3000)


def _context_element(value: Any, at: str, problems: list[str]) -> None:
    is_image = isinstance(value, dict) and value.get("type") == "image"
    (IMAGE if is_image else TEXT_KINDS)(value, at, problems)


RICH_PART_FIELDS = """
    text url style unsafe user_id channel_id usergroup_id team_id name range value timestamp format
    fallback unicode skin_tone
""".split()
RICH_PARTS = items(record({"type": string()}, dict.fromkeys(RICH_PART_FIELDS, anything)))
RICH_TEXT = block(
    {
        "elements": items(
            typed(
                {
                    "rich_text_section": record({"elements": RICH_PARTS}),
                    "rich_text_quote": record({"elements": RICH_PARTS}, {"border": whole(0, 1)}),
                    "rich_text_preformatted": record(
                        {"elements": RICH_PARTS}, {"border": whole(0, 1), "language": string()}
                    ),
                    "rich_text_list": record(
                        {"elements": items(anything), "style": choice("bullet", "ordered")},
                        {"indent": whole(0, 8), "offset": whole(0, 1_000_000), "border": whole(0, 1)},
                    ),
                }
            ),
            least=1,
        )
    }
)
RICH_TEXT_OBJECT = typed({"rich_text": RICH_TEXT})

RAW_CELLS: dict[str, Check] = {
    "raw_text": record({"text": string(least=1)}),
    "raw_number": record({"value": number}, {"text": string()}),
}
CELL = typed({**RAW_CELLS, "rich_text": RICH_TEXT})


def _table_cells(value: Any, at: str, problems: list[str]) -> None:
    rows = [row for row in value.get("rows", []) if isinstance(row, list)]
    if rows and any(len(row) != len(rows[0]) for row in rows):
        problem(problems, at, "every row must have the same number of cells")
    if rows:
        items(typed(RAW_CELLS))(rows[0], f"{at}/rows/0", problems)
    total = sum(len(str(cell.get("text", ""))) for row in rows for cell in row if isinstance(cell, dict))
    if total > MAX_DATA_TABLE_CHARACTERS:
        problem(problems, at, f"no more than {MAX_DATA_TABLE_CHARACTERS} characters in cells, are {total}")


POINT = record({"label": string(20, least=1), "value": number})
SERIES = record({"name": string(20, least=1), "data": items(POINT, 20, least=1)})
AXES = record(
    {"categories": items(string(20, least=1), 20, least=1)},
    {"x_label": string(50), "y_label": string(50)},
)


def _aligned_series(value: Any, at: str, problems: list[str]) -> None:
    """Every series has one point for each category, in order, and a name of its own."""
    series = [one for one in value.get("series", []) if isinstance(one, dict)]
    categories = value.get("axis_config", {}).get("categories")
    names = [(str(one.get("name")), f"{at}/series/{index}") for index, one in enumerate(series)]
    unique(problems, names, "series name")
    for index, one in enumerate(series):
        if [point.get("label") for point in one.get("data", [])] != categories:
            problem(problems, f"{at}/series/{index}/data", "labels must be those of axis_config.categories")


def _positive_segments(value: Any, at: str, problems: list[str]) -> None:
    for index, segment in enumerate(value.get("segments", [])):
        if isinstance(segment.get("value"), int | float) and segment["value"] <= 0:
            problem(problems, f"{at}/segments/{index}/value", "must be above 0")


XY_CHART = in_turn(record({"series": items(SERIES, 12, least=1), "axis_config": AXES}), _aligned_series)
PIE_CHART = in_turn(record({"segments": items(POINT, 12, least=1)}), _positive_segments)
CHART = typed({"pie": PIE_CHART, "bar": XY_CHART, "area": XY_CHART, "line": XY_CHART})

TASK = block(
    {"task_id": string(least=1), "title": string(least=1)},
    {
        "status": choice("pending", "in_progress", "complete", "error"),
        "details": RICH_TEXT_OBJECT,
        "output": RICH_TEXT_OBJECT,
        "sources": items(typed({"url": record({"url": URL, "text": string()})})),
        "icon": anything,
        "hide_title": flag,
    },
)


def _task_of_plan(value: Any, at: str, problems: list[str]) -> None:
    """Tasks of a plan may leave out their type."""
    is_object = isinstance(value, dict)
    typed({"task_card": TASK})({"type": "task_card", **value} if is_object else value, at, problems)


def _unique_tasks(value: Any, at: str, problems: list[str]) -> None:
    tasks = [task for task in value.get("tasks", []) if isinstance(task, dict)]
    unique(problems, ((str(task.get("task_id")), at) for task in tasks), "task_id")


def _not_pending(value: Any, at: str, problems: list[str]) -> None:
    if value.get("status") == "pending":
        problem(problems, at, "a task_card outside a plan cannot be pending")


CARD = in_turn(
    block(
        {},
        {
            "hero_image": IMAGE,
            "icon": IMAGE,
            "slack_icon": anything,
            "title": words(150),
            "subtitle": words(150),
            "body": words(200),
            "subtext": words(200),
            "actions": items(typed({"button": BUTTON}), 3),
        },
    ),
    at_least_one_of("hero_image", "title", "body", "actions"),
)

SHAPES: dict[str, Check] = {
    "section": in_turn(
        block(
            {},
            {
                "text": words(3000),
                "fields": items(words(2000), 10, least=1),
                "accessory": typed({**ACTION_ELEMENTS, "image": IMAGE_ELEMENT}),
                "expand": flag,
            },
        ),
        at_least_one_of("text", "fields"),
    ),
    "header": block({"text": plain_text(150)}),
    "divider": block({}),
    "context": block({"elements": items(_context_element, 10, least=1)}),
    "actions": block({"elements": items(typed(ACTION_ELEMENTS), 25, least=1)}),
    "context_actions": block({"elements": items(typed(CONTEXT_ACTION_ELEMENTS), 5, least=1)}),
    "input": block(
        {"label": plain_text(2000), "element": typed(INPUT_ELEMENTS)},
        {"hint": plain_text(2000), "optional": flag, "dispatch_action": flag},
    ),
    "image": in_turn(
        block(
            {"alt_text": string(2000)},
            {"image_url": URL, "slack_file": SLACK_FILE, "title": plain_text(2000)},
        ),
        at_least_one_of("image_url", "slack_file"),
    ),
    "markdown": block({"text": string(12_000, least=1)}),
    "rich_text": RICH_TEXT,
    "table": block({"rows": items(items(CELL, 20, least=1), 100, least=1)}, {"column_settings": items(anything, 20)}),
    "data_table": in_turn(
        block(
            {"caption": string(least=1), "rows": items(items(CELL, 20, least=1), 201, least=2)},
            {"page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
        ),
        _table_cells,
    ),
    "data_visualization": block({"title": string(50, least=1), "chart": CHART}),
    "card": CARD,
    "carousel": block({"elements": items(typed({"card": CARD}), 10, least=1)}),
    "alert": block({"text": words(200)}, {"level": choice("default", "info", "warning", "error", "success")}),
    "plan": in_turn(block({"title": string(least=1)}, {"tasks": items(_task_of_plan, 50)}), _unique_tasks),
    "task_card": in_turn(TASK, _not_pending),
    "file": block({"external_id": string(), "source": string()}),
    "video": block(
        {
            "alt_text": string(2000),
            "title": plain_text(200),
            "thumbnail_url": URL,
            "video_url": URL,
        },
        {
            "author_name": string(50),
            "description": plain_text(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "title_url": URL,
        },
    ),
}

IN_CONTAINER = "actions context divider file header image input rich_text section table video".split()
SHAPES["container"] = in_turn(
    block(
        {"child_blocks": items(typed({name: SHAPES[name] for name in IN_CONTAINER}), 10, least=1)},
        {
            "title": plain_text(150),
            "rich_text_title": RICH_TEXT_OBJECT,
            "subtitle": words(150),
            "icon": IMAGE,
            "width": choice("narrow", "standard", "wide", "full"),
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
    ),
    at_least_one_of("title", "rich_text_title"),
)
