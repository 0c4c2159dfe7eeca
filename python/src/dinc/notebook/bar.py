"""A bar of tqdm in a notebook, with the curves of a training below it. It needs no widgets, and stays in an exported page."""

from __future__ import annotations

import html
import io
import time
from collections.abc import Mapping
from typing import Any

from IPython.display import display
from tqdm import tqdm

from .curves import Curves

_REDRAWN_AFTER = 1.0
"""Seconds between two drawings of an epoch's curve."""


class NotebookBar(tqdm):  # type: ignore[misc]
    """Replaces its output in the cell each time that tqdm would write its line."""

    def __init__(self, **options: Any) -> None:
        self._output: Any = None
        self._curves = Curves()
        self._drawing = ""
        self._drawn = 0.0
        super().__init__(**{**options, "file": io.StringIO(), "dynamic_ncols": False, "ascii": False})

    def follow(self, event: Mapping[str, Any]) -> None:
        """Lengthens the curves by an event of a training."""
        self._curves.add(event)
        now = time.monotonic()
        if event["kind"] == "epoch" or (event["kind"] == "step" and now - self._drawn > _REDRAWN_AFTER):
            self._drawing = self._curves.svg()
            self._drawn = now

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        line = str(self) if msg is None else msg
        content = {"text/plain": line, "text/html": self._html() if line else ""}
        if self._output is None:
            self._output = display(content, raw=True, display_id=True)
        else:
            self._output.update(content, raw=True)
        return True

    def clear(self, nolock: bool = False) -> None:
        """Does nothing: other output has its own place in the cell."""

    def _html(self) -> str:
        state = dict(self.format_dict)
        texts = [state.get("bar_format") or "{l_bar}", "" if state.get("bar_format") else "{r_bar}"]
        left, right = (
            html.escape(self.format_meter(**{**state, "bar_format": each}).strip().rstrip("|").lstrip("| "))
            if each
            else ""
            for each in texts
        )
        bar = (
            f'<progress value="{self.n}" max="{self.total}" style="width:16em;vertical-align:middle"></progress>'
            if self.total
            else ""
        )
        style = "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px)"
        return f'<div class="dinc-progress" style="{style}">{left} {bar} {right}</div>{self._drawing}'
