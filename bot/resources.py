"""Where the shipped text lives: `prompts/` and `knowledge/`, beside `bot/` or inside the wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the folder `name` ("knowledge", "prompts") of this installation.

    Raises FileNotFoundError if neither the checkout nor the wheel holds it.
    """
    for candidate in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name}/ is missing beside or inside {_PACKAGE}; reinstall the package")
