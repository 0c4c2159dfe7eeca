"""`%load_ext dinc` in a kernel of Jupyter: the magic, its completions and hovers, and what trainings and runs show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import SPEC
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from nbconvert import HTMLExporter

BLOCK = "block twice(x: Vec[n]) -> Vec[n] { x |> mlp([8], relu) |> dense(n) }\n"
WRONG = SPEC.replace("binary\n", "binari\n")


@dataclass
class Ran:
    """What a cell showed."""

    error: str | None = None
    printed: str = ""
    shown: list[dict[str, str]] = field(default_factory=list)
    """The displayed values by MIME type, each as it was at last."""
    updates: int = 0
    payload: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)


class Kernel:
    """A kernel in which dinc is loaded. Its folder has the file twice.din."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, cell: str) -> Ran:
        ran = Ran()
        by_id: dict[str, int] = {}

        def hear(message: dict[str, Any]) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                ran.printed += content["text"]
            elif kind == "error":
                ran.error = "\n".join(content["traceback"])
            elif kind in ("display_data", "execute_result"):
                name = content.get("transient", {}).get("display_id")
                if name is not None:
                    by_id[name] = len(ran.shown)
                ran.shown.append(content["data"])
                ran.outputs.append({"output_type": "display_data", "data": content["data"], "metadata": {}})
            elif kind == "update_display_data":
                ran.updates += 1
                ran.shown[by_id[content["transient"]["display_id"]]] = content["data"]

        reply = self.client.execute_interactive(cell, output_hook=hear, timeout=60)
        ran.payload = reply["content"].get("payload", [])
        return ran

    def complete(self, marked: str) -> tuple[list[str], str]:
        """The completions at the character `‸`, and the text that they replace."""
        cell, cursor = marked.replace("‸", ""), marked.index("‸")
        content = self.client.complete(cell, cursor, reply=True, timeout=60)["content"]
        return content["matches"], cell[content["cursor_start"] : content["cursor_end"]]

    def hover(self, marked: str) -> dict[str, str] | None:
        """What Shift-Tab shows at the character `‸`."""
        content = self.client.inspect(marked.replace("‸", ""), marked.index("‸"), reply=True, timeout=60)[
            "content"
        ]
        return content["data"] if content["found"] else None


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "twice.din").write_text(BLOCK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        manager, client = start_new_kernel(cwd=str(folder))
    try:
        tests = str(Path(__file__).resolve().parents[1])
        kernel = Kernel(client)
        # Jedi takes seconds to start.
        begun = kernel.run(
            f"%config IPCompleter.use_jedi = False\n%load_ext dinc\nimport sys\nsys.path.insert(0, {tests!r})\n"
            "from conftest import clicks"
        )
        assert begun.error is None, begun.error
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_cell_defines_a_model_and_shows_its_drawing(kernel: Kernel) -> None:
    ran = kernel.run(f"%%din small\n{SPEC}")
    assert ran.error is None
    (drawing,) = ran.shown
    assert drawing["text/html"].startswith("<svg")
    assert drawing["text/plain"].startswith("Model('small'")
    assert "'small'" in kernel.run("small.name").shown[0]["text/plain"]


def test_a_wrong_cell_leaves_no_old_model(kernel: Kernel) -> None:
    kernel.run(f"%%din mine\n{SPEC}")
    ran = kernel.run(f"%%din mine\n{WRONG}")
    assert ran.error is not None
    assert "mine.din:8:15" in ran.error
    assert "run_cell_magic" not in ran.error
    assert "label click : binari" in ran.error
    assert "did you mean `binary`?" in ran.error
    assert "`mine` is undefined until this cell has no errors." in ran.printed
    assert "`%%din mine --fix` applies the certain fixes." in ran.printed
    assert "NameError" in str(kernel.run("mine").error)


def test_an_error_shows_the_lines_of_the_notebook(kernel: Kernel) -> None:
    error = kernel.run(
        f"import dinc\n\ndef mistaken():\n    return dinc.Model({WRONG!r})\n\nmistaken()"
    ).error
    assert error is not None
    assert [line.strip() for line in error.splitlines()[:3]][::2] == ["DincError, raised by", "mistaken()"]
    assert "in mistaken" in error
    assert "model.py" not in error


def test_fix_mends_the_cell(kernel: Kernel) -> None:
    ran = kernel.run(f"%%din mended --lint --fix\n{WRONG}")
    assert ran.error is None
    (next_input,) = ran.payload
    assert next_input["source"] == "set_next_input"
    assert next_input["replace"] is True
    assert next_input["text"] == f"%%din mended --lint\n{SPEC}"
    assert "'small'" in kernel.run("mended.name").shown[0]["text/plain"]


def test_params_and_variants(kernel: Kernel) -> None:
    spec = SPEC.replace("model small\n", "model small\nparam width = 4\n").replace("mlp([4]", "mlp([width]")
    spec += "variant wide from small { param width = 32 }\n"
    kernel.run(f"%%din wide --variant wide\n{spec}")
    kernel.run(f"%%din set_here --param width=16\n{spec}")
    assert "16" in kernel.run("set_here.params").shown[0]["text/plain"]
    drawn = kernel.run("'Vec[32]' in wide.draw(), 'Vec[16]' in set_here.draw()").shown[0]["text/plain"]
    assert drawn == "(True, True)"
    assert "Python can't call one `3x`" in str(kernel.run(f"%%din 3x\n{spec}").error)
    assert "--param takes NAME=VALUE" in str(kernel.run(f"%%din wide --param 3\n{spec}").error)


def test_imports_are_relative_to_the_folder_of_the_notebook(kernel: Kernel) -> None:
    spec = SPEC.replace("model small\n", 'model small\nimport "twice.din"\n')
    ran = kernel.run(f"%%din importing\n{spec.replace('mlp([4], relu)', 'mlp([4], relu) |> twice')}")
    assert ran.error is None, ran.error


def test_warnings_are_shown_under_the_cell(kernel: Kernel) -> None:
    ran = kernel.run(f"%%din odd --lint\n{SPEC.replace('learning_rate: 1e-2', 'learning_rate: 100')}")
    advice, drawing = ran.shown
    assert "DIN" in advice["text/plain"]
    assert "learning_rate: 100" in advice["text/html"]
    assert drawing["text/html"].startswith("<svg")


@pytest.mark.parametrize("comment", ["", "// 😀 and 😀 and 😀 and 😀\n"])
def test_completions_are_those_of_the_language(kernel: Kernel, comment: str) -> None:
    matches, replaced = kernel.complete(f"%%din small\n{comment}{SPEC.replace(': binary', ': bin‸')}")
    assert matches == ["binary", "binary(soft)"]
    assert replaced == "bin"
    matches, replaced = kernel.complete(f"%%din small\n{comment}{SPEC.replace('standardize', '‸')}")
    assert "standardize" in matches
    assert replaced == ""
    assert kernel.complete(f"%%din small\n{comment}// cli‸")[0] == [""]


def test_completions_elsewhere_are_those_of_python(kernel: Kernel) -> None:
    assert kernel.complete("of_python = 1\nclick‸") == (["clicks"], "click")


@pytest.mark.parametrize("comment", ["", "// 😀 and 😀 and 😀 and 😀\n"])
def test_a_hover_tells_what_a_word_means(kernel: Kernel, comment: str) -> None:
    shown = kernel.hover(f"%%din small\n{comment}{SPEC.replace('mean(', 'me‸an(')}")
    assert shown is not None
    assert "mean" in shown["text/markdown"].splitlines()[1]
    assert kernel.hover(f"%%din small\n{comment}{SPEC}\n‸") is None
    python = kernel.hover("pri‸nt")
    assert python is not None
    assert "sep" in python["text/plain"]


def test_a_training_shows_a_bar_and_curves(kernel: Kernel) -> None:
    kernel.run(f"%%din small\n{SPEC}")
    ran = kernel.run("run = small.train(clicks(300)[:240], valid=clicks(300)[240:], backend='wasm')")
    assert ran.error is None, ran.error
    assert ran.printed == ""
    (bar,) = ran.shown
    assert ran.updates > 2
    assert re.fullmatch(r"train: 100%\|█+\| 8/8 \[.*step/s, loss=.*, auc=.*\]", bar["text/plain"])
    charts = re.findall(r'aria-label="(\w+) by epoch"', bar["text/html"])
    assert charts == ["loss", "auc", "gauc", "log_loss"]
    assert kernel.run("run.evaluate(clicks(50))['auc']").updates == 0
    kernel.run("import dinc._progress\ndinc._progress._DELAY = 0")
    scored = kernel.run("_ = run.predict(clicks(5000))")
    assert re.fullmatch(r"predict: .*\b5.00k.*row/s\]", scored.shown[0]["text/plain"])
    assert kernel.run("_ = run.predict(clicks(5000), progress=False)").shown == []


def test_the_stop_button_leaves_a_bar_and_a_line(kernel: Kernel) -> None:
    kernel.run(f"%%din small\n{SPEC}\n")
    kernel.run(
        "import os, signal\n"
        "def stop(event):\n"
        "  if event['kind'] == 'epoch' and event['epoch']['epoch'] == 1: os.kill(os.getpid(), signal.SIGINT)"
    )
    ran = kernel.run("small.train(clicks(200), epochs=500, backend='wasm', on_event=stop)")
    assert str(ran.error).startswith("Stopped: ")
    assert "\n" not in str(ran.error)
    assert ran.shown[0]["text/plain"].startswith("train, stopped:")
    assert kernel.run("1 + 1").shown[0]["text/plain"] == "2"


def test_a_run_is_a_frame_that_is_exported(kernel: Kernel) -> None:
    kernel.run(f"%%din small\n{SPEC}")
    ran = kernel.run("small.train(clicks(200), backend='wasm', progress=False)")
    (run,) = ran.shown
    assert run["text/plain"].startswith("Run(")
    assert re.search(r'<iframe [^>]*sandbox="allow-scripts"', run["text/html"])
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "source": "run",
        "outputs": ran.outputs,
    }
    notebook = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    )
    exporter: Any = HTMLExporter  # which has no types
    page, _ = exporter().from_notebook_node(notebook)
    assert "srcdoc=" in page
    assert "Training loss" in page
