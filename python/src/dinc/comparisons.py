"""What differs between runs, and between rows and those of a training. Tables are DataFrames of pandas."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _session
from ._events import telling
from ._requests import without_none
from ._tables import frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Comparison:
    """The result of `Run.compare`, in columns `self` and `other`."""

    same: bool
    """Whether both are the same model with the same scores."""
    causes: Sequence[str]
    """What differs and may cause different weights: `settings`, `rows` …"""
    differences: pd.DataFrame
    """A row for each difference in inputs and settings."""
    weights: pd.DataFrame
    """A row for each array that differs, the largest difference first."""
    metrics: pd.DataFrame
    """The metrics of both, with their difference (`other` less `self`); and, if `noise` was given, the noise of seeds.

    19 of 20 differences of two trainings with other seeds are smaller than the noise.
    """
    test: pd.DataFrame | None
    """A paired test for each metric on the rows that both score; None without rows.

    `low` and `high` are the middle 95 % of `difference` over resamples of the users. `p` is the probability of such a
    difference by chance.
    """
    serving: Mapping[str, Any] | None
    """Whether the module compiled from this run can take the weights of the other; None if one can't be compiled."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Comparison:
        differences = frame(
            (
                {"aspect": aspect, "what": each["what"], "self": each["a"], "other": each["b"]}
                for aspect, all_of_it in found["differences"].items()
                for each in all_of_it
            ),
            ["aspect", "what", "self", "other"],
        )
        weights = frame(
            (
                {"name": each["name"], "largest": each["largest"], "self": each["a"], "other": each["b"]}
                for each in found["weights"]["differing"]
            ),
            ["name", "largest", "self", "other"],
        )
        noise = {
            (each["prediction"], each["metric"]): each["noise"]
            for each in (found["noise"] or {"metrics": []})["metrics"]
        }
        metrics = frame(
            {
                "prediction": each["prediction"],
                "metric": each["metric"],
                "self": None if each["a"] is None else each["a"]["value"],
                "other": None if each["b"] is None else each["b"]["value"],
                "difference": each["difference"],
                **({"noise": noise.get((each["prediction"], each["metric"]))} if noise else {}),
            }
            for each in found["metrics"]
        )
        return cls(
            found["same"],
            found["causes"],
            differences,
            weights,
            metrics,
            None if found["paired"] is None else _paired(found["paired"]),
            found["serving"],
        )

    def __repr__(self) -> str:
        if self.same:
            return "the same model"
        tables = [self.differences, self.metrics, *([] if self.test is None else [self.test])]
        texts = [each.to_string(index=False) for each in tables if len(each) > 0]
        return "\n\n".join([f"different models; causes: {', '.join(self.causes) or 'unknown'}", *texts])


def _paired(found: Mapping[str, Any]) -> pd.DataFrame:
    return frame(
        {
            "prediction": prediction,
            "metric": each["title"],
            "self": each["a"],
            "other": each["b"],
            "difference": None if each["a"] is None or each["b"] is None else each["b"] - each["a"],
            "low": None if each["interval"] is None else each["interval"]["low"],
            "high": None if each["interval"] is None else each["interval"]["high"],
            "p": each["p"],
        }
        for prediction, differences in found["predictions"].items()
        for each in differences
    )


@dataclass(frozen=True)
class DataTest:
    """The result of `Run.test_data`."""

    passed: bool
    """Whether all conditions hold."""
    checks: pd.DataFrame
    """A row for each condition: the `column` (None for all rows), what is `expected` and `found`, and whether it `holds`."""
    columns: pd.DataFrame
    """A row for each column: the shares of missing and new values, its mean, and how far it is from the training rows.

    `psi` is the population stability index.
    """
    rows: int
    """The number of rows that were tested."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> DataTest:
        columns = frame(
            {
                "column": each["column"],
                "counted": each["counted"],
                "missing": each["missingShare"],
                "new": each["newShare"],
                "mean": None if each["numbers"] is None else each["numbers"]["mean"],
                "psi": each["psi"],
            }
            for each in found["columns"]
        )
        checks = frame(found["checks"], ["column", "expected", "found", "holds"])
        return cls(found["passed"], checks, columns, found["rows"])

    def __repr__(self) -> str:
        verdict = "all conditions hold" if self.passed else "conditions fail"
        tables = [self.checks, self.columns]
        return "\n\n".join(
            [
                f"{self.rows:,} rows: {verdict}",
                *(each.to_string(index=False) for each in tables if len(each) > 0),
            ]
        )


def runs(
    folder: str | os.PathLike[str] = ".",
    *,
    filter: Sequence[str] = (),
    sort: str | None = None,
    reverse: bool = False,
) -> pd.DataFrame:
    """The runs in a folder and below, as a pandas DataFrame with a column for each setting and metric.

    `filter` are conditions such as `valid.auc>=0.8`. `sort` is a column, by default the first metric on validation
    rows, the best run first; `reverse` reverses the order.

    Raises DincError if there is no run, UsageError for a filter that isn't a condition.
    """
    import pandas as pd

    found = _session.call(
        "runs",
        {
            "folder": _session.path(folder),
            "options": without_none(filter=list(filter), sort=sort, reverse=reverse),
        },
        on_event=telling(),
    )
    return pd.DataFrame([each["columns"] for each in found["runs"]])
