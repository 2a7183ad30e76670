"""What a test needs beyond Python, and what its absence means: `.ci/run` installs all of it, a developer need not."""

import json
import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

REQUIRED = os.environ.get("COACH_TEST_TOOLS") == "required"

EMULATE = "emulate@0.12.2"
EMULATE_ASKS_FOR = (22, 15)
NPM_INSTALL = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
NPM_SECONDS = 240
BUILD = Path(__file__).parents[2] / "build" / "emulate"


def lacking(reason: str) -> NoReturn:
    """Skip the test; fail it where everything was to be installed (COACH_TEST_TOOLS=required)."""
    if REQUIRED:
        pytest.fail(f"{reason} (and COACH_TEST_TOOLS says it has to be here)", pytrace=False)
    pytest.skip(reason)


@cache
def emulate_command() -> list[str]:
    """The start of a command line for `emulate`: Node and the program, fetched with npm into build/ once."""
    if shutil.which("npm") is None:
        lacking("npm is not installed")
    own = _recent_node()
    package = f"node-{platform.system().lower()}-{_machine()}"
    node = Path(own) if own else BUILD / "node_modules" / package / "bin" / "node"
    program = BUILD / "node_modules" / "emulate" / "dist" / "index.js"
    BUILD.mkdir(parents=True, exist_ok=True)
    with FileLock(BUILD / "install.lock"):
        if not (node.exists() and program.exists()):
            _npm_install(EMULATE, *([] if own else [f"{package}@{EMULATE_ASKS_FOR[0]}"]))
    return [str(node), str(program)]


def _recent_node() -> str | None:
    found = shutil.which("node")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    return found if version >= EMULATE_ASKS_FOR else None


def _machine() -> str:
    return "arm64" if platform.machine().lower() in {"aarch64", "arm64"} else "x64"


def _npm_install(*packages: str) -> None:
    (BUILD / "package.json").write_text(json.dumps({"private": True}))
    try:
        done = subprocess.run(
            [*NPM_INSTALL, *packages], cwd=BUILD, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        lacking(f"npm did not fetch {packages} in {NPM_SECONDS} s")
    if done.returncode:
        lacking(f"npm could not fetch {packages}: {done.stderr.strip()[-300:]}")
