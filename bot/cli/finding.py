"""What one check of `coach doctor` found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `ok`, `off` (not configured, and that is allowed) or `bad`."""

    check: str
    state: str
    found: str
    fix: str = ""
