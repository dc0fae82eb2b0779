"""`make run`, from its command on: the job before one's eyes, the link, the end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.acceptance.server import ROOT, free_port

#: By hand from examples/siparisler.csv: rows in, rows out, cells changed.
COUNTS = {
    "standardize_headers": (9, 9, 0),
    # A name and a note in mojibake, two spaces in a name, curly quotes.
    "text_normalize": (9, 9, 4),
    # Ayşe Yılmaz and one Mehmet Öz.
    "trim_spaces": (9, 9, 2),
    # The second Mehmet Öz, and Ayşe Yılmaz again, whose quotes are straight by now.
    "drop_duplicates": (9, 7, 0),
    # N/A, N/A, - and null.
    "handle_missing": (7, 7, 4),
    # Every amount that is there; postal codes keep their zeros.
    "convert_types": (7, 7, 6),
}
CLEAN = '''\
musteri_adi,sehir,posta_kodu,tutar,not
Ayşe Yılmaz,İstanbul,34710,1988.39,"""acele"""
Mehmet Öz,Ankara,06100,2500.00,
Işıl Çelik,İzmir,35220,12.50,
Gül Şen,Bursa,16010,740.00,kapıda ödeme
Can Demir,Antalya,07030,1250.00,hediye paketi
Deniz Kaya,Adana,01010,,
Elif Aydın,Eskişehir,26100,85.90,teslim edildi
'''
Launch = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Starts `flask welcome` on one instance folder and port, and ends what is left of it."""
    started: list[subprocess.Popen[str]] = []
    port = str(free_port())

    def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
        environ = {name: value for name, value in os.environ.items() if "NEATDATA" not in name}
        environ |= {
            "NEATDATA_INSTANCE_DIR": str(tmp_path / "instance"),
            "NEATDATA_PORT": port,
            "NEATDATA_SHUTDOWN_GRACE_SECONDS": "1",
        } | settings
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "welcome", *arguments],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def link(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it printed up to the link, and the link."""
    assert process.stdout is not None
    timer = threading.Timer(60, process.kill)
    timer.start()
    text = ""
    for line in process.stdout:
        text += line
        if "/#key=" in line:
            timer.cancel()
            return text, line.strip()
    raise AssertionError(text)


def test_the_job_is_done_once_and_its_counts_are_right_by_hand(
    launch: Launch, tmp_path: Path
) -> None:
    process = launch("--once")

    out, err = process.communicate(timeout=90)

    assert (process.returncode, err) == (0, "")
    for key, counts in COUNTS.items():
        assert re.search(rf"^{key} +{counts[0]} -> {counts[1]} +{counts[2]} ", out, re.M), out
    assert "9 rows in, 7 out, 2 removed, 1 set aside" in out
    assert "line 7, refused: expected 5 fields, found 6" in out
    folder = tmp_path / "instance" / "welcome"
    assert (folder / "siparisler.clean.csv").read_text(encoding="utf-8") == CLEAN
    assert "bozuk satır" in (folder / "siparisler.rejects.csv").read_text(encoding="utf-8")


def test_it_goes_on_serving_behind_a_link_that_logs_in_and_stops_on_ctrl_c(
    launch: Launch,
) -> None:
    process = launch()
    text, url = link(process)
    address, key = url.split("/#key=")

    answer = requests.get(f"{address}/v1/queue/stats", headers={"X-API-Key": key}, timeout=10)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert answer.json()["completed"] == 1
    assert "drop_duplicates" in text
    assert (process.returncode, err) == (0, "")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{address}/v1/health", timeout=5)


def test_an_instance_in_use_by_people_is_shown_no_job(launch: Launch) -> None:
    launch("--once").communicate(timeout=90)

    text, url = link(launch())

    assert "messy" not in text
    key = url.split("=")[1]
    headers = {"X-API-Key": key}
    uploads = requests.get(f"{url.split('/#')[0]}/v1/db/uploads", headers=headers, timeout=10)
    assert uploads.json()["total_uploads"] == 1


def test_a_port_in_use_is_one_line(launch: Launch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        _, err = (process := launch("--once", NEATDATA_PORT=port)).communicate(timeout=60)

    assert process.returncode == 1
    assert err.count("\n") == 1
    assert f"NeatData cannot start: port {port} of 127.0.0.1 cannot be had" in err


def test_another_server_on_the_folder_is_one_line(launch: Launch) -> None:
    link(launch())

    _, err = (process := launch(NEATDATA_PORT=str(free_port()))).communicate(timeout=60)

    assert process.returncode == 1
    assert err.count("\n") == 1
    assert "another server is running on the instance folder" in err


def test_a_bad_setting_is_one_line(launch: Launch) -> None:
    _, err = (process := launch(NEATDATA_WORKERS="two")).communicate(timeout=60)

    assert process.returncode != 0
    assert "NeatData cannot start: NEATDATA_WORKERS must be a whole number" in err
    assert "Traceback" not in err


def test_a_server_that_cannot_start_is_quoted(launch: Launch) -> None:
    _, err = (process := launch(NEATDATA_ADMIN_KEY="hunter2")).communicate(timeout=60)

    assert process.returncode == 1
    assert "NEATDATA_ADMIN_KEY is not a key" in err
    assert err.count("\n") == 1
    assert "hunter2" not in err
