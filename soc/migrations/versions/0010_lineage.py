"""lineage"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_edges",
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column(
            "origin",
            sa.Enum("view", "foreign_key", "etl_file", "query_log", name="origin", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("up_table", sa.String(), nullable=False),
        sa.Column("up_column", sa.String(), nullable=False),
        sa.Column("down_table", sa.String(), nullable=False),
        sa.Column("down_column", sa.String(), nullable=False),
        sa.Column("up_item_id", sa.Uuid(), nullable=True),
        sa.Column("down_item_id", sa.Uuid(), nullable=True),
        sa.Column(
            "transform",
            sa.Enum("identity", "derived", "hashed", "aggregate", name="transform", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("first_seen", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["down_item_id"], ["ledger_items.id"], name=op.f("fk_ledger_edges_down_item_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_edges_org")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_ledger_edges_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["up_item_id"], ["ledger_items.id"], name=op.f("fk_ledger_edges_up_item_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_edges")),
    )
    with op.batch_alter_table("ledger_edges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_edges_down_item_id"), ["down_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_edges_org"), ["org"], unique=False)
        batch_op.create_index("ix_ledger_edges_org_origin", ["org", "origin"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_edges_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_edges_up_item_id"), ["up_item_id"], unique=False)

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0")
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.drop_column("place")

    with op.batch_alter_table("ledger_edges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_edges_up_item_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_edges_source_id"))
        batch_op.drop_index("ix_ledger_edges_org_origin")
        batch_op.drop_index(batch_op.f("ix_ledger_edges_org"))
        batch_op.drop_index(batch_op.f("ix_ledger_edges_down_item_id"))

    op.drop_table("ledger_edges")
