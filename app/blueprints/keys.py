"""API keys, for admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.http.auth import requires, services
from app.http.blueprint import Blueprint
from app.http.idempotency import idempotent
from app.http.pagination import Page, moment_and_text
from app.models import ApiKey
from app.schemas.common import PageQuerySchema
from app.schemas.keys import (
    IssuedKeySchema,
    KeyAnswerSchema,
    KeysSchema,
    NewKeySchema,
    RotateSchema,
)

bp = Blueprint("keys", __name__, url_prefix="/keys", description="API keys, for admins.")


def _shown(key: ApiKey, text: str | None) -> tuple[dict[str, Any], dict[str, str]]:
    """A key with its text, which no cache on the way may keep."""
    names = ("id", "name", "scope", "created_at", "expires_at", "revoked_at", "last_used_at")
    body = {**{name: getattr(key, name) for name in names}, "key": text}
    return body, {"Cache-Control": "no-store"}


def _again(key_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    return _shown(services().keys.get(key_id), None)


@bp.get("")
@requires("admin")
@bp.arguments(PageQuerySchema, location="query")
@bp.response(200, KeysSchema)
def list_keys(asked: dict[str, Any]) -> dict[str, Any]:
    """Every key, the newest first, without their secrets.

    200 with `next_cursor`, and a `Link` to the next page; 422 for a bad parameter.
    """
    page: Page[ApiKey] = Page(asked, moment_and_text)
    rows, total = services().keys.page(before=page.position, limit=page.fetch)
    keys, cursor = page.cut(rows, lambda key: [key.created_at.isoformat(), key.id])
    return {"total_keys": total, "keys": keys, "next_cursor": cursor}


@bp.post("")
@requires("admin")
@bp.arguments(NewKeySchema)
@bp.response(201, IssuedKeySchema)
@idempotent(_again, secret="key")
def create_key(new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Make a key. Its text, `key`, is in this answer and nowhere else, ever: an answer that is
    repeated for its `Idempotency-Key` has null there.

    201; 409 while the first request with this `Idempotency-Key` is running; 422 for a bad name,
    scope or expiry.
    """
    issued = services().keys.create(
        new["name"], new["scope"], expires_in_days=new["expires_in_days"]
    )
    return _shown(issued.key, issued.text)


@bp.post("/<key_id>/rotate")
@requires("admin")
@bp.arguments(RotateSchema)
@bp.response(200, IssuedKeySchema)
@bp.problems(404, 409)
def rotate_key(asked: dict[str, Any], key_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Give a key a new secret; the old one opens for `overlap_days` more. Uploads and jobs stay
    the key's.

    200 with the new `key`; 404; 409 for a revoked key; 422 for a bad overlap.
    """
    overlap = timedelta(days=asked["overlap_days"])
    issued = services().keys.rotate(key_id, overlap=overlap)
    return _shown(issued.key, issued.text)


@bp.delete("/<key_id>")
@requires("admin")
@bp.response(200, KeyAnswerSchema)
@bp.problems(404)
def revoke_key(key_id: str) -> ApiKey:
    """End a key for good; its sockets are closed within seconds. Twice is the same as once.

    200 with the key and its `revoked_at`; 404.
    """
    return services().keys.revoke(key_id)
