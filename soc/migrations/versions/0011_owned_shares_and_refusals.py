"""a share names whose item it is; bad tokens are counted by source"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the owner, known from the item; only incidents were shared so far."""
    with op.batch_alter_table("shares") as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(), nullable=True))
    op.execute("UPDATE shares SET owner = (SELECT org FROM incidents WHERE incidents.id = shares.item_id)")
    op.execute("DELETE FROM shares WHERE owner IS NULL")
    with op.batch_alter_table("shares") as batch_op:
        batch_op.alter_column("owner", existing_type=sa.String(), nullable=False)
        batch_op.create_foreign_key(batch_op.f("fk_shares_owner"), "organisations", ["owner"], ["code"])
        batch_op.create_index(batch_op.f("ix_shares_owner"), ["owner"], unique=False)
    op.create_table(
        "token_refusals",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("waits_until", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_token_refusals")),
    )
    with op.batch_alter_table("token_refusals") as batch_op:
        batch_op.create_index(batch_op.f("ix_token_refusals_since"), ["since"], unique=False)


def downgrade() -> None:
    """Take both away."""
    op.drop_table("token_refusals")
    with op.batch_alter_table("shares") as batch_op:
        batch_op.drop_index(batch_op.f("ix_shares_owner"))
        batch_op.drop_constraint(batch_op.f("fk_shares_owner"), type_="foreignkey")
        batch_op.drop_column("owner")
