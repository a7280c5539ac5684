"""opinions on items"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_parts",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column(
            "level",
            sa.Enum("G1", "G2", "G3", "G4", "I", "C", name="level", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_ledger_parts_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_parts_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_parts")),
        sa.UniqueConstraint("item_id", "place", name=op.f("uq_ledger_parts_item_id_place")),
    )
    with op.batch_alter_table("ledger_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_parts_org"), ["org"], unique=False)

    op.create_table(
        "ledger_lessons",
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("scan_type", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column(
            "level",
            sa.Enum("G1", "G2", "G3", "G4", "I", "C", name="level", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["ledger_changes.id"], name=op.f("fk_ledger_lessons_change_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_ledger_lessons_item_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_lessons_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lessons")),
    )
    with op.batch_alter_table("ledger_lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_lessons_change_id"), ["change_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_lessons_org"), ["org"], unique=False)
        batch_op.create_index("ix_ledger_lessons_pattern", ["pattern"], unique=False)

    op.create_table(
        "ledger_verdicts",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("accepted", "corrected", "rejected", "missed", name="verdict", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["ledger_changes.id"], name=op.f("fk_ledger_verdicts_change_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_ledger_verdicts_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_verdicts_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_verdicts")),
    )
    with op.batch_alter_table("ledger_verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_verdicts_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_verdicts_org"), ["org"], unique=False)

    op.create_table(
        "ledger_proposals",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("lesson", "lineage", name="proposalkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column(
            "level",
            sa.Enum("G1", "G2", "G3", "G4", "I", "C", name="level", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "accepted", "declined", "withdrawn", name="proposalstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["ledger_changes.id"], name=op.f("fk_ledger_proposals_change_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_ledger_proposals_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["ledger_lessons.id"], name=op.f("fk_ledger_proposals_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_proposals_org")),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["ledger_items.id"], name=op.f("fk_ledger_proposals_origin_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_proposals")),
    )
    with op.batch_alter_table("ledger_proposals", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_proposals_item_id_status", ["item_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_proposals_lesson_id"), ["lesson_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_proposals_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("ledger_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_proposals_org"))
        batch_op.drop_index(batch_op.f("ix_ledger_proposals_lesson_id"))
        batch_op.drop_index("ix_ledger_proposals_item_id_status")

    op.drop_table("ledger_proposals")
    with op.batch_alter_table("ledger_verdicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_verdicts_org"))
        batch_op.drop_index(batch_op.f("ix_ledger_verdicts_item_id"))

    op.drop_table("ledger_verdicts")
    with op.batch_alter_table("ledger_lessons", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_lessons_pattern")
        batch_op.drop_index(batch_op.f("ix_ledger_lessons_org"))
        batch_op.drop_index(batch_op.f("ix_ledger_lessons_change_id"))

    op.drop_table("ledger_lessons")
    with op.batch_alter_table("ledger_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_parts_org"))

    op.drop_table("ledger_parts")
