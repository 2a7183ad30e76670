"""Ten thousand pages, a hundred thousand passages: indexed within bounded memory, opened and searched."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_PEAK_MB = 2_500
"""A small server has four gigabytes."""


def test_ten_thousand_pages_fit(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.handbook.scale", "10000", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=3_600)
    measured = json.loads(done.stdout.splitlines()[-1])
    print(f"\n{measured}")
    assert measured["pages"] == 10_000
    assert measured["peak_mb_building"] < MAX_PEAK_MB
