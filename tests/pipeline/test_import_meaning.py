"""What the rows come to mean: dates in the owner's zone, statuses, closing days, stages, guests."""

from datetime import date
from pathlib import Path

from csv_folders import DEALS, USERS, Imported, folder

HEADER = "opportunity_id,name,owner_id,type,stage,amount,probability,close_date,created_at,is_closed,is_won,closed_at\n"


def deals(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def column(done: Imported, name: str) -> list[object]:
    """Return one column of all deals in the order of their ids."""
    return [value for (value,) in done.rows(f"SELECT {name} FROM opportunities ORDER BY opportunity_id")]


def test_a_day_is_the_owners_day(tmp_path: Path) -> None:
    cases = [
        ("u1", "2026-05-01", date(2026, 5, 1)),
        ("u1", "2026-05-01T22:30:00Z", date(2026, 5, 2)),  # Berlin is two hours ahead
        ("u1", "2026-05-01 22:30", date(2026, 5, 2)),  # without a zone: UTC
        ("u1", "2026-05-02T00:30:00+02:00", date(2026, 5, 2)),
        ("u1", "2026-05-02T00:30:00+09:00", date(2026, 5, 1)),
        ("m1", "2026-01-05T03:00:00Z", date(2026, 1, 4)),  # New York
        ("u2", "2026-05-01T22:30:00Z", date(2026, 5, 2)),  # no zone of their own: the workspace's, Tokyo
        ("u2", "2026-05-01", date(2026, 5, 1)),
    ]
    rows = [f"d{i},Deal,{owner},,,,,,{written},,," for i, (owner, written, _) in enumerate(cases)]
    done = Imported(folder(tmp_path / "in", opportunities=deals(*rows)), zone="Asia/Tokyo")
    assert column(done, "created_on") == [expected for *_, expected in cases]
    assert column(done, "timezone")[-3:] == ["America/New_York", "Asia/Tokyo", "Asia/Tokyo"]


def test_a_close_date_at_midnight_is_that_day_everywhere(tmp_path: Path) -> None:
    written = ("2026-09-30", "2026-09-30 00:00:00", "2026-09-30T00:00:00.000")
    rows = [f"d{i},Deal,m1,,,,,{text},2026-05-01,,," for i, text in enumerate(written)]
    done = Imported(folder(tmp_path / "in", opportunities=deals(*rows)))
    assert column(done, "close_date") == [date(2026, 9, 30)] * 3


def test_status_comes_from_the_flags_and_else_from_the_stage(tmp_path: Path) -> None:
    cases = [
        ("Discovery", ",", "open"),
        ("won", ",", "won"),
        ("Closed - Lost", ",", "lost"),
        ("", ",", "open"),
        ("Discovery", "1,1", "won"),
        ("Discovery", "true,false", "lost"),
        ("Closed Won", "yes,", "won"),
        ("Discovery", "yes,", "lost"),
        ("Closed Won", "0,0", "open"),
    ]
    rows = [f"d{i},Deal,u1,,{stage},,,2026-06-01,2026-05-01,{flags}," for i, (stage, flags, _) in enumerate(cases)]
    done = Imported(folder(tmp_path / "in", opportunities=deals(*rows)))
    assert column(done, "status") == [expected for *_, expected in cases]


def test_closing_day(tmp_path: Path) -> None:
    cases = [
        ("Closed Won,,,2026-06-20,2026-05-01,,,2026-06-25", "", date(2026, 6, 20)),
        ("Closed Won,,,,2026-05-01,,,2026-06-25", "", date(2026, 6, 25)),
        ("Closed Won,,,,2026-05-01,,,", "Closed Won,2026-06-22", date(2026, 6, 22)),
        ("Closed Won,,,,2026-05-01,,,", "", None),
        ("Closed Won,,,2026-04-20,2026-05-01,,,", "", date(2026, 5, 1)),  # entered after the fact
        ("Closed Lost,,,2026-06-20,2026-05-01,,,2026-06-25", "Lost,2026-06-22", date(2026, 6, 22)),
        ("Closed Lost,,,2026-06-20,2026-05-01,,,2026-06-25", "", date(2026, 6, 25)),
        ("Closed Lost,,,2026-06-20,2026-05-01,,,", "", date(2026, 6, 20)),
        ("Discovery,,,2026-06-20,2026-05-01,,,2026-06-25", "", None),
    ]
    history = [f"d{i},Discovery,2026-05-01" for i in range(len(cases))]
    history += [f"d{i},{change}" for i, (_, change, _) in enumerate(cases) if change]
    done = Imported(
        folder(
            tmp_path / "in",
            opportunities=deals(*(f"d{i},Deal,u1,,{row}" for i, (row, *_) in enumerate(cases))),
            stage_history="\n".join(["opportunity_id,stage,entered_at", *history]),
        )
    )
    assert column(done, "closed_on") == [expected for *_, expected in cases]


def test_motion_of_a_type(tmp_path: Path) -> None:
    new = ("New Business", "New Customer", "new", "")
    existing = ("Renewal", "Expansion", "Existing Customer - Upgrade", "Existing Business")
    rows = [f"d{i},Deal,u1,{written},Discovery,,,,,,," for i, written in enumerate(new + existing)]
    done = Imported(folder(tmp_path / "in", opportunities=deals(*rows)))
    assert column(done, "deal_type") == ["New Business"] * 4 + ["Existing Business"] * 4


def test_visits_collapse_repeats_through_aliases_and_end_with_the_next_or_the_close(tmp_path: Path) -> None:
    history = (
        "opportunity_id,stage,entered_at\n"
        "d1,Discovery,2026-05-10T23:00:00Z\n"  # the 11th in Berlin; out of order in the file
        "d1,Qualification,2026-05-01\n"
        "d1,qualification confirmed,2026-05-04\n"
        "d1,Needs Analysis,2026-05-12\n"
        "d1,Qualification,2026-05-20\n"
    )
    row = "d1,Deal,u1,,Closed Lost,,,,2026-05-01,1,0,2026-06-01"
    done = Imported(folder(tmp_path / "in", opportunities=deals(row), stage_history=history))
    visits = done.rows("SELECT position, stage, stage_order, entered_on, left_on FROM stage_visits ORDER BY 1")
    assert visits == [
        (0, "Qualification", 1, date(2026, 5, 1), date(2026, 5, 11)),
        (1, "Discovery", 2, date(2026, 5, 11), date(2026, 5, 20)),
        (2, "Qualification", 1, date(2026, 5, 20), date(2026, 6, 1)),
    ]


def test_the_current_visit_of_an_open_deal_has_no_end(tmp_path: Path) -> None:
    history = "opportunity_id,stage,entered_at\nd1,Discovery,2026-05-10\n"
    done = Imported(folder(tmp_path / "in", stage_history=history))
    assert done.rows("SELECT left_on FROM stage_visits") == [(None,)]


def test_a_pipeline_may_bring_its_own_stages(tmp_path: Path) -> None:
    stages = "stage,order,is_closed,is_won\nSniffing,1,0,0\nDancing,2,0,0\nMarried,3,1,1\nGone,4,1,0\n"
    rows = ("a,A,u1,,dancing,,,,,,,", "b,B,u1,,Married,,,,,,,", "c,C,u1,,Gone,,,,,,,", "d,D,u1,,Lost,,,,,,,")
    done = Imported(folder(tmp_path / "in", opportunities=deals(*rows), stages=stages))
    assert done.rows("SELECT stage, stage_order, status FROM opportunities ORDER BY opportunity_id") == [
        ("Dancing", 2, "open"),
        ("Married", 3, "won"),
        ("Gone", 4, "lost"),
        ("Closed Lost", None, "lost"),
    ]


def test_amounts(tmp_path: Path) -> None:
    written = ("1250.5", '"1,250.50"', '"$12,000"', "-5", "0", "")
    rows = [f"d{i},Deal,u1,,,{text},35%,,,,," for i, text in enumerate(written)]
    done = Imported(folder(tmp_path / "in", opportunities=deals(*rows)))
    assert column(done, "amount") == [1250.5, 1250.5, 12000.0, -5.0, 0.0, None]
    assert set(column(done, "probability")) == {35.0}


def test_unmapped_columns_of_deals_are_kept_as_custom_fields(tmp_path: Path) -> None:
    extended = DEALS.replace("created_at\n", "created_at,Région,Tier\n").replace("05-01\n", '05-01,"EM""EA",\n')
    done = Imported(folder(tmp_path / "in", opportunities=extended.replace("06-01\n", "06-01,,\n")))
    assert done.rows("SELECT custom FROM opportunities ORDER BY opportunity_id") == [('{"Région":"EM\\"EA"}',), (None,)]


ACTIVITIES = """\
activity_id,opportunity_id,user_id,kind,direction,start_at,end_at,status,participants,accepted,declined
e1,d1,u1,E-Mail,sent,2026-05-02T10:00:00+02:00,,,Priya <Priya@Buyer.example>; bo@seller.example;other@seller.example,,
m1,d1,u1,meeting,,2026-05-05,,held,joe@buyer.example;joe@buyer.example,joe@buyer.example,priya@buyer.example
c1,d1,u1,call,,2026-05-06T09:00:00,2026-05-06T09:20:00,,someone,,
"""


def test_activities_and_their_outside_guests(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in", activities=ACTIVITIES))
    assert not done.report.problems
    columns = "activity_id, kind, direction, start_at::VARCHAR, end_at::VARCHAR, status"
    assert done.rows(f"SELECT {columns} FROM activities ORDER BY start_at") == [
        ("e1", "email", "outbound", "2026-05-02 08:00:00", None, None),
        ("m1", "meeting", None, "2026-05-04 22:00:00", None, "confirmed"),  # midnight in Berlin
        ("c1", "call", None, "2026-05-06 09:00:00", "2026-05-06 09:20:00", None),
    ]
    assert done.rows("SELECT * FROM participants ORDER BY ALL") == [
        ("e1", "priya@buyer.example", None),
        ("m1", "joe@buyer.example", "accepted"),
        ("m1", "priya@buyer.example", "declined"),
    ]


def test_without_activities_no_source_counts_as_connected(tmp_path: Path) -> None:
    done = Imported(folder(tmp_path / "in", sources="user_id,source,connected,last_sync\nu1,email,yes,2026-05-01\n"))
    assert done.rows("SELECT source, connected FROM sources WHERE user_id = 'u1' ORDER BY 1") == [
        ("calendar", False),
        ("calls", False),
        ("mail", True),
    ]
    with_activities = Imported(folder(tmp_path / "in2", activities=ACTIVITIES))
    assert with_activities.rows("SELECT count(*) FROM sources") == [(0,)]


def test_the_small_files(tmp_path: Path) -> None:
    done = Imported(
        folder(
            tmp_path / "in",
            contacts="contact_id,account_id,name,title,email\nc1,a1,Priya Rao,COO,Priya@Buyer.example\n",
            contact_roles="opportunity_id,contact_id,role\nd1,c1,Champion\nd1,ghost,User\n",
            notes="note_id,opportunity_id,author_id,at,text\n"
            "n1,d1,u1,2026-05-01T23:00:00Z,Hi\nn2,d1,Old Rep,2026-05-03,Yo\n",
            deal_team="opportunity_id,user_id\nd1,u2\nd1,u2\n",
            close_plans="opportunity_id,refreshed_on,position,line\nd1,2026-05-01,1,2026-06-01 | Ana | send\n",
            command_plans="opportunity_id,field,text\nd1,why_now,Lease ends\n",
            field_history="opportunity_id,field,old,new,at,by\n"
            "d1,CloseDate,2026-08-01 00:00:00,2026-09-30,2026-05-05,u1\n",
        )
    )
    assert sorted(done.left_out) == [("contact_roles.csv", 3, "contact_id"), ("deal_team.csv", 3, "user_id")]
    assert done.rows("SELECT * FROM contacts") == [("c1", "a1", "Priya Rao", "COO", "priya@buyer.example")]
    assert done.rows('SELECT author_id, author_name, "on", text FROM notes ORDER BY note_id') == [
        ("u1", "Ana Ruiz", date(2026, 5, 2), "Hi"),
        (None, "Old Rep", date(2026, 5, 3), "Yo"),
    ]
    assert done.rows("SELECT refreshed_on, position FROM close_plan_lines") == [(date(2026, 5, 1), 1)]
    assert done.rows("SELECT field, text FROM command_plans") == [("why_now", "Lease ends")]
    assert done.rows("SELECT field, old, new FROM field_history") == [("close_date", "2026-08-01", "2026-09-30")]


def test_only_ids_and_names_are_needed(tmp_path: Path) -> None:
    done = Imported(
        folder(
            tmp_path / "in", users="user_id,name\nu1,Ana\n", opportunities="opportunity_id,name,owner_id\nd1,Deal,u1\n"
        )
    )
    assert done.rows("SELECT stage, amount, created_on, status, deal_type, timezone, custom FROM opportunities") == [
        (None, None, None, "open", "New Business", "UTC", None)
    ]
    assert done.rows("SELECT role, active FROM users") == [(None, None)]


def test_the_same_folder_twice_gives_the_same_tables(tmp_path: Path) -> None:
    place = folder(tmp_path / "in", activities=ACTIVITIES, users=USERS + "u9,Flo,,,,,,,\n")
    first, second = Imported(place), Imported(place)
    with first.connection() as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
    assert {"opportunities", "activities", "users"} <= set(tables)
    for table in tables:
        assert first.rows(f'SELECT * FROM "{table}"') == second.rows(f'SELECT * FROM "{table}"'), table
