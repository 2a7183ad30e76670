"""The shapes and limits of text objects and interactive elements. Source: Slack's Block Kit reference."""

from typing import Any

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
    whole,
)

ID = string(255)
URL = string(3000)


def plain_text(most: int, *, least: int = 1) -> Check:
    """A `plain_text` object."""
    return typed({"plain_text": record({"text": string(most, least=least)}, {"emoji": flag})})


def words(most: int, *, least: int = 1) -> Check:
    """A text object of either kind."""
    text = {"text": string(most, least=least)}
    return typed({"plain_text": record(text, {"emoji": flag}), "mrkdwn": record(text, {"verbatim": flag})})


CONFIRM = record(
    {"title": plain_text(100), "text": words(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": choice("primary", "danger")},
)
OPTION = record({"text": words(75), "value": string(150)}, {"description": words(75), "url": URL})
OPTION_GROUP = record({"label": plain_text(75), "options": items(OPTION, 100, least=1)})
SLACK_FILE = record({}, {"id": string(), "url": URL})

PLACEHOLDER = plain_text(150)
FOCUS: dict[str, Check] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
SELECT: dict[str, Check] = {**FOCUS, "placeholder": PLACEHOLDER}
MANY: dict[str, Check] = {**SELECT, "max_selected_items": whole(1, 100)}
TYPED: dict[str, Check] = {
    "action_id": ID,
    "placeholder": PLACEHOLDER,
    "focus_on_load": flag,
    "dispatch_action_config": anything,
}
FROM_LIST: dict[str, Check] = {
    "options": items(OPTION, 100, least=1),
    "option_groups": items(OPTION_GROUP, 100, least=1),
}
IDS = items(string())


def _one_list(value: Any, at: str, problems: list[str]) -> None:
    if ("options" in value) == ("option_groups" in value):
        problem(problems, at, "exactly one of options and option_groups is needed")


def _url_or_file(value: Any, at: str, problems: list[str]) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        problem(problems, at, "exactly one of image_url and slack_file is needed")


FEEDBACK = record({"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})

BUTTON = record(
    {"text": plain_text(75)},
    {
        "action_id": ID,
        "url": URL,
        "value": string(2000),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "agent_prompt_display": anything,
        "visible_to_user_ids": items(string(), 10),
    },
)

IMAGE_ELEMENT = in_turn(record({"alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}), _url_or_file)

ACTION_ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": record(
        {"text": plain_text(75), "workflow": anything},
        {"action_id": ID, "style": choice("primary", "danger"), "accessibility_label": string(75)},
    ),
    "overflow": record({"options": items(OPTION, 5, least=1)}, {"action_id": ID, "confirm": CONFIRM}),
    "static_select": in_turn(record({}, {**SELECT, **FROM_LIST, "initial_option": anything}), _one_list),
    "multi_static_select": in_turn(record({}, {**MANY, **FROM_LIST, "initial_options": anything}), _one_list),
    "external_select": record({}, {**SELECT, "initial_option": anything, "min_query_length": whole(0, 100)}),
    "multi_external_select": record({}, {**MANY, "initial_options": anything, "min_query_length": whole(0, 100)}),
    "users_select": record({}, {**SELECT, "initial_user": string()}),
    "multi_users_select": record({}, {**MANY, "initial_users": IDS}),
    "conversations_select": record(
        {},
        {
            **SELECT,
            "initial_conversation": string(),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": anything,
        },
    ),
    "multi_conversations_select": record(
        {},
        {
            **MANY,
            "initial_conversations": IDS,
            "default_to_current_conversation": flag,
            "filter": anything,
        },
    ),
    "channels_select": record({}, {**SELECT, "initial_channel": string(), "response_url_enabled": flag}),
    "multi_channels_select": record({}, {**MANY, "initial_channels": IDS}),
    "checkboxes": record({"options": items(OPTION, 10, least=1)}, {**FOCUS, "initial_options": anything}),
    "radio_buttons": record({"options": items(OPTION, 10, least=1)}, {**FOCUS, "initial_option": anything}),
    "datepicker": record({}, {**SELECT, "initial_date": string(10, least=10)}),
    "timepicker": record({}, {**SELECT, "initial_time": string(5, least=5), "timezone": string()}),
    "datetimepicker": record({}, {**FOCUS, "initial_date_time": number}),
}

TEXT_LENGTHS: dict[str, Check] = {"min_length": whole(0, 3000), "max_length": whole(1, 3000)}
NUMBER_RANGE: dict[str, Check] = {"initial_value": string(), "min_value": string(), "max_value": string()}

INPUT_ELEMENTS: dict[str, Check] = {
    **{name: shape for name, shape in ACTION_ELEMENTS.items() if "button" not in name and name != "overflow"},
    "radio_buttons": ACTION_ELEMENTS["radio_buttons"],
    "plain_text_input": record({}, {**TYPED, **TEXT_LENGTHS, "initial_value": string(3000), "multiline": flag}),
    "email_text_input": record({}, {**TYPED, "initial_value": string()}),
    "url_text_input": record({}, {**TYPED, "initial_value": string()}),
    "number_input": record({"is_decimal_allowed": flag}, {**TYPED, **NUMBER_RANGE}),
    "rich_text_input": record(
        {}, {**TYPED, "initial_value": anything, "min_lines": whole(1, 100), "max_lines": whole(1, 100)}
    ),
    "file_input": record({}, {"action_id": ID, "filetypes": anything, "max_files": whole(1, 10)}),
}

CONTEXT_ACTION_ELEMENTS: dict[str, Check] = {
    "feedback_buttons": record({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ID}),
    "icon_button": record(
        {"icon": string(), "text": plain_text(75)},
        {
            "action_id": ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": items(string(), 10),
        },
    ),
}
