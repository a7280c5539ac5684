"""watched subjects: whoever looks one of them up is told of"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    states = sa.Enum("proposed", "active", "refused", "ended", name="watchstatus", native_enum=False, length=40)
    op.create_table(
        "watched_subjects",
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("expires_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", states, nullable=False),
        sa.Column("created_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_watched_subjects_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_subjects")),
    )
    with op.batch_alter_table("watched_subjects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watched_subjects_org"), ["org"], unique=False)
        batch_op.create_index(batch_op.f("ix_watched_subjects_token"), ["token"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("watched_subjects")
