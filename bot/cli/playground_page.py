"""Builds the playground's page with npm, once for each version of it. No built file is shipped."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from bot.resources import shipped

SOURCES = ("package.json", "package-lock.json", "build.mjs", "index.html", "src")
OLDEST_NODE = 18
INSTALL_SECONDS, BUILD_SECONDS = 300, 120
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NoPage(Exception):  # noqa: N818 - reads as what is wrong
    """The page cannot be built; the message says why and what would help, in a sentence."""


def built_page(cache: Path, say: Callable[[str], None]) -> Path:
    """Return the folder of the built page under `cache`, building it if this version is not there.

    `say` is told before something takes long. Raises NoPage without Node, or when npm fails.
    """
    source = shipped("tools/playground")
    home = cache / f"modules-{_digest(source, SOURCES[:2])}"
    page = home / f"page-{_digest(source, SOURCES)}"
    if (page / "index.html").is_file():
        return page
    _require_node()
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "build.lock"):
        if not (page / "index.html").is_file():
            _build(source, home, page, say)
    return page


def _digest(source: Path, names: tuple[str, ...]) -> str:
    """A name for the contents of these files and folders."""
    contents = hashlib.sha256()
    for name in names:
        found = source / name
        for path in sorted(found.rglob("*")) if found.is_dir() else [found]:
            if path.is_file():
                contents.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes())
    return contents.hexdigest()[:12]


def _require_node() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoPage(f"The playground needs Node.js {OLDEST_NODE} or newer with npm; the terminal shows the rest.")
    version = _run(("node", "--version"), Path.cwd(), 30).strip()
    major = version.lstrip("v").partition(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        raise NoPage(f"The playground needs Node.js {OLDEST_NODE} or newer; this is {version}.")


def _build(source: Path, home: Path, page: Path, say: Callable[[str], None]) -> None:
    for name in SOURCES:
        _copy(source / name, home / name)
    if not (home / "node_modules" / ".installed").is_file():
        say("Fetching the playground's libraries with npm, once…")
        _run(INSTALL, home, INSTALL_SECONDS)
        (home / "node_modules" / ".installed").touch()
    _run(("node", "build.mjs", str(page.resolve())), home, BUILD_SECONDS)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _run(command: tuple[str, ...], folder: Path, seconds: float) -> str:
    """Run a command quietly and return what it printed. Raises NoPage with its last words."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPage(f"The playground could not be built: {command[0]} did not finish ({error}).") from error
    if done.returncode:
        words = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        last = words[0] if words else f"exit code {done.returncode}"
        raise NoPage(f"The playground could not be built; {' '.join(command[:2])} says: {last}")
    return done.stdout
