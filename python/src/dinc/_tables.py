"""Results of the driver as DataFrames of pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def frame(rows: Iterable[Mapping[str, Any]], columns: list[str] | None = None) -> pd.DataFrame:
    """A DataFrame of rows; an empty one has the columns too."""
    import pandas as pd

    all_rows = [dict(row) for row in rows]
    if all_rows:
        return pd.DataFrame(all_rows)
    return pd.DataFrame(columns=columns)


def flat(prefix: str, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics by prediction as `valid_auc`, with several predictions as `valid_click_auc`."""
    nested = {name: found for name, found in metrics.items() if isinstance(found, Mapping)}
    own = {f"{prefix}_{name}": found for name, found in metrics.items() if name not in nested}
    for prediction, found in nested.items():
        own |= flat(prefix if len(nested) == 1 else f"{prefix}_{prediction}", found)
    return own


_OF_LINES = frozenset({"epoch", "train_loss", "train_losses", "train_seconds", "split", "prediction", "rows"})
_BESIDE_METRICS = ("_low", "_high", "_groups", "_groups_skipped")


def metrics_in(line: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics of a line of metrics.jsonl, without intervals and numbers of groups."""

    def is_metric(name: str) -> bool:
        beside = [name.removesuffix(suffix) for suffix in _BESIDE_METRICS if name.endswith(suffix)]
        return name not in _OF_LINES and not any(each in line for each in beside)

    return {name: value for name, value in line.items() if is_metric(name)}


def parts(predictions: Iterable[Mapping[str, Any]], **columns: str) -> pd.DataFrame:
    """The parts of a model with the loss of each metric, and its interval if there is one.

    `columns` are further ones, by their names in the result.
    """
    return frame(
        {
            "prediction": prediction["label"],
            "part": part["name"],
            "kind": part["kind"],
            "verdict": part["verdict"],
            **{column: part[name] for column, name in columns.items()},
            **{name: value for each in part["differences"] for name, value in _difference(each).items()},
        }
        for prediction in predictions
        for part in prediction["parts"]
    )


def _difference(found: Mapping[str, Any]) -> dict[str, Any]:
    metric, interval = found["metric"], found["interval"]
    if interval is None:
        return {metric: found["worse"]}
    return {
        metric: found["worse"],
        f"{metric}_low": interval["low"],
        f"{metric}_high": interval["high"],
    }
