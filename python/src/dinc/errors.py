"""The exceptions of dinc. A mistake of a user is a `DincError` with diagnostics: codes, places, helps and fixes."""

from __future__ import annotations

import html
import os
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import _package

if TYPE_CHECKING:
    from .run import Run

__all__ = [
    "Diagnostic",
    "DincError",
    "DincWarning",
    "Edit",
    "Fix",
    "InternalError",
    "Position",
    "Range",
    "Related",
    "SessionEnded",
    "Stopped",
    "UsageError",
]


@dataclass(frozen=True)
class Position:
    """A place in a text: line and column from 1, the column and the offset (from 0) in UTF-16 units."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True)
class Range:
    """A part of a text, without its end."""

    start: Position
    end: Position


@dataclass(frozen=True)
class Edit:
    """A replacement in a text."""

    file: str
    range: Range
    text: str


@dataclass(frozen=True)
class Fix:
    """Edits that mend a mistake. `certain` is false if they guess something that only the author knows."""

    title: str
    certain: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Related:
    """A further place, with what it has to do with the mistake."""

    message: str
    file: str | None
    range: Range | None


@dataclass(frozen=True)
class Diagnostic:
    """One finding. `row` (from 1) and `column` are set for a place in data, `range` for one in a text."""

    code: str
    name: str
    severity: Literal["error", "warning", "advice"]
    message: str
    help: str | None
    file: str | None
    range: Range | None
    row: int | None
    column: str | None
    label: str | None
    related: tuple[Related, ...]
    fixes: tuple[Fix, ...]

    @classmethod
    def from_json(cls, sent: Mapping[str, Any]) -> Diagnostic:
        """The diagnostic that a session sent."""
        return cls(
            code=sent["code"],
            name=sent["name"],
            severity=sent["severity"],
            message=sent["message"],
            help=sent.get("help"),
            file=sent["file"],
            range=_range(sent["range"]),
            row=sent.get("row"),
            column=sent.get("data_column"),
            label=sent.get("label"),
            related=tuple(
                Related(each["message"], each["file"], _range(each["range"])) for each in sent["related"]
            ),
            fixes=tuple(
                Fix(each["title"], each["certain"], tuple(_edit(edit) for edit in each["edits"]))
                for each in sent["fixes"]
            ),
        )


def _range(sent: Mapping[str, Mapping[str, int]] | None) -> Range | None:
    return None if sent is None else Range(Position(**sent["start"]), Position(**sent["end"]))


def _edit(sent: Mapping[str, Any]) -> Edit:
    return Edit(
        sent["file"],
        Range(Position(**sent["range"]["start"]), Position(**sent["range"]["end"])),
        sent["text"],
    )


class DincError(Exception):
    """A mistake in a spec, in settings, in data or in a run.

    `str(error)` shows each finding with its place, the marked line and the help, and `error.colored` the same in the
    colours of a terminal. IPython and notebooks show it in colours, below the lines of your own code that led to it.
    """

    def __init__(
        self,
        message: str,
        diagnostics: Sequence[Diagnostic] = (),
        *,
        colored: str | None = None,
        fix: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(message)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        """The findings, in the order of the text."""
        self.colored: str = message if colored is None else colored
        """The text with the colours of a terminal."""
        self._fix = fix

    @property
    def code(self) -> str | None:
        """The code of the first error, such as `DIN0204`; None for an error without diagnostics."""
        errors = [each for each in self.diagnostics if each.severity == "error"]
        return next((each.code for each in [*errors, *self.diagnostics]), None)

    def fix(self) -> str:
        """The text of the spec with all certain fixes applied.

        Raises `UsageError` if the error isn't about a spec, or has no certain fix.
        """
        if self._fix is None:
            raise UsageError("only an error about a spec has a mended text")
        return self._fix()

    def __str__(self) -> str:
        return str(self.args[0])

    def _repr_html_(self) -> str:
        return as_html(self.colored)

    def _render_traceback_(self) -> list[str]:
        """IPython shows this instead of a traceback, which would lead into IPython and dinc."""
        shown = str(self) if os.environ.get("NO_COLOR") else self.colored
        frames = _users_frames(traceback.extract_tb(self.__traceback__))
        name = type(self).__name__
        return [
            *([f"{name}, raised by", *traceback.format_list(frames)] if frames else [f"{name}:"]),
            *shown.rstrip().splitlines(),
        ]


def _users_frames(frames: Sequence[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """The lines that IPython ran, without dinc's own. A cell of `%%din` has none, because IPython itself calls the magic."""
    of_ipython = [i for i, each in enumerate(frames) if f"{os.sep}IPython{os.sep}" in each.filename]
    run = frames[of_ipython[-1] + 1 :] if of_ipython else frames
    return [each for each in run if not _package.is_own(each.filename)]


class UsageError(DincError, ValueError):
    """A contradictory or impossible call."""


class InternalError(DincError):
    """A defect of dinc. Please report it with the spec and the call; `trace` tells where it happened."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


class SessionEnded(DincError):
    """The process of Node.js ended during a call. The next call starts a new one."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C, or the stop button of a notebook, stopped a call.

    For a training, `run` has the weights so far: those of the best epoch if the spec stops early, otherwise those of
    the last step. `checkpoint` is the file from which the same call with `resume=True` continues to the same weights
    as without the interruption. Both are None before the end of the first step.

    >>> try:
    ...     run = model.train(clicks, out="run")
    ... except dinc.Stopped as stopped:
    ...     run = stopped.run
    """

    def __init__(self, message: str, checkpoint: str | None = None, run: str | None = None) -> None:
        super().__init__(message)
        self.checkpoint = checkpoint
        self._run = run

    @property
    def run(self) -> Run | None:
        """The run with the weights so far. `run.interrupted` tells where the training was stopped."""
        from .run import Run

        return None if self._run is None else Run(self._run)

    def _render_traceback_(self) -> list[str]:
        """IPython shows this instead of a traceback."""
        return [f"Stopped: {self}"]


class DincWarning(UserWarning):
    """Warnings about a spec, settings or data."""


# The colours of `compiler/diagnostics/render/style.ts`.
_STYLES = {
    "1;31": "font-weight:bold;color:#d64545",
    "1;33": "font-weight:bold;color:#b7791f",
    "1;36": "font-weight:bold;color:#0e8f9c",
    "1;34": "color:#3b82d6",
    "1": "font-weight:bold",
}


def as_html(colored: str) -> str:
    """A text with the colours of a terminal, as HTML."""
    pieces = re.split(r"\x1b\[([0-9;]*)m", colored)
    spans = [html.escape(pieces[0])]
    for code, text in zip(pieces[1::2], pieces[2::2], strict=True):
        style = _STYLES.get(code)
        shown = html.escape(text)
        spans.append(shown if style is None else f'<span style="{style}">{shown}</span>')
    return f'<pre class="dinc-error">{"".join(spans)}</pre>'
