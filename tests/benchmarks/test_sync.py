"""`coach sync salesforce` of a big org: how long, and above all how much memory."""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEALS, TASKS = 300_000, 1_000_000
LIMIT_MB = 1_000

pytestmark = pytest.mark.slow


def test_a_big_org_fits_into_a_gigabyte(tmp_path: Path) -> None:
    deals, tasks = (int(n) for n in os.environ.get("COACH_BENCH_SYNC", f"{DEALS},{TASKS}").split(","))
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.big_org", str(deals), str(tasks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        began = time.monotonic()
        status = _sync(tmp_path, url)
        took = time.monotonic() - began
    finally:
        server.communicate(timeout=30)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{deals:,} deals and {tasks:,} tasks: {took:,.0f} s, at most {peak_mb:,.0f} MB")
    assert status["state"] == "ok", status["problems"]
    assert status["read"]["opportunities"] == deals
    assert status["read"]["activities"] == tasks
    assert peak_mb < LIMIT_MB


def _sync(home: Path, url: str) -> dict[str, object]:
    settings = {
        "COACH_HOME": str(home),
        "SALESFORCE_LOGIN_URL": url,
        "SALESFORCE_CLIENT_ID": "consumer-key",
        "SALESFORCE_CLIENT_SECRET": "consumer-secret",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", "sync", "salesforce", "--json"],
        env=os.environ | settings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    status: dict[str, object] = json.loads(done.stdout)
    return status
