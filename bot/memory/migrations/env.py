"""Alembic's entry: runs the migrations on the connection, and in the transaction, it is handed.

To add one: change the table in `bot/memory/schema_*.py`, write the next file in `versions/`, run the memory tests.
"""

from alembic import context

from bot.memory.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
