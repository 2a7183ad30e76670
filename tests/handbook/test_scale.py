"""A thousand pages: memory grows no faster than ten thousand may need. `make bench` indexes those as well."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_GROWTH_MB = 220
"""A tenth of what ten thousand pages may take beside the program itself on a server of four gigabytes."""


@pytest.mark.slow
def test_a_thousand_pages_fit(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.handbook.scale", "1000", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    measured = json.loads(done.stdout.splitlines()[-1])
    assert measured["pages"] == 1_000
    assert measured["peak_mb_building"] - measured["peak_mb_before"] < MAX_GROWTH_MB
