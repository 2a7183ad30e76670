"""`coach view`: the saved views of the playbook, opened on the current pipeline."""

from typing import Annotated, Any

import typer

from bot.cli import app
from bot.cli.context import AsJson, AsOf, fail, print_json
from bot.cli.desk import Desk, Scope, amounts, open_desk, plain, print_notes, print_table, print_title
from bot.pipeline.commitment import load_commitment
from bot.pipeline.views import UnknownView, View, ViewDesk, Views, load_views
from bot.pipeline.views.fields import Kind, kind_of
from bot.pipeline.wording import counted


@app.command()
def view(
    name: Annotated[str | None, typer.Argument(help="The view to open; none lists them.")] = None,
    email: Scope = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """Open a saved view, for example clean-your-room."""
    desk = open_desk(as_of, email)
    views = load_views(desk.runtime.settings.playbook_dir, desk.runtime.rules.stages)
    if name is None:
        _list(desk, views, as_json=as_json)
        return
    try:
        chosen = views.named(name)
    except UnknownView as error:
        fail(str(error))
    rows = fetch_view(desk, chosen)
    if as_json:
        print_json(rows)
    else:
        _print_view(desk, chosen, rows)


def fetch_view(desk: Desk, view: View) -> list[dict[str, Any]]:
    """Return the rows of a view among the deals of the desk."""
    stages = desk.runtime.rules.stages
    commitment = load_commitment(desk.runtime.settings.playbook_dir, stages)
    return ViewDesk(desk.pipeline, stages, commitment).open(view, desk.now, desk.open_ids)


def _list(desk: Desk, views: Views, *, as_json: bool) -> None:
    rows = [(each.name, len(fetch_view(desk, each)), each.about, sorted(each.audience)) for each in views.views]
    if as_json:
        print_json([dict(zip(("name", "deals", "about", "audience"), row, strict=True)) for row in rows])
        return
    print_title("Saved views", f"{counted(len(desk.open_ids), 'open deal')}, {desk.whose}")
    print_table(("view", "#deals", "what", "for"), [(*row[:3], ", ".join(row[3])) for row in rows])


def _print_view(desk: Desk, view: View, rows: list[dict[str, Any]]) -> None:
    print_title(f"{view.title}: {counted(len(rows), 'deal')}", f"{view.about} · {desk.whose}")
    if not rows:
        print_notes(["nothing to show"])
        return
    columns = ["deal", "owner", *(_heading(column) for column in view.show)]
    print_table(columns, [(row["name"], row["owner_name"], *(_cell(row, each) for each in view.show)) for row in rows])


def _heading(column: str) -> str:
    mark = "#" if kind_of(column) is Kind.NUMBER else ""
    return mark + column.replace("_", " ")


def _cell(row: dict[str, Any], column: str) -> str:
    if column == "amount" and row["amount"] is not None:
        return amounts([(row["currency"], row["amount"])])
    return plain(row.get(column))
