"""The errors of rankers."""

from __future__ import annotations

import re

_FIELD = re.compile(
    r'(?:row \d+: )?((?:request|user|context|history|candidates|label|k)\b(?:[^ "]|"(?:[^"\\]|\\.)*")*)'
)


class RankerInputError(ValueError):
    """A request cannot be scored. Unknown ids aren't an error: they take the row for unknown values.

    The text is that of `dinc predict` and of a ranker in TypeScript: `candidates[3].price must be a number`.
    """

    @property
    def field(self) -> str:
        """Where in the request: `candidates[3].price`; empty for a mistake about rows."""
        found = _FIELD.match(str(self))
        return "" if found is None else found[1]


class RankerLoadError(RuntimeError):
    """A folder cannot be served: a file is missing, damaged or another model's, or golden scores differ."""
