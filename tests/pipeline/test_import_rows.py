"""Bad rows are named with their true line and left out; everything else is loaded."""

import csv
from pathlib import Path

from csv_folders import DEALS, USERS, Imported, folder

HEADER = "opportunity_id,name,owner_id,stage,amount,close_date,created_at,is_closed,is_won,closed_at,next_step\n"
GOOD = "ok,Good deal,u1,Discovery,10,2026-09-30,2026-05-01,,,,\n"


BAD_ROWS = [
    ("x,Name,u1,Discovery,10,2026-02-30,2026-05-01,,,,", "close_date"),
    ("x,Name,u1,Discovery,10,2026-09-30,soon,,,,", "created_at"),
    ("x,Name,u1,Discovery,10,0026-09-30,2026-05-01,,,,", "close_date"),
    ("x,Name,u1,Discovery,a lot,2026-09-30,2026-05-01,,,,", "amount"),
    ("x,Name,u1,Discovery,NaN,2026-09-30,2026-05-01,,,,", "amount"),
    ("x1,Name,nobody,Discovery,10,2026-09-30,2026-05-01,,,,", "owner_id"),
    ("x2,Name,,Discovery,10,2026-09-30,2026-05-01,,,,", "owner_id"),
    ("x3,,u1,Discovery,10,2026-09-30,2026-05-01,,,,", "name"),
    (",Name,u1,Discovery,10,2026-09-30,2026-05-01,,,,", "opportunity_id"),
    ("ok,Again,u1,Discovery,10,2026-09-30,2026-05-01,,,,", "opportunity_id"),
    ("x4,Name,u1,Closed Lost,10,2026-09-30,2026-05-01,1,0,2026-04-01,", "closed_at"),
    ("x5,Name,u1,Discovery,10,2026-09-30,2026-05-01,perhaps,,,", "is_closed"),
    ("x6,Name,u1,Discovery", ""),
    ("x7,Name,u1,Discovery,10,2026-09-30,2026-05-01,,,,Call,him", ""),
    ('x8,"Na"me,u1,Discovery,10,2026-09-30,2026-05-01,,,,', ""),
    ("x9,Na\0me,u1,Discovery,10,2026-09-30,2026-05-01,,,,", ""),
]


def test_bad_rows_are_left_out_and_the_rest_loads(tmp_path: Path) -> None:
    bad = "".join(f"{row}\n" for row, _ in BAD_ROWS)
    done = Imported(folder(tmp_path / "in", opportunities=f"{HEADER}{GOOD}{bad}{GOOD.replace('ok', 'ok2')}"))
    assert done.left_out == [("opportunities.csv", 3 + i, column) for i, (_, column) in enumerate(BAD_ROWS)]
    assert done.rows("SELECT opportunity_id FROM opportunities ORDER BY 1") == [("ok",), ("ok2",)]
    assert all(problem.reason and problem.fix for problem in done.report.problems)


def test_lines_are_those_of_the_file_even_after_values_that_span_lines(tmp_path: Path) -> None:
    deals = HEADER + GOOD[:-1] + '"call\non\nMonday"\n' + "\n" + "x,short\n" + "y,Name,u1,,oops,,,,,,\n"
    done = Imported(folder(tmp_path / "in", opportunities=deals))
    assert done.left_out == [("opportunities.csv", 6, ""), ("opportunities.csv", 7, "amount")]
    assert done.rows("SELECT next_step FROM opportunities") == [("call\non\nMonday",)]


def test_every_problem_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in", opportunities=HEADER + GOOD + "x,Name,zz,,oops,2026-13-01,,,,,\n"))
    assert {p.column for p in done.report.problems} == {"amount", "close_date"}


