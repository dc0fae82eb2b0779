"""Files as downloads."""

from __future__ import annotations

import pytest

from tests.http.conftest import Caller
from tests.http.factory import Factory

CONTENT = b"name,city\nAda,London\n"


def test_the_clean_file_is_csv_with_a_name(api: Caller, make: Factory) -> None:
    upload = make.upload(filename="müşteri listesi.xlsx")
    job = make.completed_job(CONTENT, upload_id=upload.id)

    answer = api.get(f"/v1/queue/jobs/{job.id}/result")

    assert answer.data == CONTENT
    assert answer.content_type == "text/csv; charset=utf-8"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''m%C3%BC%C5%9Fteri%20listesi.clean.csv" in disposition


@pytest.mark.parametrize(
    "filename", ['a"b.csv', "a;b=c.csv", "a\\b.csv", "表.csv", "%0d%0aX-Evil: 1.csv", "'.csv"]
)
def test_no_file_name_breaks_out_of_its_header(
    api: Caller, make: Factory, filename: str
) -> None:
    job = make.completed_job(upload_id=make.upload(filename=filename).id)

    answer = api.get(f"/v1/queue/jobs/{job.id}/result")

    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.parametrize(
    ("asked", "status", "data", "content_range"),
    [
        pytest.param("bytes=0-3", 206, b"name", "bytes 0-3/21", id="beginning"),
        pytest.param("bytes=10-", 206, CONTENT[10:], "bytes 10-20/21", id="rest"),
        pytest.param("bytes=-7", 206, b"London\n", "bytes 14-20/21", id="end"),
        pytest.param("bytes=0-999", 206, CONTENT, "bytes 0-20/21", id="more-than-there-is"),
        pytest.param("bytes=99-", 416, None, "bytes */21", id="outside"),
        pytest.param("lines=1-2", 416, None, "bytes */21", id="other-unit"),
    ],
)
def test_a_part_can_be_fetched(
    api: Caller,
    make: Factory,
    asked: str,
    status: int,
    data: bytes | None,
    content_range: str,
) -> None:
    job = make.completed_job(CONTENT)

    answer = api.get(f"/v1/queue/jobs/{job.id}/result", headers={"Range": asked})

    assert answer.status_code == status
    assert answer.headers["Content-Range"] == content_range
    if data is not None:
        assert answer.data == data


def test_a_download_goes_on_only_with_the_same_file(api: Caller, make: Factory) -> None:
    job = make.completed_job(CONTENT)
    path = f"/v1/queue/jobs/{job.id}/result"
    tag = api.get(path).headers["ETag"]

    goes_on = api.get(path, headers={"Range": "bytes=10-", "If-Range": tag})
    starts_anew = api.get(path, headers={"Range": "bytes=10-", "If-Range": '"other"'})

    assert not tag.startswith("W/")
    assert (goes_on.status_code, goes_on.data) == (206, CONTENT[10:])
    assert (starts_anew.status_code, starts_anew.data) == (200, CONTENT)


def test_who_has_the_file_gets_a_304(api: Caller, make: Factory) -> None:
    path = f"/v1/queue/jobs/{make.completed_job().id}/result"
    tag = api.get(path).headers["ETag"]

    answer = api.get(path, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")


def test_head_tells_the_size(api: Caller, make: Factory) -> None:
    answer = api.head(f"/v1/queue/jobs/{make.completed_job(CONTENT).id}/result")

    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_an_unknown_format_is_refused_with_those_there_are(api: Caller, make: Factory) -> None:
    answer = api.get(f"/v1/queue/jobs/{make.completed_job().id}/result?format=pdf")

    assert answer.status_code == 422
    assert "parquet" in answer.get_json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "accept", ["*/*", "text/html, */*;q=0.8", "application/json", "text/csv", ""]
)
def test_accept_names_a_format_or_is_passed_over(
    api: Caller, make: Factory, accept: str
) -> None:
    answer = api.get(
        f"/v1/queue/jobs/{make.completed_job().id}/result", headers={"Accept": accept}
    )

    assert answer.mimetype == "text/csv"
    assert "Accept" in answer.headers["Vary"]


def test_the_report_is_the_engines_own(api: Caller, make: Factory) -> None:
    answer = api.get(f"/v1/queue/jobs/{make.completed_job().id}/report")

    assert answer.get_json() == {"rows_in": 2, "modules": []}


def test_the_rejects_are_csv(api: Caller, make: Factory) -> None:
    answer = api.get(f"/v1/queue/jobs/{make.completed_job().id}/rejects")

    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"record,line,module,reason,raw")
    assert "table.rejects.csv" in answer.headers["Content-Disposition"]


FORMULA = b'name,n\n"=HYPERLINK(""http://evil"")",-5\n-7,-5\n'


def test_a_safe_download_marks_formulas_and_says_how_many(api: Caller, make: Factory) -> None:
    job = make.completed_job(FORMULA)
    path = f"/v1/queue/jobs/{job.id}/result"

    safe = [api.get(f"{path}?spreadsheet_safe=true") for _ in range(2)]
    workbook = api.get(f"{path}?spreadsheet_safe=true&format=xlsx")
    plain = api.get(f"{path}?spreadsheet_safe=false")

    assert [answer.headers["X-Marked-Cells"] for answer in (*safe, workbook)] == ["1"] * 3
    assert safe[0].data == safe[1].data == FORMULA.replace(b'"=', b"\"'=")
    assert plain.data == FORMULA
    assert "X-Marked-Cells" not in plain.headers
    assert plain.headers["ETag"] != safe[0].headers["ETag"]


def test_what_no_spreadsheet_computes_cannot_be_made_safe(api: Caller, make: Factory) -> None:
    path = f"/v1/queue/jobs/{make.completed_job().id}/result"

    answer = api.get(f"{path}?format=parquet&spreadsheet_safe=true")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/spreadsheet_safe"
