"""Events of calls: diagnostics become warnings of Python at the line that called dinc."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from . import _package
from .errors import DincWarning

OnEvent = Callable[[Mapping[str, Any]], None]


def telling(on_event: OnEvent | None = None, told: set[str] | None = None) -> OnEvent:
    """Makes warnings of diagnostics that are not in `told`, and passes every event on."""
    already = set() if told is None else told

    def tell(event: Mapping[str, Any]) -> None:
        if event["kind"] == "diagnostics":
            for each in event["diagnostics"]:
                text = f"{each['code']}: {each['message']}"
                if text not in already:
                    already.add(text)
                    warnings.warn(text, DincWarning, stacklevel=_callers_level())
        if on_event is not None:
            on_event(event)

    return tell


def _callers_level() -> int:
    """The `stacklevel` of the first line outside of dinc, seen from the caller of this function."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and _package.is_own(frame.f_code.co_filename):
        frame = frame.f_back
        level += 1
    return level
