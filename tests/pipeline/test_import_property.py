"""Whatever text a CSV writer can write, the import reads back; whatever line is bad, it is named; and fast."""

import csv
import io
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from csv_folders import Imported, folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=40)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.booleans()), min_size=1, max_size=40)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.sampled_from([",", ";", "\t"]))
def test_texts_survive_and_bad_lines_are_true(rows: list[tuple[str, str, bool]], sign: str) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=sign, lineterminator="\n")
    writer.writerow(["activity_id", "kind", "start_at", "subject", "body"])
    bad_lines = []
    for number, (subject, body, good) in enumerate(rows):
        if not good:
            bad_lines.append(buffer.getvalue().count("\n") + 1)
        writer.writerow([f"e{number:03}", "email", "2026-05-01" if good else "2026-02-31", subject, body])
    with TemporaryDirectory() as place:
        done = Imported(folder(Path(place) / "in", activities=buffer.getvalue()))
        found = done.rows("SELECT subject, body FROM activities ORDER BY activity_id")
    assert [line for _, line, _ in done.left_out] == bad_lines
    assert found == [(subject or None, body or None) for subject, body, good in rows if good]


@pytest.mark.slow
def test_a_large_file_takes_at_most_a_few_times_the_bare_reader(tmp_path: Path) -> None:
    place = folder(tmp_path / "in", activities="")
    target = place / "activities.csv"
    duckdb.execute(f"""
        COPY (SELECT 'e' || i AS activity_id, CASE WHEN i % 2 = 0 THEN 'd1' ELSE 'd2' END AS opportunity_id,
                     'u1' AS user_id, 'email' AS kind, 'outbound' AS direction,
                     strftime(TIMESTAMP '2026-01-01' + INTERVAL (i % 200000) MINUTE, '%Y-%m-%dT%H:%M:%SZ') AS start_at,
                     'p' || (i % 9) || '@buyer.example' AS participants, repeat('Some words of mail. ', 8) AS body
              FROM range(400000) AS r(i)) TO '{target}' (HEADER)
    """).fetchall()
    begun = time.perf_counter()
    with duckdb.connect(str(tmp_path / "bare.duckdb")) as con:
        con.execute(f"CREATE TABLE bare AS FROM read_csv('{target}')").fetchall()
    bare = time.perf_counter() - begun
    begun = time.perf_counter()
    done = Imported(place)
    assert done.rows("SELECT count(*) FROM activities") == [(400_000,)]
    assert time.perf_counter() - begun < 12 * bare  # derived tables included; wide, for busy machines
