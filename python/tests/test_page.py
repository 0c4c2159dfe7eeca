"""The programs of the documents run, in the order of each page."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import clicks

import dinc
from dinc import _package

ROOT = Path(__file__).resolve().parents[2]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code whose opening line is `language`, without those of other marks."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def perform(program: str, name: str, names: dict[str, Any]) -> None:
    exec(compile(program, name, "exec"), names)


def test_the_programs_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = blocks(page("docs/python.md"), "python")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for program in programs:
        perform(program, "docs/python.md", names)
    assert names["run"].predict(names["valid"]).index.equals(names["valid"].index)
    assert names["run_of_log"].manifest["data"]["trainRows"] > 0
    assert names["search"].best_params_ == {"learning_rate": 0.01}


def test_the_readme_drafts_trains_and_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    clicks(400).assign(hist_item_id=lambda each: each.hist_item_id.str.join("|")).to_csv(
        "rows.csv", index=False
    )
    (program,) = blocks(page("README.md"), "python twin")
    perform(program, "README.md", {})
    assert dinc.load("ranker").outputs


def test_the_tutorial_leads_from_rows_to_a_ranking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate = ROOT / "examples" / "din-simulated" / "generate.mjs"
    monkeypatch.chdir(tmp_path)
    # The page takes a minute of training; a test needs its form only.
    subprocess.run([_package.node(), str(generate), "--out", "data", "--users", "100"], check=True)
    names: dict[str, Any] = {}
    for program in blocks(page("docs/tutorial.md"), "python twin"):
        perform(program, "docs/tutorial.md", names)
    printed = capsys.readouterr().out
    assert "did you mean `intrest`?" in printed
    assert names["second"].metrics["auc"] > 0.5
    shown = page("docs/tutorial.md").split("```python twin")[-1].split("```text\n")[1].split("```")[0]
    form = re.sub(r"[\d.]+", "0", shown)
    assert re.sub(r"[\d.]+", "0", printed).endswith(form)


TASKS = [each for each in page("docs/cookbook.md").split("\n## ")[1:] if "```python twin" in each]


@pytest.mark.parametrize("task", TASKS, ids=[task.splitlines()[0] for task in TASKS])
def test_a_task_of_the_cookbook(task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (spec,) = blocks(task, "din")
    (program,) = blocks(task, "python twin")
    # So few rows have few steps.
    Path("model.din").write_text(spec.replace("warmup: 200", "warmup: 20"), encoding="utf-8")
    times = pd.date_range("2026-11-01", periods=300, freq="h", tz="UTC")
    items = [f"i{7 * row % 23}" for row in range(300)]
    rows = pd.DataFrame(
        {
            "user_id": [f"u{row % 7}" for row in range(300)],
            "item_id": items,
            "price": 5.0,
            "hist_item_id": [items[max(0, row - 4) : row] for row in range(300)],
            "click": [int(7 * row % 23 < 4) for row in range(300)],
            "clicked": [row % 2 for row in range(300)],
            "time": times,
            "shown_at": times,
        }
    )
    title = task.splitlines()[0]
    names: dict[str, Any] = {"dinc": dinc, "rows": rows}
    if "expect" in program:
        with pytest.raises(dinc.DincError, match="100,000"):
            perform(program, title, names)
        program = program.replace("100_000", "300")
    perform(program.replace("trials=20", "trials=2"), title, names)
