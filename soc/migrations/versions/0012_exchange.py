"""exchange"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import soc.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalogue_imports",
        sa.Column("catalogue", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "merged", "discarded", name="importstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("faults", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("merged_at", soc.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("merged_by", sa.String(), nullable=True),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_catalogue_imports_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_imports")),
    )
    with op.batch_alter_table("catalogue_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalogue_imports_org"), ["org"], unique=False)

    op.create_table(
        "catalogue_agreed",
        sa.Column("catalogue", sa.String(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("table_id", sa.Uuid(), nullable=True),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("at", soc.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_catalogue_agreed_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_catalogue_agreed_org")),
        sa.ForeignKeyConstraint(
            ["table_id"], ["ledger_tables.id"], name=op.f("fk_catalogue_agreed_table_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_agreed")),
        sa.UniqueConstraint("catalogue", "item_id", name=op.f("uq_catalogue_agreed_catalogue_item_id")),
        sa.UniqueConstraint("catalogue", "table_id", name=op.f("uq_catalogue_agreed_catalogue_table_id")),
    )
    with op.batch_alter_table("catalogue_agreed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalogue_agreed_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalogue_agreed_org"), ["org"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalogue_agreed_table_id"), ["table_id"], unique=False)

    op.create_table(
        "catalogue_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.Enum("resources", "items", name="sheet", native_enum=False, length=40), nullable=False),
        sa.Column("line", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("theirs", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("named", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("table_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("waiting", "merged", "left", name="rowstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["catalogue_imports.id"], name=op.f("fk_catalogue_rows_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["ledger_items.id"], name=op.f("fk_catalogue_rows_item_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_catalogue_rows_org")),
        sa.ForeignKeyConstraint(
            ["table_id"], ["ledger_tables.id"], name=op.f("fk_catalogue_rows_table_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_rows")),
    )
    with op.batch_alter_table("catalogue_rows", schema=None) as batch_op:
        batch_op.create_index("ix_catalogue_rows_import_id_line", ["import_id", "line"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalogue_rows_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalogue_rows_org"), ["org"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalogue_rows_table_id"), ["table_id"], unique=False)

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("title", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("share_way", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "opening",
                sa.Enum("open", "conditional", "closed", name="opening", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_ledger_items_code"), ["code"], unique=False)

    with op.batch_alter_table("ledger_schemas", schema=None) as batch_op:
        batch_op.add_column(sa.Column("share_way", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "opening",
                sa.Enum("open", "conditional", "closed", name="opening", native_enum=False, length=40),
                nullable=True,
            )
        )

    with op.batch_alter_table("ledger_tables", schema=None) as batch_op:
        batch_op.add_column(sa.Column("title", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("code", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("summary", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("share_way", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "opening",
                sa.Enum("open", "conditional", "closed", name="opening", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_ledger_tables_code"), ["code"], unique=False)

    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("share_way", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "opening",
                sa.Enum("open", "conditional", "closed", name="opening", native_enum=False, length=40),
                nullable=True,
            )
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_column("opening")
        batch_op.drop_column("share_way")

    with op.batch_alter_table("ledger_tables", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_tables_code"))
        batch_op.drop_column("opening")
        batch_op.drop_column("share_way")
        batch_op.drop_column("summary")
        batch_op.drop_column("code")
        batch_op.drop_column("title")

    with op.batch_alter_table("ledger_schemas", schema=None) as batch_op:
        batch_op.drop_column("opening")
        batch_op.drop_column("share_way")

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_items_code"))
        batch_op.drop_column("opening")
        batch_op.drop_column("share_way")
        batch_op.drop_column("code")
        batch_op.drop_column("title")

    with op.batch_alter_table("catalogue_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_rows_table_id"))
        batch_op.drop_index(batch_op.f("ix_catalogue_rows_org"))
        batch_op.drop_index(batch_op.f("ix_catalogue_rows_item_id"))
        batch_op.drop_index("ix_catalogue_rows_import_id_line")

    op.drop_table("catalogue_rows")
    with op.batch_alter_table("catalogue_agreed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_agreed_table_id"))
        batch_op.drop_index(batch_op.f("ix_catalogue_agreed_org"))
        batch_op.drop_index(batch_op.f("ix_catalogue_agreed_item_id"))

    op.drop_table("catalogue_agreed")
    with op.batch_alter_table("catalogue_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_imports_org"))

    op.drop_table("catalogue_imports")
