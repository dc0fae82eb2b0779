"""Who may do what over REST: the whole matrix, and that nothing is missing from it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.services import Services
from tests.security.cast import Cast, Things, things_of_nobody
from tests.security.matrix import CALLERS, OPERATIONS, ask

#: 401 by the reason.
REASONS = {
    "nobody": "missing-key",
    "malformed": "malformed-key",
    "unknown": "unknown-key",
    "wrong-secret": "unknown-key",
    "expired": "expired-key",
    "revoked": "revoked-key",
}
#: Operations that a caller who does not own the thing is refused, by the thing's id.
ABOUT_THINGS = [
    operation
    for operation, statuses in OPERATIONS.items()
    if dict(zip(CALLERS, statuses, strict=True))["foreign"] in (404, 422)
]
LISTS = [
    operation
    for operation in OPERATIONS
    if operation.startswith("GET") and operation.endswith(("/uploads", "/jobs", "/recipes"))
]


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    """From the routes themselves, so that a new one cannot be forgotten."""
    operations = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert operations == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_everyone_gets_what_the_matrix_says(
    app: Flask, services: Services, cast: Cast, operation: str
) -> None:
    """Whoever is refused has changed nothing."""
    answered = {}
    for name in CALLERS:
        things = cast.things_for(name)

        answer = ask(app, operation, things, cast.headers(name))

        answered[name] = answer.status_code
        if answer.status_code == 401:
            assert answer.get_json()["code"] == REASONS[name]
        if answer.status_code >= 400:
            assert untouched(services, cast, things)
    assert answered == dict(zip(CALLERS, OPERATIONS[operation], strict=True))


@pytest.mark.parametrize("operation", ABOUT_THINGS)
def test_what_is_someone_elses_is_as_unknown_as_what_never_was(
    app: Flask, cast: Cast, operation: str
) -> None:
    foreign = cast.headers("foreign")
    theirs, nobodys = cast.things_for("foreign"), things_of_nobody()

    refused = ask(app, operation, theirs, foreign)
    unknown = ask(app, operation, nobodys, foreign)

    assert refused.status_code == unknown.status_code
    assert without_ids(refused, theirs) == without_ids(unknown, nobodys)


def test_a_recipe_of_someone_else_is_unknown_too(app: Flask, cast: Cast) -> None:
    """Over an upload of one's own, so that the recipe alone is at fault."""
    upload = ask(app, "POST /v1/upload/csv", things_of_nobody(), cast.headers("foreign"))
    theirs, nobodys = cast.things_for("foreign"), things_of_nobody()
    refused, unknown = (
        app.test_client().post(
            "/v1/queue/submit",
            json={
                "upload_id": upload.get_json()["upload_id"],
                "recipe_id": things.recipe_id,
            },
            headers=cast.headers("foreign"),
        )
        for things in (theirs, nobodys)
    )

    assert refused.status_code == unknown.status_code == 422
    assert without_ids(refused, theirs) == without_ids(unknown, nobodys)


@pytest.mark.parametrize("operation", LISTS)
def test_lists_hold_what_is_the_callers_own(app: Flask, cast: Cast, operation: str) -> None:
    """Whatever the cursor says: one that an owner was given opens nothing for others."""
    things = cast.things_for("owner")
    mine = ask(app, operation, things, cast.headers("owner")).get_json()
    path = operation.removeprefix("GET ")
    client = app.test_client()
    page = client.get(f"{path}?limit=1", headers=cast.headers("owner")).get_json()
    cast.things_for("owner")

    answers = [
        ask(app, operation, things, cast.headers("foreign")).get_json(),
        client.get(
            f"{path}?cursor={page['next_cursor']}", headers=cast.headers("foreign")
        ).get_json(),
    ]

    kind = path.rpartition("/")[2]
    ids = {entry["id"] for entry in mine[kind]}
    assert ids
    for answer in answers:
        assert ids.isdisjoint(entry["id"] for entry in answer[kind])
    total = f"total_{kind}"
    assert answers[0][total] < mine[total]


def test_an_etag_of_someone_elses_thing_opens_nothing(app: Flask, cast: Cast) -> None:
    """A 304 would say that the thing is there."""
    things = cast.things_for("owner")
    for operation in ABOUT_THINGS:
        if operation.startswith("GET"):
            tag = ask(app, operation, things, cast.headers("owner")).headers["ETag"]

            asked = {**cast.headers("foreign"), "If-None-Match": tag}
            assert ask(app, operation, things, asked).status_code == 404


def test_an_idempotency_key_of_someone_else_repeats_nothing_of_theirs(
    app: Flask, cast: Cast
) -> None:
    """Such a key is known to whoever reads the other's log: it opens no answer."""
    body = {"name": "mine", "columns": ["a"], "modules": ["trim_spaces"]}
    made = {
        name: app.test_client().post(
            "/v1/pipeline/recipes",
            json=body,
            headers={**cast.headers(name), "Idempotency-Key": "the-same"},
        )
        for name in ("owner", "foreign", "admin")
    }

    assert [answer.status_code for answer in made.values()] == [201] * 3
    assert len({answer.get_json()["id"] for answer in made.values()}) == 3


def test_a_head_request_is_as_closed_as_its_get(app: Flask, cast: Cast) -> None:
    things = cast.things_for("owner")
    for operation in OPERATIONS:
        if operation.startswith("GET"):
            for name in ("nobody", "foreign"):
                head = ask(app, operation.replace("GET", "HEAD"), things, cast.headers(name))

                statuses = dict(zip(CALLERS, OPERATIONS[operation], strict=True))
                assert (head.status_code, head.data) == (statuses[name], b"")


def untouched(services: Services, cast: Cast, things: Things) -> bool:
    """Whether all of it is there still, as it was made."""
    admin = cast["admin"].key
    services.uploads.get(admin, things.upload_id)
    assert services.jobs.get(admin, things.pending_id).status == "pending"
    assert services.jobs.get(admin, things.job_id).status == "completed"
    assert services.recipes.get(admin, things.recipe_id).version == 1
    return services.keys.live_among([things.key_id]) == {things.key_id}


def without_ids(answer: TestResponse, things: Things) -> Any:
    """The answer's body, and the names of its headers."""
    text = answer.get_data(as_text=True)
    for number in asdict(things).values():
        text = re.sub(rf"\b{re.escape(str(number))}\b", "ID", text)
    body = json.loads(text)
    body.pop("request_id")
    return body, set(answer.headers.keys())
