"""receivers: ids of documents that came by _bulk, and who sends logs

It came into being beside 0015 and after it into use: the chain goes 0013, 0015, 0014.
"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ingest_documents",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("taken_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ingest_documents_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_documents")),
        sa.UniqueConstraint("org", "digest", name=op.f("uq_ingest_documents_org_digest")),
    )
    with op.batch_alter_table("ingest_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ingest_documents_org"), ["org"], unique=False)
        batch_op.create_index(batch_op.f("ix_ingest_documents_taken_at"), ["taken_at"], unique=False)

    op.create_table(
        "ingest_senders",
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("first_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("silent_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ingest_senders_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_senders")),
        sa.UniqueConstraint("org", "receiver", "sender", name=op.f("uq_ingest_senders_org_receiver_sender")),
    )
    with op.batch_alter_table("ingest_senders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ingest_senders_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("ingest_senders")
    op.drop_table("ingest_documents")
