"""explorer: where files of the ledger lie, saved views, what facets count by"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("ledger_tables", schema=None) as batch_op:
        batch_op.add_column(sa.Column("path", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_items_facets",
            [
                *("org", "gone_at", "level", "status", "type", "category", "domain", "source_id", "sharing"),
                *("table_id", "name", "id"),
            ],
            unique=False,
        )

    op.create_table(
        "saved_views",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_saved_views_org")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_saved_views_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("person_id", "page", "name", name=op.f("uq_saved_views_person_id_page_name")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("saved_views")
    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_items_facets")
    with op.batch_alter_table("ledger_tables", schema=None) as batch_op:
        batch_op.drop_column("path")
