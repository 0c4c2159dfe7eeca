"""Drafts of a spec, from the columns of rows."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _session
from ._events import telling
from ._requests import reading, without_none
from .frames import Files, Rows

if TYPE_CHECKING:
    from .model import Model


@dataclass(frozen=True)
class Draft:
    """A spec and settings that `dinc.init` drafted."""

    spec: str
    """The text of `model.din`."""
    settings: str
    """The text of `dinc.yaml`."""
    guesses: Sequence[Mapping[str, Any]]
    """What each column was taken for, why, and how to change it."""
    left_out: Sequence[Mapping[str, Any]]
    """The columns that the draft leaves out, and why."""

    def model(self) -> Model:
        """The drafted model."""
        from .model import Model

        return Model(self.spec)

    def __repr__(self) -> str:
        return self.spec


def init(
    data: Rows,
    *,
    label: str | None = None,
    items: Rows | None = None,
    users: Rows | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Draft:
    """Drafts a spec from the columns of rows, and says why each column became what it is.

    `label` is the column of 0 and 1 to predict. `items` and `users` are tables with a row for each. `delimiter`,
    `decimal` and `encoding` say how a CSV is read. With `out`, `model.din` and `dinc.yaml` are written to that folder,
    which needs rows in a file; `force` replaces them.

    Raises DincError if the rows can't be read or have nothing to learn.
    """
    with Files() as files:
        given = without_none(
            data=files.path(data, "data"),
            items=None if items is None else files.path(items, "items"),
            users=None if users is None else files.path(users, "users"),
            label=label,
            **reading(delimiter=delimiter, decimal=decimal, encoding=encoding),
            folder=None if out is None else _session.path(out),
            force=force or None,
        )
        drafted = _session.call("init", {"options": given}, on_event=telling(), renamed=files.words)
        for path, word in files.words.items():
            for text in ("spec", "config"):
                drafted[text] = drafted[text].replace(path, word)
    plan = drafted["plan"]
    return Draft(drafted["spec"], drafted["config"], plan["guesses"], plan["leftOut"])
