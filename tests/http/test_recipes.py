"""Saved pipelines: versions, who sees them, and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from flask import Flask

from app.models import JobStatus
from tests.http.conftest import Caller
from tests.http.factory import Factory

MODULES = ["trim_spaces", {"key": "convert_types", "columns": ["Tutar"]}]


def sent(api: Caller, text: str) -> int:
    form = {"file": (io.BytesIO(text.encode()), "orders.csv")}
    answer = api.post("/v1/upload/csv", data=form, content_type="multipart/form-data")
    found: int = answer.get_json()["upload_id"]
    return found


@pytest.fixture
def upload_id(api: Caller) -> int:
    return sent(api, "Ad;Tutar\n Ada ;1,5\nBob;2,5\n")


@pytest.fixture
def saved(api: Caller, upload_id: int) -> Any:
    body = {"name": "Orders", "upload_id": upload_id, "modules": MODULES}
    return api.post("/v1/pipeline/recipes", json=body)


def body_for(columns: list[str], **values: Any) -> dict[str, Any]:
    return {"name": "Orders", "columns": columns, "modules": MODULES, **values}


def test_a_recipe_is_saved_with_all_it_takes_to_replay(api: Caller, saved: Any) -> None:
    answer = saved.get_json()

    assert saved.status_code == 201
    assert saved.headers["Location"] == f"/v1/pipeline/recipes/{answer['id']}"
    assert (answer["name"], answer["version"], answer["latest_version"]) == ("Orders", 1, 1)
    recipe = answer["recipe"]
    assert recipe["reading"]["delimiter"] == ";"
    assert recipe["columns"] == ["Ad", "Tutar"]
    assert recipe["modules"][1]["params"]["columns"] == ["Tutar"]
    assert recipe["modules"][1]["params"]["numeric_threshold"] == 0.7
    assert recipe["versions"]["modules"] == {"trim_spaces": 1, "convert_types": 1}


def test_a_recipe_of_another_server_can_be_saved_as_it_stands(api: Caller, saved: Any) -> None:
    recipe = saved.get_json()["recipe"]

    again = api.post("/v1/pipeline/recipes", json=recipe)

    assert again.status_code == 201
    known = {name: value for name, value in recipe["reading"].items() if value is not None}
    assert again.get_json()["recipe"] == {**recipe, "reading": known}


def test_a_new_version_leaves_the_old_one_to_be_seen(api: Caller, saved: Any) -> None:
    where = saved.headers["Location"]
    body = body_for(["Ad", "Tutar"], name="Orders 2", modules=["trim_spaces"])

    changed = api.put(where, json=body, headers={"If-Match": saved.headers["ETag"]})

    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    assert api.get(where).get_json()["name"] == "Orders 2"
    first = api.get(f"{where}?version=1").get_json()
    assert (first["name"], first["version"], first["latest_version"]) == ("Orders", 1, 2)
    assert api.get(f"{where}?version=3").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_change_must_say_what_it_changes(api: Caller, saved: Any, method: str) -> None:
    where, body = saved.headers["Location"], body_for(["Ad", "Tutar"])
    change = getattr(api, method)
    options = {"json": body} if method == "put" else {}

    blind = change(where, **options)
    stale = change(where, **options, headers={"If-Match": '"another"'})

    assert (blind.status_code, blind.get_json()["code"]) == (428, "precondition-required")
    assert (stale.status_code, stale.get_json()["code"]) == (412, "precondition-failed")
    assert api.get(where).get_json()["version"] == 1


def test_the_second_of_two_changes_at_once_is_told(api: Caller, saved: Any) -> None:
    where, match = saved.headers["Location"], {"If-Match": saved.headers["ETag"]}
    body = body_for(["Ad", "Tutar"])

    first = api.put(where, json=body, headers=match)
    second = api.put(where, json=body, headers=match)

    assert (first.status_code, second.status_code) == (200, 412)
    assert api.delete(where, headers={"If-Match": first.headers["ETag"]}).status_code == 204
    assert api.get(where).status_code == 404


def test_a_recipe_is_a_304_until_it_changes(api: Caller, saved: Any) -> None:
    same = api.get(saved.headers["Location"], headers={"If-None-Match": saved.headers["ETag"]})

    assert same.status_code == 304


def test_recipes_come_in_pages_the_newest_first(api: Caller) -> None:
    for number in range(3):
        body = body_for(["Tutar"], name=f"R{number}", modules=["trim_spaces"])
        assert api.post("/v1/pipeline/recipes", json=body).status_code == 201

    first = api.get("/v1/pipeline/recipes?limit=2").get_json()
    rest = api.get(f"/v1/pipeline/recipes?limit=2&cursor={first['next_cursor']}").get_json()

    assert first["total_recipes"] == 3
    names = [each["name"] for each in first["recipes"] + rest["recipes"]]
    assert names == ["R2", "R1", "R0"]


def test_recipes_of_others_are_unknown(reader: Caller, admin: Caller, saved: Any) -> None:
    where = saved.headers["Location"]

    assert reader.get(where).get_json()["code"] == "recipe-not-found"
    assert reader.get("/v1/pipeline/recipes").get_json()["recipes"] == []
    assert admin.get(where).status_code == 200


@pytest.mark.parametrize(
    "body, pointers",
    [
        pytest.param({"modules": [], "columns": []}, ["/name"], id="no-name"),
        pytest.param({"name": "x", "modules": []}, [""], id="no-columns"),
        pytest.param(
            {"name": "x", "modules": ["a"], "columns": [], "upload_id": 1},
            ["/upload_id"],
            id="columns-twice",
        ),
        pytest.param(
            body_for(["Ad"], modules=["nonsense", {"key": "trim_spaces", "columns": ["X"]}]),
            ["/modules/0", "/modules/1/columns/0"],
            id="modules",
        ),
        pytest.param(
            body_for(["Tutar"], reading={"encodng": "x"}), ["/reading/encodng"], id="reading"
        ),
        pytest.param(
            {"name": "x", "modules": [], "upload_id": 10**9}, ["/upload_id"], id="no-upload"
        ),
    ],
)
def test_what_cannot_be_saved_is_refused_with_pointers(
    api: Caller, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = api.post("/v1/pipeline/recipes", json=body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == pointers


def test_a_recipe_is_run_by_its_id(api: Caller, upload_id: int, saved: Any) -> None:
    recipe_id = saved.get_json()["id"]

    answer = api.post("/v1/queue/submit", json={"upload_id": upload_id, "recipe_id": recipe_id})

    job = answer.get_json()
    assert answer.status_code == 201
    assert (job["recipe_id"], job["recipe_version"]) == (recipe_id, 1)
    assert job["modules"] == ["trim_spaces", "convert_types"]
    assert job["warnings"] == []


def test_columns_that_do_not_match_are_all_named_and_can_be_mapped(
    api: Caller, saved: Any
) -> None:
    other = sent(api, "Name;Amount\nAda;1,5\nBob;2,5\n")
    body = {"upload_id": other, "recipe_id": saved.get_json()["id"]}

    refused = api.post("/v1/queue/submit", json=body)
    wrong = api.post("/v1/queue/submit", json={**body, "column_map": {"Tutar": "Amout"}})
    mapped = api.post("/v1/queue/submit", json={**body, "column_map": {"Tutar": "Amount"}})

    assert refused.get_json()["errors"] == [
        {"pointer": "/recipe_id", "message": 'convert_types: There is no column "Tutar".'}
    ]
    assert wrong.get_json()["errors"][0]["pointer"] == "/column_map/Tutar"
    assert mapped.status_code == 201
    assert mapped.get_json()["pipeline"][1]["params"]["columns"] == ["Amount"]


def test_a_map_of_names_the_recipe_does_not_know_is_refused(
    api: Caller, upload_id: int, saved: Any
) -> None:
    body = {"upload_id": upload_id, "recipe_id": saved.get_json()["id"]}

    answer = api.post("/v1/queue/submit", json={**body, "column_map": {"Tutr": "Tutar"}})

    assert answer.get_json()["errors"] == [
        {
            "pointer": "/column_map/Tutr",
            "message": 'The recipe names no column "Tutr". Did you mean "Tutar"?',
        }
    ]


def test_the_recipe_says_how_the_file_is_read(api: Caller) -> None:
    bare = sent(api, "Ada;1,5\nBob;2,5\nCem;3,5\n")
    body = body_for(
        ["column_1", "column_2"], modules=[{"key": "trim_spaces", "columns": ["column_2"]}]
    )
    body["reading"] = {"header": False, "delimiter": ";"}
    recipe = api.post("/v1/pipeline/recipes", json=body).get_json()

    answer = api.post("/v1/queue/submit", json={"upload_id": bare, "recipe_id": recipe["id"]})

    assert answer.status_code == 201


def test_a_recipe_made_with_other_versions_is_warned_of(api: Caller, upload_id: int) -> None:
    body = body_for(["Ad", "Tutar"], versions={"modules": {"trim_spaces": 0}})
    recipe = api.post("/v1/pipeline/recipes", json=body).get_json()

    job = api.post(
        "/v1/queue/submit", json={"upload_id": upload_id, "recipe_id": recipe["id"]}
    ).get_json()

    assert job["warnings"][0].startswith("trim_spaces is version 1 here and was 0")


@pytest.mark.parametrize(
    "body, pointer",
    [
        pytest.param({}, "/modules", id="neither"),
        pytest.param({"modules": [], "recipe_id": 1}, "", id="both"),
        pytest.param({"recipe_id": 10**9}, "/recipe_id", id="unknown"),
        pytest.param({"modules": [], "column_map": {}}, "/column_map", id="map-without-recipe"),
        pytest.param({"modules": [], "recipe_version": 1}, "/recipe_version", id="version"),
        pytest.param({"modules": [], "change_log": "yes"}, "/change_log", id="change-log"),
    ],
)
def test_a_job_has_modules_or_a_recipe(
    api: Caller, upload_id: int, body: dict[str, Any], pointer: str
) -> None:
    answer = api.post("/v1/queue/submit", json={"upload_id": upload_id, **body})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_changes_are_there_when_they_were_asked_for(
    api: Caller, make: Factory, app: Flask, tmp_path: Path
) -> None:
    job = make.completed_job(change_log=True)
    folder = app.config["NEATDATA"].instance_dir / "files" / "results" / str(job.result_name)
    pl.DataFrame({"row": [1]}).write_parquet(folder / "changes.parquet")

    link = api.get(f"/v1/queue/jobs/{job.id}").get_json()["result"]["changes"]
    answer = api.get(link)

    assert answer.mimetype == "application/vnd.apache.parquet"
    assert pl.read_parquet(io.BytesIO(answer.data)).to_dicts() == [{"row": 1}]


def test_a_job_without_a_change_log_says_so(api: Caller, make: Factory) -> None:
    job = make.completed_job()
    running = make.job(JobStatus.PROCESSING, change_log=True)

    none = api.get(f"/v1/queue/jobs/{job.id}/changes")
    early = api.get(f"/v1/queue/jobs/{running.id}/changes")

    assert (none.status_code, none.get_json()["code"]) == (404, "no-change-log")
    assert (early.status_code, early.get_json()["code"]) == (409, "no-result")
    assert api.get(f"/v1/queue/jobs/{job.id}").get_json()["result"]["changes"] is None


def test_a_retry_does_the_same_with_the_same_options(api: Caller, make: Factory) -> None:
    job = make.completed_job(
        change_log=True, recipe_id=7, recipe_version=2, reading={"header": True}
    )

    again = api.post(f"/v1/queue/jobs/{job.id}/retry").get_json()

    assert (again["change_log"], again["recipe_id"], again["recipe_version"]) == (True, 7, 2)


def test_the_answer_is_a_file_for_the_command_line(saved: Any) -> None:
    from app.engine.recipe import read_recipe

    assert read_recipe(json.loads(saved.data)).name == "Orders"
