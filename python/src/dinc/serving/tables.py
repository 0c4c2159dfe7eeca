"""Reads tables of any kind: dicts of columns, frames of pandas and polars, tables of Arrow.

A folder of `dinc compile --target c --bindings python` carries this file, so it needs nothing but Python 3.8.
NumPy is used where it is installed.
"""

from __future__ import annotations

import collections.abc
import typing

try:
    import numpy
except ImportError:
    numpy = None  # type: ignore[assignment]


class Input(typing.NamedTuple):
    """A raw value of a request."""

    part: str
    """`user`, `context`, `candidates`, or a history: `history.clicks`."""
    name: str
    """Its name in rows of that part."""
    type: str
    """`id`, `number`, `time`, `vector`, `text`, or `set` for a list of values."""
    column: str
    """Its column in rows as those of training; for a history a column of lists."""


class Output(typing.NamedTuple):
    """A label that the model predicts, or an output of the model."""

    name: str
    classes: tuple[str, ...]
    """The classes in the order of their numbers; empty for a label of one number."""


class Top(typing.NamedTuple):
    """One of the best candidates."""

    index: int  # type: ignore[assignment]
    score: float


class Attention(typing.NamedTuple):
    """The weight of each step of a history for each candidate: one head of an attention."""

    history: str
    code: str
    """Where the spec uses the weights."""
    head: int
    are_shares: bool
    """Whether no weight is negative, and a candidate's sum to 1 (with the candidate, if it is a step)."""
    first: int
    """The index of the first step that counts in the history as it was given."""
    weights: typing.Any
    """Floats of 32 bits, candidates by steps: an array of NumPy, else a list of arrays."""


def names_of(table: typing.Any) -> typing.Any:
    """The names of a table's columns; None for anything else."""
    if isinstance(table, collections.abc.Mapping):
        return table.keys()
    names = getattr(table, "column_names", None)  # Arrow
    return names if names is not None else getattr(table, "columns", None)


def is_record(rows: typing.Any) -> bool:
    """Whether a dict is one row, and not a table."""
    return isinstance(rows, collections.abc.Mapping) and (not rows or any(map(_is_cell, rows.values())))


def _is_cell(value: typing.Any) -> bool:
    if type(value) is list:
        return False
    return value is None or isinstance(value, (str, bytes, int, float, collections.abc.Mapping))


def length_of(table: typing.Any, names: collections.abc.Iterable[str]) -> int:
    """The number of a table's rows."""
    for name in names:
        return len(table[name])
    return 0


def column_of(values: typing.Any) -> typing.Any:
    """A column as a NumPy array of numbers or a list; where pandas has no value, the list has None."""
    if isinstance(values, (list, tuple)) or (numpy is not None and isinstance(values, numpy.ndarray)):
        return values
    if hasattr(values, "isna"):
        lacks = values.isna()
        if lacks.any():
            return [None if lack else value for value, lack in zip(values.tolist(), lacks.tolist())]  # noqa: B905
    nulls = getattr(values, "null_count", 0)
    kind = str(getattr(values, "dtype", getattr(values, "type", ""))).lower()
    if (nulls() if callable(nulls) else nulls) == 0 and kind.startswith(("int", "uint", "float", "double")):
        numbers = values.to_numpy() if hasattr(values, "to_numpy") else None
        if numpy is not None and isinstance(numbers, numpy.ndarray):
            return numbers
    return listed(values)


def listed(values: typing.Any) -> list[typing.Any]:
    """A column as a list."""
    if numpy is not None and isinstance(values, numpy.ndarray):
        if values.dtype.kind == "M":
            return [None if numpy.isnat(value) else value for value in values]
        if values.ndim != 1:
            return list(values)
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, name):
            return typing.cast("list[typing.Any]", getattr(values, name)())
    return list(values)


def lists_of(column: typing.Any) -> list[typing.Any]:
    """The lists of a column: None for a cell without one."""
    return [None if each is None or isinstance(each, float) else listed(each) for each in listed(column)]
