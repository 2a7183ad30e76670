"""`.env.example` and `bot/settings.py` speak of the same variables."""

import re

from bot.settings import Settings
from tests.house.repository import ROOT, below, text_of

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
VARIABLE = re.compile(r"^#? ?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


def variables_of_settings() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    listed = [name for name, _ in VARIABLE.findall(EXAMPLE)]
    assert sorted(listed) == sorted(variables_of_settings())


def test_every_variable_is_explained_right_above_it() -> None:
    lines = EXAMPLE.splitlines()
    for at, line in enumerate(lines):
        if VARIABLE.match(line):
            assert re.match(r"# \w", lines[at - 1]), f"line {at + 1}: {line} has no explanation"
            assert not VARIABLE.match(lines[at - 1]), line


def test_the_example_as_it_stands_is_a_working_configuration() -> None:
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_no_setting_is_without_effect() -> None:
    code = "\n".join(text_of(path) for path in below("bot", suffix=".py"))
    assert [name for name in Settings.model_fields if not re.search(rf"\.{name}\b", code)] == []
