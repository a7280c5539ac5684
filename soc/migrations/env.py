"""Alembic's environment: runs on the connection that ``soc.migrate`` hands over."""

from alembic import context

from soc.db import Model
from soc.registry import load_models

load_models()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
