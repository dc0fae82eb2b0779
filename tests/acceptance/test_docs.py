"""What docs/events.md shows works as it stands there."""

from __future__ import annotations

import re
import subprocess

from tests.acceptance.server import ROOT, Api
from tests.acceptance.tables import MESSY, PIPELINE

PAGE = ROOT / "docs" / "events.md"


def test_the_javascript_example_follows_a_job_to_its_end(api: Api, node: str) -> None:
    (example,) = re.findall(r"```js\n(.*?)```", PAGE.read_text(), re.DOTALL)
    job = api.submit(api.upload(MESSY), *PIPELINE)
    for name, value in (("url", api.url), ("api_key", api.key), ("job_id", job["id"])):
        example = re.sub(rf'const {name} = ".*?";', f'const {name} = "{value}";', example)

    finished = subprocess.run(
        [node, "--input-type=module", "--eval", example],
        cwd=ROOT / "tests/js",
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[0].startswith("0 % pending")
    assert lines[-1] == "100 % completed: Done"
    assert len(lines) == len(set(lines))
