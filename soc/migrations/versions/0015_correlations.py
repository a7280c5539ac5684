"""correlations: what is still to be looked at, and the bursts that were told"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "correlation_marks",
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("first_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("groups", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("noted_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_correlation_marks_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correlation_marks")),
    )
    with op.batch_alter_table("correlation_marks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correlation_marks_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_correlation_marks_org"), ["org"], unique=False)

    op.create_table(
        "correlation_bursts",
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("begins", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("events", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("told_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_correlation_bursts_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correlation_bursts")),
        sa.UniqueConstraint("key", name=op.f("uq_correlation_bursts_key")),
    )
    with op.batch_alter_table("correlation_bursts", schema=None) as batch_op:
        batch_op.create_index("ix_correlation_bursts_group", ["org", "rule_id", "group_key", "ends"], unique=False)
        batch_op.create_index(batch_op.f("ix_correlation_bursts_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("correlation_bursts")
    op.drop_table("correlation_marks")
