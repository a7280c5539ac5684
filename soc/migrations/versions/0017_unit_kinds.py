"""what a unit is to its centre: an office, an affiliated unit, an enterprise, a contractor"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    kinds = sa.Enum(
        "office", "affiliate", "enterprise", "contractor", name="unitkind", native_enum=False, length=40
    )  # fmt: skip
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", kinds, nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("kind")
