"""Where the shipped files live: `prompts/`, `knowledge/` and a few more, beside `bot/` or inside the wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the folder or file `name` ("knowledge", "prompts", "manifest.json") of this installation.

    Raises FileNotFoundError if neither the checkout nor the wheel holds it.
    """
    for candidate in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{name} is missing beside or inside {_PACKAGE}; reinstall the package")
