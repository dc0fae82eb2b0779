"""Everybody who might come to the door, and what belongs to them."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from app.models import ApiKey, JobStatus, Recipe, RecipeVersion, Scope
from app.models.types import utc_now
from app.runtime.machinery import Machinery
from app.services.key_format import KeyText
from app.services.keys import IssuedKey
from tests.http.factory import Factory

#: Who has a key of its own, and may own things.
_KEYS = {
    "expired": Scope.ADMIN,
    "revoked": Scope.ADMIN,
    "read-only": Scope.READ,
    "foreign": Scope.WRITE,
    "owner": Scope.WRITE,
    "admin": Scope.ADMIN,
}
#: Whose things a caller asks for; all others ask for the owner's.
_OF_THEIR_OWN = ("expired", "revoked", "read-only")
_RECIPE = {
    "neatdata_recipe": 1,
    "name": "Orders",
    "description": "",
    "reading": {},
    "columns": ["name", "city"],
    "modules": [{"key": "trim_spaces", "params": {}}],
    "versions": {"engine": "1.0.0", "modules": {"trim_spaces": 1}},
}


@dataclass(frozen=True, kw_only=True)
class Things:
    """One of everything that can belong to a key. `job_id` has ended, `pending_id` has not."""

    upload_id: int
    job_id: uuid.UUID
    pending_id: uuid.UUID
    recipe_id: int
    recipe_tag: str
    key_id: str


class Cast:
    """The callers of the matrix by their names; each brings a key, or what it takes for one."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._machinery: Machinery = app.extensions["neatdata-machinery"]
        self._keys = self._machinery.services.keys
        self._issued = {name: self._keys.create(name, scope) for name, scope in _KEYS.items()}
        self.expire(self._issued["expired"].key)
        self._keys.revoke(self._issued["revoked"].key.id)
        owner = self._issued["owner"]
        self._texts = {
            "nobody": None,
            "malformed": owner.text[:-1] + ("0" if owner.text[-1] != "0" else "1"),
            "unknown": KeyText.new().reveal(),
            "wrong-secret": KeyText.new(owner.key.id).reveal(),
            **{name: issued.text for name, issued in self._issued.items()},
        }

    def __getitem__(self, name: str) -> IssuedKey:
        return self._issued[name]

    def text(self, name: str) -> str | None:
        return self._texts[name]

    def headers(self, name: str) -> dict[str, str]:
        text = self._texts[name]
        return {} if text is None else {"X-API-Key": text}

    def things_for(self, name: str) -> Things:
        """New things for this caller to reach for: its own, or the owner's."""
        owner = self._issued[name if name in _OF_THEIR_OWN else "owner"].key
        make = Factory(self._machinery, owner)
        completed = make.completed_job(change_log=True)
        storage = self._machinery.storage
        (storage.result_folder(completed.result_name) / "changes.parquet").write_bytes(b"PAR1")
        make.log(completed)
        recipe_id = self._recipe(owner)
        recipe = self._app.test_client().get(
            f"/v1/pipeline/recipes/{recipe_id}", headers=self.headers("admin")
        )
        return Things(
            upload_id=make.upload().id,
            job_id=completed.id,
            pending_id=make.job(JobStatus.PENDING).id,
            recipe_id=recipe_id,
            recipe_tag=recipe.headers["ETag"],
            key_id=self._keys.create("bystander", Scope.READ).key.id,
        )

    def _recipe(self, owner: ApiKey) -> int:
        recipe = Recipe(owner_id=owner.id, name="Orders", version=1)
        with self._machinery.services.database.writing() as session:
            session.add(recipe)
            session.flush()
            session.add(RecipeVersion(recipe_id=recipe.id, version=1, content=_RECIPE))
        return recipe.id

    def expire(self, key: ApiKey) -> None:
        with self._machinery.services.database.writing() as session:
            session.get_one(ApiKey, key.id).expires_at = utc_now() - timedelta(seconds=1)


_beyond = itertools.count(2**40)


def things_of_nobody() -> Things:
    """Ids that nothing has, and never will have."""
    number = next(_beyond)
    return Things(
        upload_id=number,
        job_id=uuid.uuid4(),
        pending_id=uuid.uuid4(),
        recipe_id=number,
        recipe_tag='"none"',
        key_id="nobody",
    )
