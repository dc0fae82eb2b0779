"""Look, be advised, preview, save a recipe, run it over next month's file: in both runtimes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl

from app.engine import clean_file
from app.engine.reading import ReadingOptions
from app.engine.recipe import read_recipe
from tests.acceptance.server import Api

MARCH = "Ad;Tutar;Tarih\n" + "".join(
    f" Kişi {number} ;{number}.250,50;{number + 10}.03.2024\n" for number in range(1, 9)
)
APRIL = MARCH.replace("Tutar", "Amount").replace(".03.", ".04.")


def test_from_a_first_look_to_a_recipe_that_replays(api: Api, tmp_path: Path) -> None:
    march = api.upload(MARCH.encode(), "march.csv")

    # A look: the rows, and what the columns hold.
    rows = api.get(f"/v1/db/uploads/{march}/rows?limit=2").json()
    assert rows["rows"][0] == [" Kişi 1 ", "1.250,50", "11.03.2024"]
    profile = api.get(f"/v1/db/uploads/{march}/profile").json()
    assert [column["type"] for column in profile["columns"]] == ["text", "number", "date"]

    # Advice, and what it would do.
    advice = api.post("/v1/pipeline/suggest", json={"upload_id": march}).json()
    assert [step["module"]["key"] for step in advice["steps"]] == [
        "trim_spaces",
        "parse_dates",
        "convert_types",
    ]
    asked = {"upload_id": march, "modules": advice["modules"]}
    preview = api.post("/v1/pipeline/preview", json=asked).json()
    assert preview["rows"][0]["after"] == {
        "Ad": "Kişi 1",
        "Tutar": "1250.50",
        "Tarih": "2024-03-11",
    }

    # The same by itself, with every change written down.
    job = api.post(
        "/v1/queue/submit", json={"upload_id": march, "modules": ["auto"], "change_log": True}
    ).json()
    result = api.ended(job["id"])["result"]
    clean = api.result(job["id"])
    changes = pl.read_parquet(io.BytesIO(api.get(result["changes"]).content))
    report = api.get(result["report"]).json()
    assert changes.height == sum(module["cells_changed"] for module in report["modules"]) == 24
    assert [step["key"] for step in report["suggested"]] == [
        module["key"] for module in report["modules"]
    ]
    page = api.get(result["report"], headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "march.csv" in page.text

    # Saved, and run again: to the byte, here and on the command line.
    recipe = api.post("/v1/pipeline/recipes", json={"name": "Orders", **asked}).json()
    again = api.post(
        "/v1/queue/submit", json={"upload_id": march, "recipe_id": recipe["id"]}
    ).json()
    api.ended(again["id"])
    assert api.result(again["id"]) == clean
    assert cleaned_here(recipe["recipe"], tmp_path) == clean

    # Next month a column is called otherwise.
    april = api.upload(APRIL.encode(), "april.csv")
    body = {"upload_id": april, "recipe_id": recipe["id"]}
    refused = api.post("/v1/queue/submit", json=body)
    assert refused.status_code == 422
    mapped = api.post("/v1/queue/submit", json={**body, "column_map": {"Tutar": "Amount"}})
    api.ended(mapped.json()["id"])
    first = api.result(mapped.json()["id"]).decode().splitlines()[:2]
    assert first == ["Ad,Amount,Tarih", "Kişi 1,1250.50,2024-04-11"]


def cleaned_here(recipe: dict[str, object], folder: Path) -> bytes:
    """What the engine makes of March by the recipe's file, without the server."""
    (folder / "recipe.json").write_text(json.dumps(recipe))
    (folder / "march.csv").write_text(MARCH)
    read = read_recipe(json.loads((folder / "recipe.json").read_text()))
    clean_file(
        folder / "march.csv",
        folder / "clean.csv",
        read.modules,
        reading=ReadingOptions(**read.reading),
    )
    return (folder / "clean.csv").read_bytes()
