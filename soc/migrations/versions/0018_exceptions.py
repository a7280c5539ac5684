"""what is known to be ordinary: exceptions, and the findings that they kept back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "finding_exceptions",
        sa.Column(
            "detectors", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("names", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_name", sa.String(), nullable=False),
        sa.Column("tables", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("rows_at_most", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("score_at_most", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_hour", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_hour", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum("proposed", "active", "refused", "ended", name="exceptionstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("started_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_note", sa.String(), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_finding_exceptions_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_exceptions")),
    )
    with op.batch_alter_table("finding_exceptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_exceptions_org"), ["org"], unique=False)

    op.create_table(
        "excepted_findings",
        sa.Column("exception_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("score", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kept_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exception_id"], ["finding_exceptions.id"], name=op.f("fk_excepted_findings_exception_id")
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_excepted_findings_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excepted_findings")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_excepted_findings_finding_id")),
    )
    with op.batch_alter_table("excepted_findings", schema=None) as batch_op:
        batch_op.create_index("ix_excepted_findings_exception_last", ["exception_id", "last_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_excepted_findings_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("excepted_findings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_excepted_findings_org"))
        batch_op.drop_index("ix_excepted_findings_exception_last")

    op.drop_table("excepted_findings")
    with op.batch_alter_table("finding_exceptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_exceptions_org"))

    op.drop_table("finding_exceptions")
