"""The pipeline CSV: which files there are, their columns, and what a value of each may be (DESIGN, Contracts).

Only `users.csv` and `opportunities.csv` must exist, and in them only ids and names. A missing file or
column is unknown; an unknown column of opportunities is kept as a custom field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.pipeline.model import Role


class Kind(StrEnum):
    """How the text of a column is read."""

    LABEL = "label"
    """Ids and short names: outer blanks are cut off."""
    TEXT = "text"
    """Free text, kept as it is."""
    EMAIL = "email"
    """An address: lower case, outer blanks cut off."""
    MOMENT = "moment"
    """A date or an instant; without a zone an instant is UTC."""
    DAY = "day"
    """A date; a timestamp at midnight without a zone is that date."""
    NUMBER = "number"
    """A finite number."""
    PERCENT = "percent"
    """A number from 0 to 100."""
    INTEGER = "integer"
    """A whole number."""
    FLAG = "flag"
    """Yes or no."""
    CHOICE = "choice"
    """One of a few words; several spellings of each are understood."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract file.

    A row without a `required` value is left out. With `lenient`, a value that cannot be read is
    dropped and the row kept; otherwise the row is left out.
    """

    name: str
    kind: Kind = Kind.LABEL
    required: bool = False
    lenient: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        """The name as SQL takes it, also where it is a word of the language."""
        return f'"{self.name}"'


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract file. `key` names the columns that identify a row; empty if rows may repeat."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    must_exist: bool = False

    @property
    def file(self) -> str:
        """The name of the file in a folder that follows the contract."""
        return f"{self.name}.csv"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns in the order of the contract."""
        return tuple(column.name for column in self.columns)


def _spellings(**words: str) -> dict[str, str]:
    """Map every spelling, separated by `|`, to its word; underscores stay in the word itself."""
    return {spelling: word for word, line in words.items() for spelling in (word, *line.split("|"))}


ROLES = {role.value: role.value for role in Role} | {
    "ae": "rep",
    "account executive": "rep",
    "account manager": "rep",
    "sales rep": "rep",
    "seller": "rep",
    "sales manager": "manager",
    "sales director": "director",
    "vp": "director",
    "vp sales": "director",
    "sales ops": "sales operations",
    "sales_operations": "sales operations",
    "revenue operations": "sales operations",
    "revops": "sales operations",
    "se": "solutions engineer",
    "sales engineer": "solutions engineer",
    "solutions_engineer": "solutions engineer",
    "partner_manager": "partner manager",
}
KINDS = _spellings(email="e-mail|mail", meeting="event|appointment", call="phone|phone call", task="to-do|todo")
DIRECTIONS = _spellings(inbound="in|incoming|received", outbound="out|outgoing|sent")
STATUSES = _spellings(
    confirmed="held|completed|scheduled|accepted",
    tentative="maybe",
    cancelled="canceled",
    no_show="no-show|no show",
    declined_by_owner="declined",
)
ORGANISERS = _spellings(seller="us|internal", buyer="customer|client", partner="reseller")
SOURCES = _spellings(mail="email|e-mail|mailbox", calendar="events", calls="call|phone")
TRACKED_FIELDS = _spellings(
    owner_id="owner|ownerid",
    close_date="closedate|close date",
    amount="value",
    forecast_category="forecastcategory|forecast category",
)

_OPPORTUNITY = Column("opportunity_id", required=True)

CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        Contract(
            "users",
            (
                Column("user_id", required=True),
                Column("name", required=True),
                Column("email", Kind.EMAIL),
                Column("slack_user_id"),
                Column("role", Kind.CHOICE, lenient=True, choices=ROLES),
                Column("manager_id"),
                Column("segment"),
                Column("discipline"),
                Column("timezone"),
                Column("active", Kind.FLAG, lenient=True),
            ),
            key=("user_id",),
            must_exist=True,
        ),
        Contract(
            "role_history",
            (
                Column("user_id", required=True),
                Column("segment"),
                Column("discipline"),
                Column("valid_from", Kind.DAY),
                Column("valid_to", Kind.DAY),
            ),
            key=("user_id", "valid_from"),
        ),
        Contract(
            "stages",
            (
                Column("stage", required=True),
                Column("order", Kind.INTEGER),
                Column("is_closed", Kind.FLAG),
                Column("is_won", Kind.FLAG),
            ),
            key=("stage",),
        ),
        Contract(
            "opportunities",
            (
                _OPPORTUNITY,
                Column("name", required=True),
                Column("account_id"),
                Column("account_name"),
                Column("owner_id", required=True),
                Column("type"),
                Column("stage"),
                Column("amount", Kind.NUMBER),
                Column("currency"),
                Column("probability", Kind.PERCENT),
                Column("forecast_category"),
                Column("close_date", Kind.DAY),
                Column("created_at", Kind.MOMENT),
                Column("is_closed", Kind.FLAG),
                Column("is_won", Kind.FLAG),
                Column("closed_at", Kind.MOMENT),
                Column("next_step", Kind.TEXT),
                Column("loss_reason", Kind.TEXT),
            ),
            key=("opportunity_id",),
            must_exist=True,
        ),
        Contract(
            "stage_history",
            (_OPPORTUNITY, Column("stage", required=True), Column("entered_at", Kind.MOMENT, required=True)),
        ),
        Contract(
            "field_history",
            (
                _OPPORTUNITY,
                Column("field", Kind.CHOICE, required=True, choices=TRACKED_FIELDS),
                Column("old"),
                Column("new"),
                Column("at", Kind.MOMENT, required=True),
                Column("by"),
            ),
        ),
        Contract(
            "activities",
            (
                Column("activity_id", required=True),
                Column("opportunity_id"),
                Column("account_id"),
                Column("user_id"),
                Column("kind", Kind.CHOICE, required=True, choices=KINDS),
                Column("direction", Kind.CHOICE, lenient=True, choices=DIRECTIONS),
                Column("start_at", Kind.MOMENT, required=True),
                Column("end_at", Kind.MOMENT, lenient=True),
                Column("status", Kind.CHOICE, lenient=True, choices=STATUSES),
                Column("participants", Kind.TEXT),
                Column("accepted", Kind.TEXT),
                Column("declined", Kind.TEXT),
                Column("organiser", Kind.CHOICE, lenient=True, choices=ORGANISERS),
                Column("is_auto", Kind.FLAG, lenient=True),
                Column("subject", Kind.TEXT),
                Column("body", Kind.TEXT),
            ),
            key=("activity_id",),
        ),
        Contract(
            "contacts",
            (
                Column("contact_id", required=True),
                Column("account_id"),
                Column("name"),
                Column("title"),
                Column("email", Kind.EMAIL),
            ),
            key=("contact_id",),
        ),
        Contract(
            "contact_roles",
            (_OPPORTUNITY, Column("contact_id", required=True), Column("role")),
            key=("opportunity_id", "contact_id", "role"),
        ),
        Contract(
            "notes",
            (
                Column("note_id", required=True),
                _OPPORTUNITY,
                Column("author_id"),
                Column("at", Kind.MOMENT, required=True),
                Column("text", Kind.TEXT, required=True),
            ),
            key=("note_id",),
        ),
        Contract(
            "deal_team",
            (_OPPORTUNITY, Column("user_id", required=True)),
            key=("opportunity_id", "user_id"),
        ),
        Contract(
            "sources",
            (
                Column("user_id", required=True),
                Column("source", Kind.CHOICE, required=True, choices=SOURCES),
                Column("connected", Kind.FLAG, required=True),
                Column("last_sync", Kind.MOMENT),
            ),
            key=("user_id", "source"),
        ),
        Contract(
            "close_plans",
            (
                _OPPORTUNITY,
                Column("refreshed_on", Kind.DAY),
                Column("position", Kind.INTEGER, required=True),
                Column("line", Kind.TEXT, required=True),
            ),
            key=("opportunity_id", "position"),
        ),
        Contract(
            "command_plans",
            (_OPPORTUNITY, Column("field", required=True), Column("text", Kind.TEXT, required=True)),
            key=("opportunity_id", "field"),
        ),
    )
}
"""Every contract file, in the order in which files are checked: people, then deals, then the rest."""
