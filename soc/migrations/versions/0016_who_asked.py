"""who asked: the application behind an account, and the web users of traces"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("application", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("changed_at", soc.db.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.alter_column("application", server_default=None)

    op.create_table(
        "asked_traces",
        sa.Column("trace", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("noted_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_asked_traces_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_traces")),
        sa.UniqueConstraint("org", "trace", name=op.f("uq_asked_traces_org_trace")),
    )
    with op.batch_alter_table("asked_traces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_traces_org"), ["org"], unique=False)
        batch_op.create_index(batch_op.f("ix_asked_traces_noted_at"), ["noted_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("asked_traces")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
        batch_op.drop_column("application")
