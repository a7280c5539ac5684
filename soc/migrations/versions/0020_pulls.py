"""pulls: logs that are fetched from an index or a bucket, and how far each is"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _pulls()
    _progress()
    op.create_table(
        "ingest_pulled_documents",
        sa.Column("pull_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", _INT, nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ingest_pulled_documents_org")),
        sa.ForeignKeyConstraint(["pull_id"], ["ingest_pulls.id"], name=op.f("fk_ingest_pulled_documents_pull_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_pulled_documents")),
        sa.UniqueConstraint("pull_id", "digest", name=op.f("uq_ingest_pulled_documents_pull_id_digest")),
    )
    with op.batch_alter_table("ingest_pulled_documents", schema=None) as batch_op:
        batch_op.create_index("ix_ingest_pulled_documents_age", ["pull_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ingest_pulled_documents_org"), ["org"], unique=False)
    _objects()


def _pulls() -> None:
    kinds = sa.Enum("opensearch", "bucket", name="pullkind", native_enum=False, length=40)
    op.create_table(
        "ingest_pulls",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("options", _JSON, nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("verify", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("every", soc.db.Seconds(), nullable=False),
        sa.Column("edition", _INT, nullable=False),
        sa.Column("paused_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("added_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ingest_pulls_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_pulls")),
        sa.UniqueConstraint("org", "name", name=op.f("uq_ingest_pulls_org_name")),
    )
    with op.batch_alter_table("ingest_pulls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ingest_pulls_org"), ["org"], unique=False)


def _progress() -> None:
    op.create_table(
        "ingest_pull_progress",
        sa.Column("pull_id", sa.Uuid(), nullable=False),
        sa.Column("mark", _JSON, nullable=False),
        sa.Column("next_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("trouble", _JSON, nullable=True),
        sa.Column("failures", _INT, nullable=False),
        sa.Column("records", _INT, nullable=False),
        sa.Column("quarantined", _INT, nullable=False),
        sa.Column("skipped", _INT, nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("newest_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("whole_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("worked_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ingest_pull_progress_org")),
        sa.ForeignKeyConstraint(["pull_id"], ["ingest_pulls.id"], name=op.f("fk_ingest_pull_progress_pull_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_pull_progress")),
        sa.UniqueConstraint("pull_id", name=op.f("uq_ingest_pull_progress_pull_id")),
    )
    with op.batch_alter_table("ingest_pull_progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ingest_pull_progress_next_at"), ["next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ingest_pull_progress_org"), ["org"], unique=False)


def _objects() -> None:
    states = sa.Enum("reading", "done", "skipped", name="objectstate", native_enum=False, length=40)
    op.create_table(
        "ingest_pulled_objects",
        sa.Column("pull_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("size", _INT, nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("offset", _INT, nullable=False),
        sa.Column("lines", _INT, nullable=False),
        sa.Column("records", _INT, nullable=False),
        sa.Column("failures", _INT, nullable=False),
        sa.Column("changed_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ingest_pulled_objects_org")),
        sa.ForeignKeyConstraint(["pull_id"], ["ingest_pulls.id"], name=op.f("fk_ingest_pulled_objects_pull_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_pulled_objects")),
        sa.UniqueConstraint("pull_id", "digest", name=op.f("uq_ingest_pulled_objects_pull_id_digest")),
    )
    with op.batch_alter_table("ingest_pulled_objects", schema=None) as batch_op:
        batch_op.create_index("ix_ingest_pulled_objects_state", ["pull_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_ingest_pulled_objects_org"), ["org"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("ingest_pulled_objects")
    op.drop_table("ingest_pulled_documents")
    op.drop_table("ingest_pull_progress")
    op.drop_table("ingest_pulls")
