"""sketches"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_sketches",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("values", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("made_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_ledger_sketches_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_sketches_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_sketches")),
        sa.UniqueConstraint("item_id", name=op.f("uq_ledger_sketches_item_id")),
    )
    with op.batch_alter_table("ledger_sketches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_sketches_org"), ["org"], unique=False)

    op.create_table(
        "ledger_twins",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("contained", sa.Double(), nullable=False),
        sa.Column("containing", sa.Double(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("found_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_ledger_twins_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_twins_org")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["ledger_items.id"], name=op.f("fk_ledger_twins_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_twins")),
        sa.UniqueConstraint("item_id", "other_id", name=op.f("uq_ledger_twins_item_id_other_id")),
    )
    with op.batch_alter_table("ledger_twins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_twins_org"), ["org"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_twins_other_id"), ["other_id"], unique=False)

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("authority_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_ledger_items_authority_id"), ["authority_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_ledger_items_authority_id"), "ledger_items", ["authority_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("ledger_lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_lessons_item_id"), ["item_id"], unique=False)

    with op.batch_alter_table("ledger_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_proposals_change_id"), ["change_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_proposals_origin_id"), ["origin_id"], unique=False)

    with op.batch_alter_table("ledger_verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_verdicts_change_id"), ["change_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("ledger_verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_verdicts_change_id"))

    with op.batch_alter_table("ledger_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_proposals_origin_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_proposals_change_id"))

    with op.batch_alter_table("ledger_lessons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_lessons_item_id"))

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ledger_items_authority_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ledger_items_authority_id"))
        batch_op.drop_column("authority_id")

    with op.batch_alter_table("ledger_twins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_twins_other_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_twins_org"))

    op.drop_table("ledger_twins")
    with op.batch_alter_table("ledger_sketches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_sketches_org"))

    op.drop_table("ledger_sketches")
