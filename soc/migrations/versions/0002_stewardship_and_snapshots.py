"""stewardship and snapshots"""

import sqlalchemy as sa
from alembic import op

import soc.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_schemas",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.String(), nullable=True),
        sa.Column("system", sa.String(), nullable=True),
        sa.Column(
            "domain",
            sa.Enum("GH", "JY", "ZY", "ZF", "AQ", "ZC", name="domain", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column(
            "layer",
            sa.Enum("source", "standard", "application", name="layer", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column(
            "store",
            sa.Enum("raw", "base", "theme", "special", "share", name="store", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("standard", sa.String(), nullable=True),
        sa.Column("steward", sa.String(), nullable=True),
        sa.Column(
            "lifecycle",
            sa.Enum(
                "planned",
                "in_use",
                "archived",
                "to_destroy",
                "destroyed",
                name="lifecycle",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "sharing",
            sa.Enum("unconditional", "conditional", "none", name="sharing", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("sharing_reason", sa.String(), nullable=True),
        sa.Column(
            "rhythm",
            sa.Enum(
                "real_time",
                "daily",
                "weekly",
                "monthly",
                "quarterly",
                "yearly",
                "irregular",
                "never",
                name="rhythm",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("own", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_ledger_schemas_org")),
        sa.ForeignKeyConstraint(["owner"], ["organisations.code"], name=op.f("fk_ledger_schemas_owner")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_ledger_schemas_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_schemas")),
        sa.UniqueConstraint("source_id", "name", name=op.f("uq_ledger_schemas_source_id_name")),
    )
    with op.batch_alter_table("ledger_schemas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_schemas_org"), ["org"], unique=False)

    op.create_table(
        "scan_snapshots",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.code"], name=op.f("fk_scan_snapshots_org")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["scan_runs.id"], name=op.f("fk_scan_snapshots_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_snapshots")),
        sa.UniqueConstraint("run_id", name=op.f("uq_scan_snapshots_run_id")),
    )
    with op.batch_alter_table("scan_snapshots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_snapshots_org"), ["org"], unique=False)

    with op.batch_alter_table("ledger_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("table_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("schema_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("source_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("by_id", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("why", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("batch", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", soc.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.alter_column("item_id", existing_type=sa.CHAR(length=32), nullable=True)
        batch_op.create_index(batch_op.f("ix_ledger_changes_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_changes_schema_id"), ["schema_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_changes_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_changes_table_id"), ["table_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_ledger_changes_schema_id"), "ledger_schemas", ["schema_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ledger_changes_table_id"), "ledger_tables", ["table_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ledger_changes_source_id"), "sources", ["source_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("data_type", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("scan_type", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("pattern", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("next_review", soc.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("operator", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("system", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "domain",
                sa.Enum("GH", "JY", "ZY", "ZF", "AQ", "ZC", name="domain", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "layer",
                sa.Enum("source", "standard", "application", name="layer", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "store",
                sa.Enum("raw", "base", "theme", "special", "share", name="store", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("standard", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("steward", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "lifecycle",
                sa.Enum(
                    "planned",
                    "in_use",
                    "archived",
                    "to_destroy",
                    "destroyed",
                    name="lifecycle",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "sharing",
                sa.Enum("unconditional", "conditional", "none", name="sharing", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("sharing_reason", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "rhythm",
                sa.Enum(
                    "real_time",
                    "daily",
                    "weekly",
                    "monthly",
                    "quarterly",
                    "yearly",
                    "irregular",
                    "never",
                    name="rhythm",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("own", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owner", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_ledger_items_pattern"), ["pattern"], unique=False)
        batch_op.create_index("ix_ledger_items_waiting", ["org", "status", "type"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_ledger_items_owner"), "organisations", ["owner"], ["code"])

    with op.batch_alter_table("ledger_tables", schema=None) as batch_op:
        batch_op.add_column(sa.Column("schema_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "table",
                    "view",
                    "file",
                    "index",
                    "interface",
                    "model",
                    name="tablekind",
                    native_enum=False,
                    length=40,
                ),
                nullable=False,
                server_default="table",
            )
        )
        batch_op.add_column(sa.Column("comment", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(
            sa.Column("persons_low", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("persons_high", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("operator", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("system", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "domain",
                sa.Enum("GH", "JY", "ZY", "ZF", "AQ", "ZC", name="domain", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "layer",
                sa.Enum("source", "standard", "application", name="layer", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "store",
                sa.Enum("raw", "base", "theme", "special", "share", name="store", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("standard", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("steward", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "lifecycle",
                sa.Enum(
                    "planned",
                    "in_use",
                    "archived",
                    "to_destroy",
                    "destroyed",
                    name="lifecycle",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "sharing",
                sa.Enum("unconditional", "conditional", "none", name="sharing", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("sharing_reason", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "rhythm",
                sa.Enum(
                    "real_time",
                    "daily",
                    "weekly",
                    "monthly",
                    "quarterly",
                    "yearly",
                    "irregular",
                    "never",
                    name="rhythm",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("own", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owner", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_ledger_tables_schema_id"), ["schema_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_ledger_tables_owner"), "organisations", ["owner"], ["code"])
        batch_op.create_foreign_key(
            batch_op.f("fk_ledger_tables_schema_id"), "ledger_schemas", ["schema_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("operator", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("system", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "domain",
                sa.Enum("GH", "JY", "ZY", "ZF", "AQ", "ZC", name="domain", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "layer",
                sa.Enum("source", "standard", "application", name="layer", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "store",
                sa.Enum("raw", "base", "theme", "special", "share", name="store", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("standard", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("steward", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "lifecycle",
                sa.Enum(
                    "planned",
                    "in_use",
                    "archived",
                    "to_destroy",
                    "destroyed",
                    name="lifecycle",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "sharing",
                sa.Enum("unconditional", "conditional", "none", name="sharing", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("sharing_reason", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "rhythm",
                sa.Enum(
                    "real_time",
                    "daily",
                    "weekly",
                    "monthly",
                    "quarterly",
                    "yearly",
                    "irregular",
                    "never",
                    name="rhythm",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("own", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("owner", sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sources_owner"), "organisations", ["owner"], ["code"])

    _describe_what_is_there()


def _describe_what_is_there() -> None:
    """What the scans before said stays known as theirs; files are files; domains come from the categories."""
    op.execute("UPDATE ledger_items SET scan_type = type WHERE status = 'proposed'")
    op.execute(
        "UPDATE ledger_tables SET kind = 'file' WHERE source_id IN (SELECT id FROM sources WHERE kind = 'files')"
    )
    domains = "('GH', 'JY', 'ZY', 'ZF', 'AQ', 'ZC')"
    for table in ("ledger_tables", "ledger_items"):
        op.execute(f"UPDATE {table} SET domain = substr(category, 1, 2) WHERE substr(category, 1, 2) IN {domains}")  # noqa: S608
    op.execute(
        "UPDATE ledger_items SET domain = (SELECT t.domain FROM ledger_tables t WHERE t.id = ledger_items.table_id)"
        " WHERE domain IS NULL"
    )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sources_owner"), type_="foreignkey")
        batch_op.drop_column("owner")
        batch_op.drop_column("own")
        batch_op.drop_column("rhythm")
        batch_op.drop_column("sharing_reason")
        batch_op.drop_column("sharing")
        batch_op.drop_column("lifecycle")
        batch_op.drop_column("steward")
        batch_op.drop_column("standard")
        batch_op.drop_column("store")
        batch_op.drop_column("layer")
        batch_op.drop_column("domain")
        batch_op.drop_column("system")
        batch_op.drop_column("operator")

    with op.batch_alter_table("ledger_tables", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ledger_tables_schema_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ledger_tables_owner"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ledger_tables_schema_id"))
        batch_op.drop_column("owner")
        batch_op.drop_column("own")
        batch_op.drop_column("rhythm")
        batch_op.drop_column("sharing_reason")
        batch_op.drop_column("sharing")
        batch_op.drop_column("lifecycle")
        batch_op.drop_column("steward")
        batch_op.drop_column("standard")
        batch_op.drop_column("store")
        batch_op.drop_column("layer")
        batch_op.drop_column("domain")
        batch_op.drop_column("system")
        batch_op.drop_column("operator")
        batch_op.drop_column("persons_high")
        batch_op.drop_column("persons_low")
        batch_op.drop_column("bytes")
        batch_op.drop_column("comment")
        batch_op.drop_column("kind")
        batch_op.drop_column("schema_id")

    with op.batch_alter_table("ledger_items", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ledger_items_owner"), type_="foreignkey")
        batch_op.drop_index("ix_ledger_items_waiting")
        batch_op.drop_index(batch_op.f("ix_ledger_items_pattern"))
        batch_op.drop_column("owner")
        batch_op.drop_column("own")
        batch_op.drop_column("rhythm")
        batch_op.drop_column("sharing_reason")
        batch_op.drop_column("sharing")
        batch_op.drop_column("lifecycle")
        batch_op.drop_column("steward")
        batch_op.drop_column("standard")
        batch_op.drop_column("store")
        batch_op.drop_column("layer")
        batch_op.drop_column("domain")
        batch_op.drop_column("system")
        batch_op.drop_column("operator")
        batch_op.drop_column("next_review")
        batch_op.drop_column("pattern")
        batch_op.drop_column("scan_type")
        batch_op.drop_column("data_type")

    with op.batch_alter_table("ledger_changes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ledger_changes_source_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ledger_changes_table_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ledger_changes_schema_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ledger_changes_table_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_changes_source_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_changes_schema_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_changes_batch"))
        batch_op.alter_column("item_id", existing_type=sa.CHAR(length=32), nullable=False)
        batch_op.drop_column("undone_at")
        batch_op.drop_column("batch")
        batch_op.drop_column("why")
        batch_op.drop_column("by_id")
        batch_op.drop_column("source_id")
        batch_op.drop_column("schema_id")
        batch_op.drop_column("table_id")

    with op.batch_alter_table("scan_snapshots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_snapshots_org"))

    op.drop_table("scan_snapshots")
    with op.batch_alter_table("ledger_schemas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_schemas_org"))

    op.drop_table("ledger_schemas")
