"""interfaces found: what the logs show of them, how far that was counted, and what a trace was asked through"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _seen()
    _marks()
    with op.batch_alter_table("asked_traces", schema=None) as batch_op:
        batch_op.alter_column("account", existing_type=sa.String(), nullable=True)
        batch_op.add_column(sa.Column("route", sa.String(), nullable=True))
    with op.batch_alter_table("ingest_batches", schema=None) as batch_op:
        batch_op.create_index("ix_ingest_batches_org_stored_at", ["org", "stored_at"], unique=False)


def _seen() -> None:
    states = sa.Enum("open", "ignored", name="seenstatus", native_enum=False, length=40)
    op.create_table(
        "seen_interfaces",
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("status", states, nullable=False),
        sa.Column("first_seen", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("requests", _INT, nullable=False),
        sa.Column("statements", _INT, nullable=False),
        sa.Column("items", _JSON, nullable=False),
        sa.Column("level_rank", _INT, nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_seen_interfaces_org")),
        sa.ForeignKeyConstraint(
            ["table_id"], ["ledger_tables.id"], name=op.f("fk_seen_interfaces_table_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_interfaces")),
        sa.UniqueConstraint("org", "method", "path", name=op.f("uq_seen_interfaces_org_method_path")),
    )
    with op.batch_alter_table("seen_interfaces", schema=None) as batch_op:
        for name in ("org", "last_seen", "level_rank", "table_id"):
            batch_op.create_index(batch_op.f(f"ix_seen_interfaces_{name}"), [name], unique=False)


def _marks() -> None:
    op.create_table(
        "interface_marks",
        sa.Column("stored_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("counted_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_out", _INT, nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_interface_marks_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_marks")),
        sa.UniqueConstraint("org", name=op.f("uq_interface_marks_org")),
    )
    with op.batch_alter_table("interface_marks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interface_marks_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("ingest_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_ingest_batches_org_stored_at")
    op.execute("DELETE FROM asked_traces WHERE account IS NULL")
    with op.batch_alter_table("asked_traces", schema=None) as batch_op:
        batch_op.drop_column("route")
        batch_op.alter_column("account", existing_type=sa.String(), nullable=False)
    op.drop_table("interface_marks")
    op.drop_table("seen_interfaces")
