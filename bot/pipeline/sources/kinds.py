"""The kinds of records sources speak in, with their columns.

They are the tables of the pipeline CSV (`bot.pipeline.importing.contract`), so that a deal means the same
whether it came in a file or over a wire, kept apart where the parts change on their own: an account's name
stays with the account, an activity names contacts and not their addresses. Joining happens when a snapshot is
made. All values are text as the CSV would hold it: ISO dates, instants with a zone, `true`, numbers.
"""

from bot.pipeline.importing.contract import CONTRACTS

_MORE_COLUMNS: dict[str, tuple[str, ...]] = {
    "opportunities": (
        "custom",  # JSON object: label of a custom field -> value
        "plan",  # JSON object: field of the command plan -> text
    ),
    "activities": (
        "user_email",  # names the user where a mailbox or calendar knows only addresses
        "contact_ids",  # `;`-separated contacts that took part, beside `participants`
        "deal_ids",  # `;`-separated deals, where an activity can be filed under several
    ),
}

_OWN_KINDS: dict[str, tuple[str, ...]] = {
    "accounts": ("account_id", "name"),
    # What a deal looked like from an instant on; a column that is empty was not recorded then.
    "deal_states": ("opportunity_id", "at", "by", "stage", "owner_id", "amount", "close_date", "forecast_category"),
    # Whether a user's mail, calendar or calls (`feed`) are read, in the words of the source that reads them.
    "sources": ("user_id", "user_email", "feed", "connected", "last_sync"),
    # What is known of a mail beside its activity.
    "mail_headers": ("activity_id", "direction", "participants"),
}

KINDS: dict[str, tuple[str, ...]] = {
    **{name: (*contract.column_names, *_MORE_COLUMNS.get(name, ())) for name, contract in CONTRACTS.items()},
    **_OWN_KINDS,
}

TRACKED = ("owner_id", "close_date", "amount", "forecast_category")
"""The fields of a deal, beside its stage, whose changes are history (the contract's `field_history`)."""
