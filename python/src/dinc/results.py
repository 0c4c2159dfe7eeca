"""The results of calls that train many runs. Tables are DataFrames of pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._tables import flat, frame, parts

if TYPE_CHECKING:
    import pandas as pd

    from .run import Run


@dataclass(frozen=True)
class CrossValidation:
    """The result of `Model.cross_validate`."""

    folder: Path
    """The folder with the runs."""
    runs: Sequence[Run]
    """The run of each fold."""
    scores: pd.DataFrame
    """A row for each fold: its rows, the epoch whose weights were kept, and its metrics, such as `valid_auc`."""
    metrics: pd.DataFrame
    """For each split, prediction and metric: the mean over the folds and its standard error."""

    def __repr__(self) -> str:
        return f"{len(self.runs)} folds in {self.folder}\n{self.metrics.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return _table(f"{len(self.runs)} folds in {self.folder}", self.metrics)


@dataclass(frozen=True)
class Seeds:
    """The result of `Model.train_seeds`. Other calls take it as `noise`."""

    folder: Path
    """The folder with the runs."""
    runs: Sequence[Run]
    """The run of each seed."""
    run: Run
    """The run in the middle, by the first metric."""
    scores: pd.DataFrame
    """A row for each seed: the epoch whose weights were kept, and its metrics, such as `valid_auc`."""
    metrics: pd.DataFrame
    """For each split, prediction and metric: the mean, the deviation of one training, the least and the most."""

    def __repr__(self) -> str:
        return f"{len(self.runs)} seeds in {self.folder}\n{self.metrics.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return _table(f"{len(self.runs)} seeds in {self.folder}", self.metrics)


@dataclass(frozen=True)
class Periods:
    """The result of `Model.train_each`."""

    folder: Path
    """The folder with a run for each trained period."""
    table: pd.DataFrame
    """A row for each period with rows.

    `state` is `trained` by this call, `kept` from an earlier one, `open` if more of its rows may come, or `passed` if it
    has no rows to train on. Metrics such as `before_train_auc` are those of the weights before the period was trained.
    """
    run: Run | None
    """The run of the latest trained period; None if there is none."""
    outside: Mapping[str, int]
    """The number of rows `before` the first period and `after` the last one."""

    def __repr__(self) -> str:
        return f"{len(self.table)} periods in {self.folder}\n{self.table.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return _table(f"{len(self.table)} periods in {self.folder}", self.table)


@dataclass(frozen=True)
class Ablation:
    """The result of `Model.ablate`."""

    run: Run
    """The run of the whole model."""
    parts: pd.DataFrame
    """A row for each part, the most important first: how much worse each metric is without it, with its interval.

    `verdict` is `helps` if the model is worse without the part. `is_noise` tells whether the difference is within the
    noise of seeds; None if `noise` wasn't given.
    """
    rows: int
    """The number of rows that the models are compared on."""
    split: str
    """`valid`, or `test` if there are no validation rows."""
    report: Path
    """A page with a plot."""

    def __repr__(self) -> str:
        return f"ablation on {self.rows:,} {self.split} rows\n{self.parts.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return _table(f"ablation on {self.rows:,} {self.split} rows", self.parts)


@dataclass(frozen=True)
class Tuned:
    """The result of a search for settings."""

    run: Run
    """The run with the chosen settings."""
    chosen: Mapping[str, Any]
    """The chosen trial, with its settings and its result on the validation rows."""
    trials: pd.DataFrame
    """A row for each finished training: its settings, the value of the metric, the seconds."""
    report: Path
    """A page about the search."""

    def __repr__(self) -> str:
        return f"trial {self.chosen['trial']} of {self.trials['trial'].nunique()}: {self.chosen['settings']}, {self.run!r}"


def _table(title: str, table: pd.DataFrame) -> str:
    shown: str = table.to_html(index=False)
    return f"<p>{title}</p>{shown}"


def cross_validation(folder: str, found: Mapping[str, Any]) -> CrossValidation:
    """The result of the session's `folds`."""
    from .run import Run

    columns = {"standard_error": "standardError", "folds": "folds"}
    scores = frame(
        {
            "fold": each["number"],
            "train_rows": each["trainRows"],
            "valid_rows": each["validRows"],
            "epoch": each["epoch"],
            **flat("valid", each["valid"]),
            **flat("test", each["test"]),
        }
        for each in found["folds"]
    )
    runs = [Run(each["run"]) for each in found["folds"]]
    return CrossValidation(Path(folder), runs, scores, _means(found, columns))


def seeds(folder: str, found: Mapping[str, Any]) -> Seeds:
    """The result of the session's `seeds`."""
    from .run import Run

    columns = {"deviation": "deviation", "least": "least", "most": "most", "seeds": "seeds"}
    scores = frame(
        {
            "seed": each["seed"],
            "epoch": each["epoch"],
            **flat("valid", each["valid"]),
            **flat("test", each["test"]),
        }
        for each in found["seeds"]
    )
    runs = {each["run"]: Run(each["run"]) for each in found["seeds"]}
    return Seeds(Path(folder), list(runs.values()), runs[found["middle"]], scores, _means(found, columns))


def periods(folder: str, found: Mapping[str, Any]) -> Periods:
    """The result of the session's `each`."""
    from .run import Run

    table = frame(
        {
            **{name: each[name] for name in ("name", "since", "until", "state", "rows", "seconds")},
            **{
                column: value
                for split, metrics in (each.get("before") or {}).items()
                for column, value in flat(f"before_{split}", metrics).items()
            },
        }
        for each in found["periods"]
    )
    trained = [each["folder"] for each in found["periods"] if each["state"] in ("trained", "kept")]
    return Periods(Path(folder), table, Run(trained[-1]) if trained else None, found["outside"])


def ablation(found: Mapping[str, Any]) -> Ablation:
    """The result of the session's `ablate`."""
    from .run import Run

    table = parts(found["predictions"], **{"with": "with"}, is_noise="isNoise", run="run")
    return Ablation(Run(found["base"]), table, found["rows"], found["split"], Path(found["report"]))


def tuned(found: Mapping[str, Any]) -> Tuned:
    """The result of the session's `tune`."""
    from .run import Run

    trials = frame(
        {
            **{name: each[name] for name in ("trial", "epochs", "kept", "value", "seconds", "problem")},
            **(each["settings"] or {}),
        }
        for each in found["lines"]
    )
    return Tuned(Run(found["run"]), found["chosen"], trials, Path(found["report"]))


def _means(found: Mapping[str, Any], columns: Mapping[str, str]) -> pd.DataFrame:
    """`columns` are those besides the mean, by their names in the driver."""
    return frame(
        {
            "split": split,
            "prediction": prediction,
            "metric": metric,
            "mean": spread["mean"],
            **{column: spread[name] for column, name in columns.items()},
        }
        for split in ("valid", "test")
        for prediction, metrics in found[split].items()
        for metric, spread in metrics.items()
    )
