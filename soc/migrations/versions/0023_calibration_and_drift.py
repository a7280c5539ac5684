"""how likely an alert is a true one, and how what detectors look at has moved"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("likely", _INT, nullable=True))
        batch_op.add_column(sa.Column("likely_basis", _JSON, nullable=True))
    op.create_table(
        "behaviour_drifts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("moved", sa.Double(), nullable=False),
        sa.Column("noise", sa.Double(), nullable=False),
        sa.Column("bands", _JSON, nullable=False),
        sa.Column("days_beyond", _INT, nullable=False),
        sa.Column("looked_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_behaviour_drifts_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_drifts")),
        sa.UniqueConstraint("org", "figure", "day", name=op.f("uq_behaviour_drifts_org_figure_day")),
    )
    with op.batch_alter_table("behaviour_drifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_behaviour_drifts_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("behaviour_drifts")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_column("likely_basis")
        batch_op.drop_column("likely")