def test_what_hangs_on_a_deal_that_was_not_loaded_is_left_out_too(tmp_path: Path) -> None:
    activities = (
        "activity_id,opportunity_id,user_id,kind,direction,start_at\n"
        "e1,d1,u1,email,outbound,2026-05-02T10:00:00Z\n"
        "e2,elsewhere,u1,email,outbound,2026-05-02T10:00:00Z\n"
        "e3,,u1,email,outbound,2026-05-02T10:00:00Z\n"
        "e4,d1,u1,telegram,outbound,2026-05-02T10:00:00Z\n"
        "e1,d1,u1,email,outbound,2026-05-03T10:00:00Z\n"
    )
    notes = "note_id,opportunity_id,at,text\nn1,elsewhere,2026-05-01,Hello\n"
    done = Imported(folder(tmp_path / "in", activities=activities, notes=notes))
    assert sorted(done.left_out) == [
        ("activities.csv", 3, "opportunity_id"),
        ("activities.csv", 5, "kind"),
        ("activities.csv", 6, "activity_id"),
        ("notes.csv", 2, "opportunity_id"),
    ]
    assert done.rows("SELECT activity_id, opportunity_id FROM activities ORDER BY 1") == [("e1", "d1"), ("e3", None)]


def test_people_lose_only_the_value_that_cannot_be_right(tmp_path: Path) -> None:
    users = USERS + "u4,Di,ANA@seller.example,U1,wizard,ghost,,,Mars/Base\n" + "u5,Ed,,,,u5,,,\n"
    done = Imported(folder(tmp_path / "in", users=users))
    assert not done.left_out
    assert {(p.line, p.column) for p in done.report.problems} == {
        (5, "email"), (5, "slack_user_id"), (5, "role"), (5, "manager_id"), (5, "timezone"), (6, "manager_id"),
    }  # fmt: skip
    [row] = done.rows("SELECT email, slack_user_id, role, manager_id, timezone FROM users WHERE user_id = 'u4'")
    assert row == (None, None, None, None, None)
    assert done.rows("SELECT email, slack_user_id FROM users WHERE user_id = 'u1'") == [("ana@seller.example", "U1")]


def test_an_unclosed_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    deals = HEADER + GOOD + 'x,"Name,u1,,,,,,,,\n' + "".join(GOOD.replace("ok", f"k{i}") for i in range(50))
    done = Imported(folder(tmp_path / "in", opportunities=deals))
    assert done.left_out == [("opportunities.csv", 3, "")]
    assert done.rows("SELECT count(*) FROM opportunities") == [(51,)]


def test_an_unclosed_quote_among_values_that_span_lines_stops_the_import(tmp_path: Path) -> None:
    """Reading on line by line could take a line of somebody's mail for a row."""
    deals = HEADER + 'x,"Name,u1,,,,,,,,\n' + GOOD[:-1] + '"two\nlines"\n'
    done = Imported(folder(tmp_path / "in", opportunities=deals))
    assert len(done.report.fatal) == 1
    assert "opportunities.csv, line 2" in done.report.fatal[0]


def test_the_quarantine_file_lists_every_problem_beside_the_snapshot(tmp_path: Path) -> None:
    bad = "".join(f"x{i},Name,u1,,=1+{i},,,,,,\n" for i in range(1500))
    done = Imported(folder(tmp_path / "in", opportunities=HEADER + GOOD + bad))
    assert done.report.quarantine is not None
    with done.report.quarantine.open(encoding="utf-8") as handle:
        listed = list(csv.DictReader(handle))
    assert [int(row["line"]) for row in listed] == list(range(3, 1503))
    assert listed[0]["value"] == "'=1+0"  # a spreadsheet must not run it
    assert done.report.problem_count == 1500
    assert "1,500 problems" in "\n".join(done.report.summary_lines())
    assert done.report.snapshot is not None
    assert done.report.snapshot.with_suffix(".report.json").is_file()


def test_good_files_give_a_report_without_problems(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in"))
    assert done.report.ok
    assert done.report.problem_count == 0
    assert [(c.table, c.read, c.loaded) for c in done.report.counts] == [("users", 3, 3), ("opportunities", 2, 2)]


def test_a_misspelt_column_is_pointed_out(tmp_path: Path) -> None:
    users = USERS.replace("slack_user_id", "slackuser_id")
    done = Imported(folder(tmp_path / "in", users=users))
    assert any("slackuser_id" in warning and "slack_user_id" in warning for warning in done.report.warnings)


def test_unknown_stages_are_kept_as_text_and_named(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in", opportunities=DEALS.replace("Discovery", "Ripening")))
    assert done.rows("SELECT stage, stage_order, status FROM opportunities WHERE opportunity_id = 'd1'") == [
        ("Ripening", None, "open")
    ]
    assert any("Ripening (1)" in warning for warning in done.report.warnings)
