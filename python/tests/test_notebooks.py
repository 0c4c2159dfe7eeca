"""The notebooks of examples/notebooks run from top to bottom, and print what they show, numbers left out.

`UPDATE=1 pytest tests/test_notebooks.py` writes what they print. Drawings, bars and reports are not kept: they would change with
every run.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)  # type: ignore[no-untyped-call]
    shown = [text_of(cell) for cell in code_of(notebook)]
    for file in FOLDER.glob("*.py"):
        shutil.copy(file, tmp_path)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for number, cell in enumerate(code_of(notebook), 1):
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
        cell.execution_count = number
        cell.outputs = [kept for kept in map(kept_of, cell.outputs) if kept is not None]
    if os.environ.get("UPDATE"):
        notebook.metadata = {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
        nbformat.write(notebook, FOLDER / name)  # type: ignore[no-untyped-call]
    else:
        assert [without_numbers(text_of(cell)) for cell in code_of(notebook)] == list(
            map(without_numbers, shown)
        )


def test_there_are_five() -> None:
    assert [name[0] for name in NOTEBOOKS] == list("12345")


def code_of(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kept_of(output: Any) -> Any:
    """What a notebook keeps of an output: texts that a cell prints, and the value of its last line as a text."""
    if output.output_type == "stream":
        assert "Warning" not in output.text, output.text
        return output if output.name == "stdout" else None
    if output.output_type == "execute_result":
        output.data = {"text/plain": output.data["text/plain"]}
        output.metadata = {}
        output.execution_count = None
        return output
    if output.output_type == "error":
        # The lines above the message are about IPython's own calls.
        output.traceback = f"{output.ename}: {output.evalue}".splitlines()
        return output
    assert output.output_type == "display_data", output
    return None


def text_of(cell: Any) -> str:
    def text(output: Any) -> str:
        if output.output_type == "stream":
            return str(output.text)
        if output.output_type == "error":
            return "\n".join(output.traceback)
        return str(output.data["text/plain"])

    return "".join(map(text, cell.outputs))


def without_numbers(text: str) -> str:
    text = re.sub(r"\b[\da-f]{16}\b", "0", text)
    return re.sub(r"[ ─]+", " ", re.sub(r"[+-]?\d[\d.,]*(e-?\d+)?", "0", text))
