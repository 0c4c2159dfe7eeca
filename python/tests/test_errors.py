"""A mistake is an exception with its place and its fix, and never shows JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SPEC

import dinc
from dinc.errors import as_html


def test_a_mistake_in_a_spec_has_its_place_and_its_fix() -> None:
    with pytest.raises(dinc.DincError) as caught:
        dinc.Model(SPEC.replace("binary\n", "binari\n"))
    error = caught.value
    (diagnostic,) = error.diagnostics
    assert error.code == diagnostic.code == "DIN0202"
    assert diagnostic.range is not None
    assert (diagnostic.range.start.line, diagnostic.range.start.column) == (8, 15)
    assert "model.din:8:15" in str(error)
    assert "did you mean `binary`?" in str(error)
    assert error.fix() == SPEC
    page = error._repr_html_()
    assert "binari" in page
    assert "\x1b" not in page
    assert "<span" in page


@pytest.fixture(scope="module")
def cells() -> list[Any]:
    """The cells of a notebook with mistakes, after they ran in a kernel."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    wrong = SPEC.replace("binary\n", "binari\n")
    sources = [
        f"import dinc\ndef build():\n    return dinc.Model({wrong!r})",
        "build()",
        "try:\n    build()\nexcept dinc.DincError as error:\n    display(error)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources])
    nbclient.NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
    return list(notebook.cells)


def test_a_notebook_shows_a_mistake_below_the_lines_that_led_to_it(cells: list[Any]) -> None:
    (output,) = [each for each in cells[1].outputs if each.output_type == "error"]
    shown = "\n".join(output.traceback)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\x1b[1;31m" in shown
    assert "line 3, in build" in plain
    assert "^^^^^^" in plain
    assert "did you mean `binary`?" in plain
    assert "_session" not in plain
    assert "interactiveshell" not in plain


def test_a_notebook_displays_a_mistake_as_html(cells: list[Any]) -> None:
    (output,) = [each for each in cells[2].outputs if each.output_type == "display_data"]
    assert "^^^^^^" in output.data["text/html"]
    assert '<span style="font-weight:bold;color:#d64545">' in output.data["text/html"]


def test_a_terminal_shows_the_text_without_colours_and_colored_has_them() -> None:
    with pytest.raises(dinc.DincError) as caught:
        dinc.Model(SPEC.replace("binary\n", "binari\n"))
    assert "\x1b" not in str(caught.value)
    assert re.sub(r"\x1b\[[0-9;]*m", "", caught.value.colored).rstrip() == str(caught.value)


def test_no_color_has_no_colours_in_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with pytest.raises(dinc.DincError) as caught:
        dinc.Model(SPEC.replace("binary\n", "binari\n"))
    assert "\x1b" not in "".join(caught.value._render_traceback_())


def test_check_returns_what_it_finds() -> None:
    assert dinc.check(SPEC).ok
    found = dinc.check(SPEC.replace("binary\n", "binari\n"))
    assert not found.ok
    assert found.fix() == SPEC


def test_a_mistake_in_data_names_the_argument(model: dinc.Model, frame: pd.DataFrame) -> None:
    with pytest.raises(dinc.DincError) as caught:
        model.train(frame.drop(columns="price"))
    assert "<train>, column price" in str(caught.value)
    assert caught.value.diagnostics[0].column == "price"


def test_a_mistake_in_settings_is_marked(model: dinc.Model, frame: pd.DataFrame) -> None:
    with pytest.raises(dinc.DincError, match="did you mean `validate`"):
        model.train(frame, validat={"rows": "random"})


def test_an_option_is_named_as_in_python(run: dinc.Run, model: dinc.Model, frame: pd.DataFrame) -> None:
    with pytest.raises(dinc.DincError) as caught:
        model.train(frame, out=run.folder)
    assert "force=True" in str(caught.value)


def test_a_missing_run() -> None:
    with pytest.raises(dinc.DincError) as caught:
        dinc.Run.open("no-such-run")
    assert caught.value.code == "DIN0503"


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (pd.to_timedelta(["1h"] * 300), "total_seconds"),
        (pd.Series([1, "a"] * 150, dtype=object), "no common type"),
    ],
)
def test_a_column_without_a_type(model: dinc.Model, frame: pd.DataFrame, column: object, words: str) -> None:
    broken = frame.assign(price=list(column) if words == "no common type" else column)  # type: ignore[call-overload]
    with pytest.raises(dinc.UsageError, match=words) as caught:
        model.train(broken)
    assert "`price`" in str(caught.value)


@pytest.mark.parametrize("call", [dinc.Model, dinc.check, dinc.format])
@pytest.mark.parametrize("path", ["shop/model.din", Path("shop/model.din")])
def test_a_path_in_place_of_a_text_is_told(call: Callable[..., Any], path: Any) -> None:
    with pytest.raises(dinc.UsageError, match=r"Model\.from_file\('shop/model\.din'\)"):
        call(path)


def test_rows_of_an_unknown_class(model: dinc.Model) -> None:
    with pytest.raises(dinc.UsageError, match="takes a DataFrame of pandas or polars"):
        model.train(3)


def test_no_rows_at_all(model: dinc.Model, run: dinc.Run) -> None:
    with pytest.raises(dinc.DincError):
        model.train()
    with pytest.raises(dinc.UsageError, match="name the rows"):
        run.predict()


def test_texts_are_escaped_in_html() -> None:
    assert as_html("\x1b[1;31ma <b>\x1b[0m & c") == (
        '<pre class="dinc-error"><span style="font-weight:bold;color:#d64545">a &lt;b&gt;</span> &amp; c</pre>'
    )
