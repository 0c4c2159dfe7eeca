"""A model: the text of a spec, checked, and what can be done with it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _requests, _session, results
from ._events import OnEvent, telling
from ._requests import (
    BadRows,
    Engine,
    Folder,
    RunOrFolder,
    Settings,
    Target,
    arguments,
    folder_of,
    without_none,
)
from ._temporary import temporary_run
from .checks import spec_of
from .costs import Cost
from .frames import Files, Rows

if TYPE_CHECKING:
    import pandas as pd

    from .results import Ablation, CrossValidation, Periods, Seeds, Tuned
    from .run import Run


class Model:
    """A model of click-through rates, described by a spec.

    >>> model = Model(text)                 # raises DincError, with every mistake and its fix
    >>> run = model.train(clicks, valid=later)
    >>> run.predict(rows)
    """

    def __init__(
        self,
        text: str,
        *,
        path: str | os.PathLike[str] = "model.din",
        params: Mapping[str, Any] | None = None,
        variant: str | None = None,
    ) -> None:
        self.text = text
        self.path = path
        """Where the text would lie: imports are relative to it."""
        self.params = params
        self.variant = variant
        self._spec = spec_of(text, path, params, variant)
        self._told: set[str] = set()
        self._outline: Mapping[str, Any] = _session.call(
            "model", self._spec, on_event=telling(None, self._told), spec=self._spec
        )

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        params: Mapping[str, Any] | None = None,
        variant: str | None = None,
    ) -> Model:
        """The model of a `.din` file."""
        return cls(Path(path).read_text(encoding="utf-8"), path=path, params=params, variant=variant)

    @property
    def name(self) -> str:
        """The name after `model` in the spec, or that of the variant."""
        return str(self._outline["name"])

    @property
    def features(self) -> list[str]:
        """The names of the features."""
        return [str(each["name"]) for each in self._outline["features"]]

    @property
    def histories(self) -> list[str]:
        """The names of the histories."""
        return [str(each) for each in self._outline["histories"]]

    @property
    def labels(self) -> list[str]:
        """The names of the labels."""
        return [str(each["name"]) for each in self._outline["labels"]]

    @property
    def predictions(self) -> Mapping[str, str]:
        """The labels that the model predicts, each with its kind: `binary`, `share`, `number`, `enum` or `int`."""
        kinds = {str(each["name"]): str(each["kind"]) for each in self._outline["labels"]}
        return {str(label): kinds[label] for label in self._outline["predictions"]}

    def __repr__(self) -> str:
        return f"Model({self.name!r}, features={self.features}, histories={self.histories}, labels={self.labels})"

    def draw(self, format: Literal["svg", "mermaid", "json"] = "svg") -> str:
        """The network as a drawing: an SVG, a diagram for Mermaid, or its nodes and edges as JSON."""
        return str(_session.call("draw", {**self._spec, "format": format}, spec=self._spec)["drawing"])

    def _repr_html_(self) -> str:
        return self.draw()

    def types(self) -> pd.DataFrame:
        """Every name of the spec with its type, in the order of the text, as a pandas DataFrame.

        `sources` tells from which scopes a value is computed, `axis` for each step of which history there is one.
        """
        from ._tables import frame

        found = _session.call("types", self._spec, spec=self._spec)["types"]
        return frame({**each, "span": each["span"]["start"]["line"]} for each in found).rename(
            columns={"span": "line"}
        )

    def cost(self, *, candidates: int | None = None, history: int | None = None) -> Cost:
        """The parameters, the bytes of the tables and the operations of a request.

        A request has `candidates` (by default 200) and histories of `history` steps (50, at most their `max`). Tables
        whose values are learned from data have no size yet: `Run.cost` has it.
        """
        size = without_none(candidates=candidates, history=history)
        return Cost.from_json(_session.call("cost", {**self._spec, **size}, spec=self._spec))

    def train(
        self,
        data: Rows | None = None,
        *,
        valid: Rows | None = None,
        test: Rows | None = None,
        out: Folder | None = None,
        settings: Settings | None = None,
        epochs: int | None = None,
        batch: int | None = None,
        learning_rate: float | None = None,
        seed: int | None = None,
        backend: Engine = "auto",
        threads: int | None = None,
        limit: int | None = None,
        on_bad_row: BadRows | None = None,
        prepared: Folder | None = None,
        from_: RunOrFolder | None = None,
        rename: Mapping[str, str] | None = None,
        new_ids: Literal["init", "unknown"] | None = None,
        fresh_optimizer: bool | None = None,
        refit: bool | None = None,
        evict_below: int | None = None,
        evict_unseen_days: int | None = None,
        test_first: bool | None = None,
        keep_state: bool | None = None,
        checkpoint_seconds: float | None = None,
        resume: bool = False,
        force: bool = False,
        linear: Folder | None = None,
        tensorboard: Folder | None = None,
        mlflow: str | None = None,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **data_settings: Any,
    ) -> Run:
        """Trains the model and returns its run.

        Rows: `data`, `valid` and `test` are a DataFrame of pandas or polars, a table or data set of pyarrow, a dict of
        columns, or a path. `settings` are those of dinc.yaml, as its path or as a dict, and further keywords are
        settings of its section `data`, such as `validate={"rows": "random", "share": 0.1}`, `events={"user": …}` (then
        `data` is the log) or `impressions={…}`. Where a setting takes a file, it also takes a DataFrame. `prepared` is
        a folder of `prepare`, read instead. `limit` takes only the first rows of each split, and `on_bad_row` says
        what becomes of rows that can't be read.

        Training: `epochs`, `batch`, `learning_rate` and `seed` override the spec. `backend` is the engine of the
        steps, `threads` the number of its threads, which doesn't change a bit.

        The run: `out` is its folder; without it, the run is in a temporary folder until Python ends (`Run.save`).
        `force` replaces a run there. `keep_state=False` leaves out what a later training needs to continue from it.
        There is a checkpoint beside it after each epoch and every `checkpoint_seconds` (60). `linear` is the folder of a
        second run, of a linear model of the same features on the same rows, as a baseline.

        Continuing: `from_` is a run whose weights the training continues from. `rename` maps its names to new ones.
        New ids begin as their `init`, or with `new_ids="unknown"` as the unknown value. `evict_below` removes ids
        with fewer occurrences in all trainings, `evict_unseen_days` those that no training has seen for so long.
        `fresh_optimizer` resets the optimizer, `refit` fits the transforms of numbers again, and `test_first=False`
        doesn't measure the old weights on the new rows.

        Watching: `progress` shows a bar, by default in a notebook and in a terminal. `tensorboard` is a folder for its
        files, `mlflow` the address of a server. `on_event` receives every event as a dict.

        Ctrl-C, or the stop button of a notebook, raises `Stopped`, whose `run` has the weights so far; the same call
        with `resume=True` continues to the same weights as without the interruption.

        Raises DincError for mistakes in the spec, the settings or the rows, and if the loss isn't finite; UsageError
        for arguments that don't go together.
        """
        options = arguments(locals(), "data", "out", "resume", "progress", "on_event", "data_settings")
        from .run import Run

        folder = _session.path(out) if out is not None else temporary_run(self.name)
        with Files() as files:
            given = {**_requests.training(files, data, **options, **data_settings), "out": folder}
            continued = _continued(out, "resume=True")
            trained = self._call("train", given, files, {"resume": resume}, on_event, progress, continued)
        return Run(folder, trained)

    def cross_validate(
        self,
        data: Rows | None = None,
        *,
        folds: int = 5,
        out: Folder | None = None,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **options: Any,
    ) -> CrossValidation:
        """Trains `folds` times, each with other rows for validation, and measures how much the metrics vary.

        `validate` says how the rows are divided, such as `{"rows": "random", "share": 0.2}`; the share doesn't count.
        Further `options` are those of `train`. With `out`, the same call continues where it was stopped; without it,
        the runs are in a temporary folder until Python ends.

        Raises like `train`, and UsageError for options that make no sense for folds, with the reason.
        """
        folder, found = self._train_many("folds", {"folds": folds}, data, out, options, on_event, progress)
        return results.cross_validation(folder, found)

    def train_seeds(
        self,
        data: Rows | None = None,
        *,
        seeds: int = 5,
        out: Folder | None = None,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **options: Any,
    ) -> Seeds:
        """Trains `seeds` times with consecutive seeds, and measures how much the metrics vary by chance.

        Other calls take the result as `noise`, to tell which differences are within it. Further `options` are those of
        `train`. With `out`, the same call continues where it was stopped.

        Raises like `train`, and UsageError for options that make no sense for seeds, with the reason.
        """
        folder, found = self._train_many("seeds", {"seeds": seeds}, data, out, options, on_event, progress)
        return results.seeds(folder, found)

    def train_each(
        self,
        data: Rows | None = None,
        *,
        each: Literal["hour", "day", "week", "month"],
        out: Folder,
        complete: bool = False,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **options: Any,
    ) -> Periods:
        """Trains a run for each finished period of a log from `since` on, each continuing from the one before.

        `out` is the folder of the runs; the same call later trains only the periods that are new. `complete` says that
        the log has all rows of its last period. Further `options` are those of `train`.

        Raises like `train`, and DincError if the runs in the folder belong to another call or another log.
        """
        asked = {"each": each, "complete": complete}
        folder, found = self._train_many("each", asked, data, out, options, on_event, progress)
        return results.periods(folder, found)

    def explain_from(
        self, data: Rows | None = None, *, from_: RunOrFolder, **options: Any
    ) -> Mapping[str, Any]:
        """What a training on these rows would keep of the run `from_`, without training.

        `tables`, `weights` and `transforms` say what becomes of each part and why, `serving` whether the compiled
        module of the run takes the new weights. Further `options` are those of `train`. Raises like `train`.
        """
        with Files() as files:
            given = _requests.training(files, data, from_=from_, **options)
            found: Mapping[str, Any] = self._call("explainFrom", {**given, "out": ""}, files)
        return found

    def ablate(
        self,
        data: Rows | None = None,
        *,
        out: Folder | None = None,
        only: Sequence[str] = (),
        metric: str | None = None,
        resamples: int | None = None,
        noise: Seeds | Folder | None = None,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **options: Any,
    ) -> Ablation:
        """Trains without each feature, history and field in turn, and compares each with the whole model.

        `only` names the parts to leave out, one at a time: `price`, `clicks`, `clicks.dwell`. `metric` orders them, by
        default the first of the spec. `resamples` of the users (400) give the intervals. `noise` is a result of
        `train_seeds`. Further `options` are those of `train`. With `out`, the same call continues where it was stopped.

        Raises like `train`.
        """
        asked = without_none(
            only=list(only) or None, metric=metric, resamples=resamples, noise=folder_of(noise)
        )
        _, found = self._train_many("ablate", asked, data, out, options, on_event, progress)
        return results.ablation(found)

    def tune(
        self,
        data: Rows | None = None,
        *,
        out: Folder,
        ranges: Mapping[str, str] | None = None,
        trials: int | None = None,
        minutes: float | None = None,
        metric: str | None = None,
        search: Literal["sobol", "random"] | None = None,
        reduction: int | None = None,
        parallel: int | None = None,
        noise: Seeds | Folder | None = None,
        resume: bool = False,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **options: Any,
    ) -> Tuned:
        """Searches for the settings whose training is best on the validation rows.

        `ranges` are by name: `{"rate": "log(1e-4..1e-2)", "train.batch": "choice(128, 256)"}`; by default those of
        `tune` in the spec. `trials` settings are tried (20), or as many as begin within `minutes`. One trial in
        `reduction` (3) continues to more epochs. `parallel` trainings run at a time, which doesn't change the result.
        `noise` is a result of `train_seeds`: the gain is compared with it. `out` is the folder of the search, with its
        report and the chosen run; `resume=True` continues it. Further `options` are those of `train`.

        Raises like `train`.
        """
        asked = without_none(
            tune=ranges,
            trials=trials,
            minutes=minutes,
            metric=metric,
            search=search,
            reduction=reduction,
            parallel=parallel,
            noise=folder_of(noise),
            resume=resume or None,
        )
        _, found = self._train_many("tune", asked, data, out, options, on_event, progress)
        return results.tuned(found)

    def prepare(
        self,
        data: Rows | None = None,
        *,
        out: Folder,
        shards: int | None = None,
        order: Literal["shuffled", "trained"] | None = None,
        progress: bool | None = None,
        on_event: OnEvent | None = None,
        **options: Any,
    ) -> Path:
        """Reads and encodes rows once, for many trainings with `prepared=`. Returns the folder.

        `shards` is the number of Parquet files of a split (8). Training rows are stored at random, or with
        `order="trained"` as the first epoch reads them. Further `options` are those of `train` that are about rows:
        `valid`, `test`, `settings`, `seed`, `limit`, `on_bad_row`, `from_` with what belongs to it, `force`.

        Raises DincError for mistakes in the spec, the settings or the rows.
        """
        with Files() as files:
            given = _requests.training(files, data, **options)
            asked = without_none(shards=shards, order=order)
            own = {"out": _session.path(out)}
            self._call("prepare", {**given, **asked}, files, own, on_event, progress)
        return Path(out)

    def compile(
        self,
        target: Target,
        out: Folder,
        *,
        settings: Settings | None = None,
        **options: Any,
    ) -> Path:
        """Compiles the spec without a training, and returns the folder.

        `torchrec` is a training in Python, for PyTorch and TorchRec. Other targets have random weights, to measure a
        model's size and speed. `settings` are those of dinc.yaml. Further `options` are those of `Run.compile`.

        Raises DincError for mistakes in the spec or the folder, UsageError for options that the target doesn't have.
        """
        with Files() as files:
            configured = {} if settings is None else _requests.configuration({}, settings, {}, files)
            self._call("compileSpec", {**configured, **_requests.compiling(target, out, **options)}, files)
        return Path(out)

    def _train_many(
        self,
        method: Literal["folds", "seeds", "each", "ablate", "tune"],
        asked: Mapping[str, Any],
        data: Rows | None,
        out: Folder | None,
        options: Mapping[str, Any],
        on_event: OnEvent | None,
        progress: bool | None,
    ) -> tuple[str, Any]:
        """Calls a method that trains many runs. Returns their folder, and the answer."""
        folder = _session.path(out) if out is not None else temporary_run(self.name)
        continued = _continued(out, "resume=True" if method == "tune" else "the same call")
        with Files() as files:
            given = {**_requests.training(files, data, **options), "out": folder, **asked}
            return folder, self._call(method, given, files, {}, on_event, progress, continued)

    def _call(
        self,
        method: str,
        options: Mapping[str, Any],
        files: Files,
        params: Mapping[str, Any] | None = None,
        on_event: OnEvent | None = None,
        progress: bool | None = None,
        continued: str | None = None,
    ) -> Any:
        of_spec = without_none(params=self.params, variant=self.variant)
        return _session.call(
            method,
            {"spec": self._spec["spec"], "options": {**options, **of_spec}, **(params or {})},
            on_event=telling(on_event, self._told),
            renamed=files.words,
            spec=self._spec,
            progress=progress,
            continued=continued,
        )


def _continued(out: Folder | None, again: str) -> str | None:
    """How stopped work goes on. Without `out`, every call takes another folder."""
    return None if out is None else f"{again} continues in {os.fspath(out)}"


def tune(model: Model, data: Rows | None = None, **options: Any) -> Tuned:
    """Searches for the settings whose training is best on the validation rows: `Model.tune` as a function."""
    return model.tune(data, **options)
