"""A run: a trained model in a folder, and what can be done with it."""

from __future__ import annotations

import functools
import json
import os
import shutil
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _requests, _session
from ._events import telling
from ._requests import (
    BadRows,
    Engine,
    Folder,
    RunOrFolder,
    Settings,
    Split,
    Target,
    arguments,
    folder_of,
    without_none,
)
from ._tables import metrics_in, parts
from .comparisons import Comparison, DataTest
from .costs import Cost
from .errors import UsageError
from .frames import Files, Rows, like
from .measured import Embeddings, Evaluation
from .model import Model

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from .results import Seeds


class Run:
    """A trained model. `Model.train` returns one, and `Run.open` opens a folder.

    Calls of more than a second show a bar in a notebook and in a terminal; `progress=False` turns it off.
    """

    def __init__(self, folder: str | os.PathLike[str], trained: Mapping[str, Any] | None = None) -> None:
        self.folder = Path(folder)
        """The folder of the run, with its report."""
        self._path = os.path.abspath(folder)
        self._opened: Mapping[str, Any] = _session.call("open", {"run": _session.path(folder)})
        self.notes: list[str] = [] if trained is None else list(trained["notes"])
        """Sentences about the training, if this process trained it."""

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Run:
        """Opens a run's folder. Raises DincError if it is damaged."""
        return cls(folder)

    def __repr__(self) -> str:
        metrics = ", ".join(
            f"{name} {value:.5f}" if isinstance(value, float) else f"{name} {value}"
            for name, value in self.metrics.items()
        )
        stopped = "" if self.interrupted is None else f", stopped after {_position(self.interrupted)}"
        return f"Run({str(self.folder)!r}, {self.name}{stopped}{': ' + metrics if metrics else ''})"

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self._opened["model"]["name"])

    @functools.cached_property
    def model(self) -> Model:
        """The model, by the copy of its spec in the run."""
        spec = self._opened["spec"]
        return Model(spec["text"], path=spec["path"])

    @functools.cached_property
    def manifest(self) -> Mapping[str, Any]:
        """All that the run records about its training: settings, data, versions, times."""
        found: Mapping[str, Any] = json.loads(
            (Path(self._path) / "manifest.json").read_text(encoding="utf-8")
        )
        return found

    @property
    def interrupted(self) -> Mapping[str, int] | None:
        """The `epoch` and the `steps` in it after which Ctrl-C stopped the training; None for a complete run."""
        found: Mapping[str, int] | None = self.manifest.get("interrupted")
        return found

    @property
    def metrics(self) -> Mapping[str, Any]:
        """The metrics on the test rows, or on the validation rows if there are no test rows.

        Empty without such rows, and for a run whose training was stopped within an epoch: `evaluate` measures it.
        """
        found: Mapping[str, Any] = self.manifest["metrics"]
        return found

    @property
    def history(self) -> Any:
        """The losses and metrics as a pandas DataFrame, with a row for each epoch, whose number is the index.

        Its columns are `train_loss`, if the loss has several terms `train_NAME_loss` for each, and metrics such as
        `valid_auc`; with several predictions `valid_click_auc`.
        """
        import pandas as pd

        text = (Path(self._path) / "metrics.jsonl").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        predictions = {line["prediction"] for line in lines if "split" in line}
        epochs: dict[int, dict[str, float]] = {}
        for line in lines:
            row = epochs.setdefault(line["epoch"], {})
            if "train_loss" in line:
                row["train_loss"] = line["train_loss"]
                row |= {f"train_{name}_loss": loss for name, loss in line.get("train_losses", {}).items()}
            if "split" in line:
                prefix = line["split"] if len(predictions) == 1 else f"{line['split']}_{line['prediction']}"
                row |= {f"{prefix}_{metric}": value for metric, value in metrics_in(line).items()}
        return pd.DataFrame.from_dict(epochs, orient="index", dtype=float).rename_axis("epoch")

    def _repr_html_(self) -> str | None:
        from .notebook.frame import framed

        page = Path(self._path) / "report.html"
        return framed(page.read_text(encoding="utf-8")) if page.exists() else None

    @property
    def report(self) -> Path:
        """The page about the training."""
        return self.folder / "report.html"

    @functools.cached_property
    def weights(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """The weights by name, as arrays that can't be written to. Tables are `table.NAME`."""
        import numpy as np

        content = (Path(self._path) / "weights.safetensors").read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        begin = 8 + length
        return {
            name: np.frombuffer(
                content[begin + tensor["data_offsets"][0] : begin + tensor["data_offsets"][1]],
                np.dtype("<f4"),
            ).reshape(tensor["shape"])
            for name, tensor in json.loads(content[8:begin]).items()
            if name != "__metadata__"
        }

    def save(self, folder: str | os.PathLike[str]) -> Run:
        """Copies the run to a new folder, and returns the run there."""
        shutil.copytree(self._path, folder)
        return Run(folder)

    def predict(
        self,
        data: Rows | None = None,
        *,
        settings: Settings | None = None,
        split: Split | None = None,
        prepared: Folder | None = None,
        keep: Sequence[str] = (),
        out: Folder | None = None,
        on_bad_row: BadRows | None = None,
        uncalibrated: bool = False,
        backend: Engine | None = None,
        threads: int | None = None,
        progress: bool | None = None,
        **read: Any,
    ) -> Any:
        """The scores of rows, in their order.

        For a DataFrame of pandas the result is one with the same index, for polars a DataFrame of polars, otherwise a
        table of pyarrow. A binary label `click` gives the columns `click_logit` and `click_probability`. A row that is left
        out (`on_bad_row`) has missing scores. `keep` are columns to copy beside the scores.

        With `out`, the scores are written to that file (CSV, JSON Lines or Parquet, by its ending), whose path is
        returned: they may be larger than memory.

        The rows are `data`, or the `split` (by default `test`) of `settings` or of `prepared`. If a file is read
        otherwise than in training, `delimiter`, `decimal`, `encoding`, `separator`, `inner_separator` and `steps` say
        how. `uncalibrated` leaves out the calibration of the run.

        Raises DincError for mistakes in the rows, UsageError if none are named.
        """
        rows = arguments(locals(), "data", "keep", "out", "progress", "read")
        import pyarrow.parquet as pq

        with Files() as files:
            given = _requests.scoring(files, data, **rows, **read)
            path = files.scratch("predictions.parquet") if out is None else _session.path(out)
            self._call("predict", {**given, "keep": list(keep)}, files, {"out": path}, progress)
            if out is not None:
                return Path(out)
            table = pq.read_table(path, memory_map=False)
        return like(data, table.drop_columns(["row"]))

    def evaluate(
        self,
        data: Rows | None = None,
        *,
        settings: Settings | None = None,
        split: Split | None = None,
        prepared: Folder | None = None,
        resamples: int | None = None,
        on_bad_row: BadRows | None = None,
        uncalibrated: bool = False,
        backend: Engine | None = None,
        threads: int | None = None,
        progress: bool | None = None,
        **read: Any,
    ) -> Evaluation:
        """The spec's metrics on rows with labels. `resamples` of users give the intervals in `details`.

        Arguments name the rows as in `predict`. Raises like `predict`.
        """
        rows = arguments(locals(), "data", "resamples", "progress", "read")
        with Files() as files:
            given = {**_requests.scoring(files, data, **rows, **read), **without_none(resamples=resamples)}
            found = self._call("evaluate", given, files, {}, progress)
        return Evaluation(found["rows"], found["metrics"], found["details"], found["notes"])

    def importance(
        self,
        data: Rows | None = None,
        *,
        metric: str | None = None,
        repeats: int | None = None,
        sample: int | None = None,
        resamples: int | None = None,
        seed: int | None = None,
        report: Folder | None = None,
        progress: bool | None = None,
        **rows: Any,
    ) -> pd.DataFrame:
        """How much worse each metric gets if one input is permuted, as a pandas DataFrame, the most important part first.

        `auc_low` and `auc_high` are the interval of `auc`, by `resamples` of the users (400). Each part is permuted
        `repeats` times (3) on at most `sample` rows (20,000). `report` is a page to write. Further arguments name the
        rows as in `predict`. Raises like `predict`.
        """
        with Files() as files:
            given = {
                **_requests.scoring(files, data, **rows),
                **without_none(
                    metric=metric,
                    repeats=repeats,
                    sample=sample,
                    resamples=resamples,
                    seed=seed,
                    report=None if report is None else _session.path(report),
                ),
            }
            found = self._call("importance", given, files, {}, progress)
        return parts(found["predictions"])

    def compare(
        self,
        other: RunOrFolder,
        data: Rows | None = None,
        *,
        noise: Seeds | Folder | None = None,
        resamples: int | None = None,
        seed: int | None = None,
        progress: bool | None = None,
        **rows: Any,
    ) -> Comparison:
        """The differences to another run: of inputs, settings, weights and metrics.

        With rows, both score them, and `test` tells which differences of metrics are more than chance, by `resamples`
        of the users. `noise` is a result of `train_seeds`: `metrics` then has the noise of seeds. Further arguments
        name the rows as in `predict`. Raises DincError if a run can't be read or both can't score the same rows.
        """
        asked = without_none(resamples=resamples, seed=seed)
        with Files() as files:
            scored = None
            if data is not None or asked or rows:
                scored = {**_requests.scoring(files, data, **rows), **asked}
            params = {"other": folder_of(other), "rows": scored}
            found = self._call("compare", without_none(noise=folder_of(noise)), files, params, progress)
        return Comparison.from_json(found)

    def calibrate(
        self,
        data: Rows | None = None,
        *,
        method: Literal["platt", "isotonic"] | None = None,
        by: str | None = None,
        progress: bool | None = None,
        **rows: Any,
    ) -> Mapping[str, Any]:
        """Fits a calibration on validation rows, and keeps it in the run: scores are calibrated from then on.

        `platt`, the default, is a slope and a shift of the logit, `isotonic` a rising curve, which needs more rows.
        Values of the feature `by` with enough rows get curves of their own. Further arguments name the rows as in
        `predict`, but for `split` and `uncalibrated`. Raises like `predict`.
        """
        with Files() as files:
            given = {**_requests.scoring(files, data, **rows), **without_none(method=method, by=by)}
            found: Mapping[str, Any] = self._call("calibrate", given, files, {}, progress)
        return found

    def uncalibrate(self) -> bool:
        """Removes the calibration, and returns whether there was one."""
        return bool(_session.call("uncalibrate", {"run": self._path})["wasCalibrated"])

    def embeddings(self, table: str | None = None, *, normalize: bool = False) -> Embeddings:
        """The vectors of a table, by the name of its feature; by default of the only one."""
        import numpy as np

        with Files() as files:
            out = files.scratch("vectors.npy")
            options = without_none(table=table, normalize=normalize or None)
            _session.call("embeddings", {"run": self._path, "out": out, "options": options})
            ids = json.loads(Path(files.scratch("vectors.ids.json")).read_text(encoding="utf-8"))
            return Embeddings(ids, np.load(out))

    def item_vectors(
        self,
        items: Rows,
        *,
        keep: str | None = None,
        separator: str | None = None,
        delimiter: str | None = None,
        decimal: str | None = None,
        encoding: str | None = None,
        on_bad_row: BadRows | None = None,
        uncalibrated: bool = False,
        backend: Engine | None = None,
        threads: int | None = None,
    ) -> Embeddings:
        """The vectors of items by a model of two towers, for a vector index.

        `items` has a column for each feature that the item tower reads. `keep` is the column of the result's `ids`, by
        default the first feature of items with ids. The inner product with the user's vector is the logit.

        Raises DincError if the model doesn't have two towers, or for mistakes in the rows.
        """
        import numpy as np

        with Files() as files:
            out = files.scratch("vectors.npy")
            given = without_none(
                data=files.path(items, "items"),
                keep=None if keep is None else [keep],
                **_requests.reading(
                    separator=separator, delimiter=delimiter, decimal=decimal, encoding=encoding
                ),
                onBadRow=on_bad_row,
                uncalibrated=uncalibrated or None,
                backend=backend,
                threads=threads,
            )
            self._call("items", given, files, {"out": out})
            ids = json.loads(Path(files.scratch("vectors.ids.json")).read_text(encoding="utf-8"))
            return Embeddings(ids, np.load(out))

    def test_data(
        self,
        data: Rows | None = None,
        *,
        stats: Folder | None = None,
        settings: Settings | None = None,
        baseline: Rows | None = None,
        separator: str | None = None,
        report: Folder | None = None,
    ) -> DataTest:
        """Compares rows, column by column, with the training rows of the run and with the conditions in `expect`.

        `settings` has another `expect` than that of the training, `baseline` other rows to compare with. `stats` is,
        instead of `data`, a file with the result of `ranker.stats()`. `report` is a page to write. A condition that
        fails is a result: see `DataTest.passed`.

        Raises DincError if the run, the settings or the rows can't be read.
        """
        if (data is None) == (stats is None):
            raise UsageError("test_data takes either rows or the `stats` of a ranker")
        with Files() as files:
            configured = {} if settings is None else _requests.configuration({}, settings, {}, files)
            given = without_none(
                **configured,
                baseline=None if baseline is None else files.path(baseline, "baseline"),
                separator=separator,
                report=None if report is None else _session.path(report),
            )
            params = {
                "data": None if data is None else files.path(data, "data"),
                "stats": None if stats is None else _session.path(stats),
            }
            return DataTest.from_json(self._call("testData", given, files, params))

    def cost(self, *, candidates: int | None = None, history: int | None = None) -> Cost:
        """Like `Model.cost`, with the sizes that the training learned from data."""
        size = without_none(candidates=candidates, history=history)
        return Cost.from_json(_session.call("cost", {"run": self._path, **size}))

    def compile(
        self,
        target: Target,
        out: Folder,
        *,
        force: bool = False,
        weights_only: bool = False,
        uncalibrated: bool = False,
        seed: int | None = None,
        graph: Literal["optimised", "exported"] | None = None,
        inputs: Literal["encoded", "raw"] | None = None,
        tables: Literal["f32", "f16", "i8"] | None = None,
        without_table: Sequence[str] = (),
        mode: Literal["exact", "fast"] | None = None,
        sessions: Literal["request", "append"] | None = None,
        projected_tables: int | None = None,
        bindings: Sequence[str] = (),
        single_file: bool = False,
    ) -> Path:
        """Compiles the run, and returns the folder.

        `ts` is a module without dependencies, `two-tower` the user module of a two-tower model, `c` a library, `onnx` a
        model for onnxruntime, `server` an HTTP server for Node, and `page` an HTML file that ranks offline.
        `torchrec` is a training in Python: `Model.compile` writes it.

        `force` replaces a folder with other files; dinc's own output is always replaced. `weights_only` writes only the
        weights into the folder of an existing module. `uncalibrated` leaves out the calibration of the run, and `seed`
        draws the golden requests.

        `tables="f16"` writes tables as 16-bit floats. `without_table` are tables whose rows come from a store.
        `mode="fast"` computes products of histories in 16-bit integers, and in C with fused multiply-adds.
        `sessions="append"` lets sessions of a module take events, which are computed for the new steps alone.
        `projected_tables` is the most memory in MiB for tables that are multiplied when weights are loaded.
        `bindings=["python"]` are languages that call the library of `c`. `graph="exported"` is an ONNX model as a
        training exports it, and `inputs="raw"` one that takes texts and numbers as rows have them. `single_file` puts
        kernels and encoders into `model.ts` itself.

        Raises DincError for mistakes in the run or the folder, UsageError for options that the target doesn't have.
        """
        given = arguments(locals())
        with Files() as files:
            self._call("compile", _requests.compiling(**given), files)
        return Path(out)

    def _call(
        self,
        method: str,
        options: Mapping[str, Any],
        files: Files,
        params: Mapping[str, Any] | None = None,
        progress: bool | None = None,
    ) -> Any:
        return _session.call(
            method,
            {"run": self._path, "options": options, **(params or {})},
            on_event=telling(),
            renamed=files.words,
            progress=progress,
        )


def _position(at: Mapping[str, int]) -> str:
    return f"step {at['steps']} of epoch {at['epoch']}" if at["steps"] else f"epoch {at['epoch'] - 1}"
