"""Specs as texts: checking, formatting, and the meaning of codes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _session
from ._requests import without_none
from .errors import Diagnostic, UsageError, as_html


@dataclass(frozen=True, repr=False)
class Check:
    """The findings of `dinc.check`."""

    diagnostics: tuple[Diagnostic, ...]
    _texts: Mapping[str, str]
    _spec: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the spec has no errors; it may have warnings."""
        return all(each.severity != "error" for each in self.diagnostics)

    def fix(self) -> str:
        """The text with all certain fixes applied. Raises `UsageError` if there are none."""
        return _session.mended(self._spec)

    def __str__(self) -> str:
        return self._texts["text"] or "no findings"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self._texts["colored"] or "no findings")


def check(
    text: str,
    *,
    path: str | os.PathLike[str] = "model.din",
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
    lint: bool = False,
) -> Check:
    """Checks the text of a spec, and returns what it finds instead of raising it.

    `path` is where the text would lie: imports are relative to it, and messages show it. `lint` adds advice.
    """
    spec = spec_of(text, path, params, variant)
    found = _session.call("lint" if lint else "check", spec)
    return Check(tuple(Diagnostic.from_json(each) for each in found["diagnostics"]), found, spec)


def format(text: str, *, path: str | os.PathLike[str] = "model.din") -> str:
    """The text of a spec in dinc's one style. Raises DincError for a part that can't be parsed."""
    spec = spec_of(text, path, None, None)
    return str(_session.call("format", spec, spec=spec)["text"])


def explain(code: str) -> str:
    """What a code such as `DIN0201` means, with an example; or how dinc writes a term of other systems, such as `gelu`.

    Raises UsageError for a word that is neither.
    """
    return str(_session.call("explain", {"word": code})["text"])


def is_path(spec: str | os.PathLike[str]) -> bool:
    """Whether it names the file of a spec, and isn't the text of one."""
    return isinstance(spec, os.PathLike) or (spec.endswith(".din") and "\n" not in spec)


def spec_of(
    text: str, path: str | os.PathLike[str], params: Mapping[str, Any] | None, variant: str | None
) -> dict[str, Any]:
    """A spec as requests name it. Raises UsageError for a path in place of the text."""
    if is_path(text):
        file = os.fspath(text)
        raise UsageError(
            f"a text is expected, not the path {file}: write `Model.from_file({file!r})`, or give `Path({file!r}).read_text()`"
        )
    spec = {"path": _session.path(path), "text": text}
    return without_none(spec=spec, params=params, variant=variant)
