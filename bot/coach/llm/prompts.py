"""Prompts as files: front matter with id, version, inputs and contract; then the system and the user part.

Inputs of kind `data` come from outside (CRM, mail, notes, the handbook). The renderer escapes them and
sets them between marks that are random for each request, so no text can close the fence it stands in.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_USER_PART = re.compile(r"^=== user ===$", re.MULTILINE)
_VARIABLE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}")
MARKER = "marker"
"""Always available: the random word that names the data of one request."""


class PromptError(ValueError):
    """A prompt file cannot be used, or was given the wrong values. The message names file and variable."""


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    version: int = Field(ge=1)
    inputs: dict[str, Literal["data", "text"]]
    contract: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent: two messages, and the marker that fences the data in them."""

    system: str
    user: str
    marker: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt. `contract` says in words what the answer must look like."""

    id: str
    version: int
    inputs: Mapping[str, str]
    contract: str
    system: str
    user: str

    @property
    def name(self) -> str:
        """Id and version, as stored with every call."""
        return f"{self.id}@{self.version}"

    def render(self, values: Mapping[str, str], marker: str | None = None) -> Rendered:
        """Fill in `values`; raises PromptError for a missing or an unknown one. `marker` is for tests."""
        missing, unknown = self.inputs.keys() - values.keys(), values.keys() - self.inputs.keys()
        if missing or unknown:
            raise PromptError(f"prompt {self.id}: " + "; ".join(_problems(("missing", missing), ("unknown", unknown))))
        mark = marker or f"data-{secrets.token_hex(6)}"
        filled = {MARKER: mark} | {
            name: fence(name, text, mark) if self.inputs[name] == "data" else text for name, text in values.items()
        }
        return Rendered(_fill(self.system, filled), _fill(self.user, filled), mark)


def load_prompt(directory: Path, id_: str) -> Prompt:
    """Read `id_`.md in `directory`. Raises PromptError for a missing file, bad front matter or stray variables."""
    path = directory / f"{id_}.md"
    try:
        match = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PromptError(f"{path}: {error.strerror}; restore it from the shipped prompts/") from error
    if match is None:
        raise PromptError(f"{path}: must start with front matter between two lines of ---")
    try:
        head = _Head.model_validate(yaml.safe_load(match[1]))
    except (ValidationError, yaml.YAMLError) as error:
        raise PromptError(f"{path}: front matter: {error}") from error
    return _checked(path, head, match[2])


def fence(name: str, text: str, marker: str) -> str:
    """Untrusted `text` between marks it cannot contain, with nothing in it that reads as a tag."""
    harmless = escape(text.replace(marker, ""), quote=False)
    return f'<{marker} name="{name}">\n{harmless}\n</{marker}>'


def _checked(path: Path, head: _Head, body: str) -> Prompt:
    parts = _USER_PART.split(body)
    if len(parts) != 2 or head.id != path.stem:
        raise PromptError(f"{path}: needs id: {path.stem} and exactly one line === user ===")
    system, user = (part.strip() for part in parts)
    used = set(_VARIABLE.findall(body)) - {MARKER}
    problems = _problems(
        ("declared but not used", head.inputs.keys() - used), ("not declared", used - head.inputs.keys())
    )
    if problems:
        raise PromptError(f"{path}: {'; '.join(problems)}")
    if _LEFT_OVER.search(_VARIABLE.sub("", body)):
        raise PromptError(f"{path}: a {{{{ or }}}} that is no variable")
    return Prompt(head.id, head.version, head.inputs, head.contract, system, user)


def _problems(*named: tuple[str, set[str]]) -> list[str]:
    return [f"{what}: {', '.join(sorted(names))}" for what, names in named if names]


def _fill(template: str, values: Mapping[str, str]) -> str:
    """One pass, so that a value that looks like a variable stays what it is."""
    return _VARIABLE.sub(lambda match: values[match[1]], template)
