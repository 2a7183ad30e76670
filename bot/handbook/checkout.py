"""Which files lie below a folder: in a git checkout what git knows and does not ignore, elsewhere every file."""

import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

GIT_SECONDS = 60
UNPUBLISHED = frozenset({"_includes", "_layouts", "_site", "node_modules"})
"""Folders of site generators whose files are parts of pages or copies of them."""


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder`, hidden ones and parts of pages left out, in no particular order."""
    for file in git_files(folder) or (file for file in folder.rglob("*") if file.is_file()):
        if not any(_is_passed_over(part) for part in file.relative_to(folder).parts):
            yield file


def _is_passed_over(part: str) -> bool:
    return part.startswith(".") or part in UNPUBLISHED


def git_files(folder: Path) -> list[Path]:
    """Return the files git tracks or would track below `folder`; empty outside a checkout or without git.

    A folder that git ignores as a whole gives nothing either: who names it means its files. Settings of the
    checkout that would make git run programs are switched off.
    """
    listing = ("-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", "-C", str(folder), *listing],  # noqa: S607 - the git of whoever runs this
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.info("%s: read without git (%s)", folder, error)
        return []
    if done.returncode:
        return []
    names = dict.fromkeys(name for name in done.stdout.decode(errors="surrogateescape").split("\0") if name)
    return [file for file in (folder / name for name in names) if file.is_file()]
