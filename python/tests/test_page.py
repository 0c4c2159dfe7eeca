"""The programs of docs/python.md run, in their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def test_the_programs_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    programs = [each.split("```")[0] for each in page.split("```python\n")[1:]]
    assert len(programs) == 3
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for program in programs:
        exec(compile(program, "docs/python.md", "exec"), names)
    assert names["run"].predict(names["valid"]).index.equals(names["valid"].index)
    assert names["run_of_log"].manifest["data"]["trainRows"] > 0
