"""how likely an alert is a true one, and how what detectors look at has moved"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_column("likely_basis")
        batch_op.drop_column("likely")
