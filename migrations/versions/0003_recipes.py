"""Recipes; jobs that follow one, read the file otherwise or log every change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JOB_COLUMNS = ("recipe_id", "recipe_version", "reading", "change_log")


def upgrade() -> None:
    op.create_table(
        "recipes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["api_keys.id"], name=op.f("fk_recipes_owner_id_api_keys")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recipes_owner", "recipes", ["owner_id", "id"], unique=False)

    op.create_table(
        "recipe_versions",
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipes.id"], name=op.f("fk_recipe_versions_recipe_id_recipes")
        ),
        sa.PrimaryKeyConstraint("recipe_id", "version", name=op.f("pk_recipe_versions")),
    )
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("recipe_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("recipe_version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("reading", sa.JSON(), nullable=True))
        table.add_column(
            sa.Column("change_log", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("jobs") as table:
        for column in JOB_COLUMNS:
            table.drop_column(column)
    op.drop_table("recipe_versions")
    op.drop_index("ix_recipes_owner", table_name="recipes")

    op.drop_table("recipes")
