"""Saved pipelines, every version of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import UtcDateTime, utc_now


class Recipe(Base):
    """What a key saved; `version` is its newest."""

    __tablename__ = "recipes"
    __table_args__ = (
        sa.Index("ix_recipes_owner", "owner_id", "id"),
        # The id of a deleted recipe never comes back as another one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(sa.ForeignKey("api_keys.id"))
    name: Mapped[str] = mapped_column(sa.String(100))
    #: From 1; raised by every change.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class RecipeVersion(Base):
    """One version of a recipe; it never changes."""

    __tablename__ = "recipe_versions"

    recipe_id: Mapped[int] = mapped_column(sa.ForeignKey("recipes.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    #: The portable recipe (engine Recipe.as_dict()).
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
