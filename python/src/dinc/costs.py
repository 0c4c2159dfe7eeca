"""What a model costs: parameters, bytes, operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._tables import frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Cost:
    """The cost of a model. Tables are DataFrames of pandas."""

    parameters: pd.DataFrame
    """A row for each array outside of tables: its `name`, `dims`, how many `numbers`, and its `role`."""
    tables: pd.DataFrame
    """A row for each table of embeddings: its `width`, `rows` and `bytes`, which are None if data decide them."""
    flops: pd.DataFrame
    """Operations `per_request`, `per_candidate` and in `total`, `as trained` and `compiled`."""
    candidates: int
    """The candidates of the request that `flops` counts."""
    steps: Mapping[str, int]
    """The steps of each history of that request."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Cost:
        rows = {"as trained": found["before"], "compiled": found["after"]}
        flops = frame(
            {"per_request": each["request"], "per_candidate": each["candidate"], "total": each["total"]}
            for each in rows.values()
        )
        flops.index = list(rows)
        tables = frame(
            {name: each[name] for name in ("name", "width", "rows", "bytes")} for each in found["tables"]
        ).astype({"rows": "Int64", "bytes": "Int64"})
        return cls(frame(found["parameters"]), tables, flops, found["size"]["candidates"], found["steps"])

    def __repr__(self) -> str:
        weights = int(self.parameters["numbers"].sum())
        return f"{weights:,} weights outside of tables\n{self.tables.to_string(index=False)}\n{self.flops.to_string()}"
