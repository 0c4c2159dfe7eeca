"""Completions (Tab) and hovers (Shift-Tab) in cells of `%%din`. They are those of dinc's language server."""

from __future__ import annotations

import os
import re
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.interactiveshell import InteractiveShell

from .. import _session

_FIRST_LINE = re.compile(r"\s*%%din\b[^\n]*\n")


def install(shell: InteractiveShell) -> None:
    """Adds completions to the shell, and hovers to its kernel if it has one."""
    shell.Completer.custom_matchers.append(complete)
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        kernel.do_inspect = _inspector(kernel.do_inspect)


def remove(shell: InteractiveShell) -> None:
    """Undoes `install`."""
    shell.Completer.custom_matchers.remove(complete)
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        # The method of the class appears again.
        del kernel.do_inspect


@context_matcher(identifier="dinc")
def complete(context: CompletionContext) -> SimpleMatcherResult:
    """The completions at the cursor, the best first; none outside of a cell of `%%din`."""
    lines = context.full_text.split("\n")[: context.cursor_line]
    cursor = sum(len(line) + 1 for line in lines) + context.cursor_position
    request = _request(context.full_text, cursor)
    if request is None:
        return {"completions": [], "matched_fragment": ""}
    found = _session.call("complete", request)["completions"]
    # IPython replaces the same text by each of them.
    start = found[0]["start"] if found else request["offset"]
    units = request["spec"]["text"].encode("utf-16-le", "surrogatepass")
    typed = units[2 * start : 2 * request["offset"]].decode("utf-16-le", "surrogatepass")
    fitting = [
        SimpleCompletion(each["text"], type=each["kind"])
        for each in found
        if each["start"] == start and each["text"].startswith(typed)
    ]
    return {
        # After an empty list IPython would offer names of Python.
        "completions": fitting or [SimpleCompletion(typed)],
        "matched_fragment": typed,
        "ordered": True,
        "suppress": True,
    }


def _inspector(python: Any) -> Any:
    """`do_inspect` of a kernel, which asks dinc in a cell of `%%din`, and `python` elsewhere."""

    def do_inspect(code: str, cursor_pos: int, *options: Any, **more: Any) -> Any:
        request = _request(code, cursor_pos)
        if request is None:
            return python(code, cursor_pos, *options, **more)
        markdown = _session.call("hover", request)["markdown"]
        data = {} if markdown is None else {"text/plain": markdown, "text/markdown": markdown}
        return {"status": "ok", "found": markdown is not None, "data": data, "metadata": {}}

    return do_inspect


def _request(cell: str, cursor: int) -> dict[str, Any] | None:
    """The spec in a cell, and the cursor in it in UTF-16 units. `cursor` counts characters, as Python does."""
    first = _FIRST_LINE.match(cell)
    if first is None or cursor < first.end():
        return None
    text = cell[first.end() :]
    before = cell[first.end() : cursor].encode("utf-16-le", "surrogatepass")
    return {"spec": {"path": os.path.abspath("cell.din"), "text": text}, "offset": len(before) // 2}
