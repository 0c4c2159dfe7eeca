"""A run: a trained model in a folder, and what can be done with it."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _requests, _session
from ._requests import Settings, without_none
from .frames import Files, Rows, like
from .model import BadRows, Engine, Model, _telling

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Split = Literal["train", "valid", "test"]


@dataclass(frozen=True)
class Evaluation:
    """The metrics of a run on some rows."""

    rows: int
    """The number of rows with scores."""
    metrics: Mapping[str, Any]
    """The metrics by name; by prediction first if there are several. None if the rows don't define one."""
    details: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """By prediction and metric: its value, its interval, its groups."""
    notes: Sequence[str]
    """Sentences about the numbers."""

    def __getitem__(self, metric: str) -> Any:
        return self.metrics[metric]


@dataclass(frozen=True)
class Embeddings:
    """The vectors of a table."""

    ids: list[str]
    vectors: npt.NDArray[np.float32]
    """A row for each id."""


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

        details = self.manifest["details"]
        epochs: dict[int, dict[str, float]] = {}
        text = (Path(self._path) / "metrics.jsonl").read_text(encoding="utf-8")
        for line in map(json.loads, text.splitlines()):
            row = epochs.setdefault(line["epoch"], {})
            if "train_loss" in line:
                row["train_loss"] = line["train_loss"]
                row |= {f"train_{name}_loss": loss for name, loss in line.get("train_losses", {}).items()}
            if "split" in line:
                prefix = line["split"] if len(details) == 1 else f"{line['split']}_{line['prediction']}"
                row |= {f"{prefix}_{metric}": line.get(metric) for metric in details[line["prediction"]]}
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
        prepared: str | os.PathLike[str] | None = None,
        keep: Sequence[str] = (),
        on_bad_row: BadRows | None = None,
        uncalibrated: bool = False,
        backend: Engine | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Any:
        """The scores of rows, in their order.

        For a DataFrame of pandas the result is one with the same index, for polars a DataFrame of polars, otherwise a
        table of pyarrow. A binary label `click` gives the columns `click_logit` and `click_probability`. A row that is left
        out (`on_bad_row`) has missing scores. `keep` are columns to copy beside the scores.
        """
        import pyarrow.parquet as pq

        with Files() as files:
            given = without_none(
                **_requests.rows_to_score(data, settings, split, prepared, files),
                **_scoring(on_bad_row, uncalibrated, backend, threads),
                keep=list(keep) or None,
            )
            out = files.scratch("predictions.parquet")
            _session.call(
                "predict",
                {"run": self._path, "out": out, "options": given},
                on_event=_telling(None),
                renamed=files.words,
                progress=progress,
            )
            table = pq.read_table(out, memory_map=False)
        return like(data, table.drop_columns(["row"]))

    def evaluate(
        self,
        data: Rows | None = None,
        *,
        settings: Settings | None = None,
        split: Split | None = None,
        prepared: str | os.PathLike[str] | None = None,
        resamples: int | None = None,
        on_bad_row: BadRows | None = None,
        uncalibrated: bool = False,
        backend: Engine | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Evaluation:
        """The spec's metrics on rows with labels. `resamples` of users give the intervals in `details`."""
        with Files() as files:
            given = without_none(
                **_requests.rows_to_score(data, settings, split, prepared, files),
                **_scoring(on_bad_row, uncalibrated, backend, threads),
                resamples=resamples,
            )
            found = _session.call(
                "evaluate",
                {"run": self._path, "options": given},
                on_event=_telling(None),
                renamed=files.words,
                progress=progress,
            )
        return Evaluation(found["rows"], found["metrics"], found["details"], found["notes"])

    def importance(
        self,
        data: Rows | None = None,
        *,
        settings: Settings | None = None,
        split: Split | None = None,
        prepared: str | os.PathLike[str] | None = None,
        metric: str | None = None,
        repeats: int | None = None,
        sample: int | None = None,
        seed: int | None = None,
        progress: bool | None = None,
    ) -> Any:
        """How much worse each metric gets if one input is permuted, as a pandas DataFrame, the most important part first."""
        import pandas as pd

        with Files() as files:
            given = without_none(
                **_requests.rows_to_score(data, settings, split, prepared, files),
                metric=metric,
                repeats=repeats,
                sample=sample,
                seed=seed,
            )
            found = _session.call(
                "importance",
                {"run": self._path, "options": given},
                on_event=_telling(None),
                renamed=files.words,
                progress=progress,
            )
        return pd.DataFrame(
            [
                {
                    "prediction": prediction["label"],
                    "part": part["name"],
                    "kind": part["kind"],
                    "verdict": part["verdict"],
                    **{each["metric"]: each["worse"] for each in part["differences"]},
                }
                for prediction in found["predictions"]
                for part in prediction["parts"]
            ]
        )

    def compare(self, other: Run | str | os.PathLike[str]) -> Mapping[str, Any]:
        """The differences to another run: of inputs, settings, weights and metrics."""
        folder = other._path if isinstance(other, Run) else _session.path(other)
        found: Mapping[str, Any] = _session.call(
            "compare", {"run": self._path, "other": folder, "options": {}}
        )
        return found

    def calibrate(
        self,
        data: Rows | None = None,
        *,
        settings: Settings | None = None,
        prepared: str | os.PathLike[str] | None = None,
        method: Literal["platt", "isotonic"] | None = None,
        by: str | None = None,
        on_bad_row: BadRows | None = None,
        progress: bool | None = None,
    ) -> Mapping[str, Any]:
        """Fits a calibration on validation rows, and keeps it in the run: scores are calibrated from then on."""
        with Files() as files:
            given = without_none(
                **_requests.rows_to_score(data, settings, None, prepared, files),
                method=method,
                by=by,
                onBadRow=on_bad_row,
            )
            found: Mapping[str, Any] = _session.call(
                "calibrate",
                {"run": self._path, "options": given},
                on_event=_telling(None),
                renamed=files.words,
                progress=progress,
            )
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

    def compile(
        self,
        target: Literal["ts", "two-tower", "onnx", "c"],
        out: str | os.PathLike[str],
        *,
        force: bool = False,
        **options: Any,
    ) -> Path:
        """Compiles the run to a module without dependencies, and returns its folder.

        `options` are those of `dinc compile`, in snake case: `tables="f16"`, `bindings=["python"]`.
        """
        given = {_camel(name): value for name, value in options.items()}
        _session.call(
            "compile",
            {
                "run": self._path,
                "options": {**given, "target": target, "out": _session.path(out), "force": force},
            },
            on_event=_telling(None),
        )
        return Path(out)


def runs(folder: str | os.PathLike[str] = ".", *, filter: Sequence[str] = (), sort: str | None = None) -> Any:
    """The runs in a folder and below, as a pandas DataFrame with a column for each setting and metric."""
    import pandas as pd

    found = _session.call(
        "runs",
        {"folder": _session.path(folder), "options": without_none(filter=list(filter), sort=sort)},
        on_event=_telling(None),
    )
    return pd.DataFrame([each["columns"] for each in found["runs"]])


def _position(at: Mapping[str, int]) -> str:
    return f"step {at['steps']} of epoch {at['epoch']}" if at["steps"] else f"epoch {at['epoch'] - 1}"


def _scoring(
    on_bad_row: BadRows | None, uncalibrated: bool, backend: Engine | None, threads: int | None
) -> dict[str, Any]:
    return without_none(
        onBadRow=on_bad_row, uncalibrated=uncalibrated or None, backend=backend, threads=threads
    )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


@functools.lru_cache(maxsize=1)
def temporary_folder() -> str:
    """The folder of runs that nobody named. It is removed when Python ends."""
    folder = tempfile.mkdtemp(prefix="dinc-runs-")
    owner = os.getpid()

    def remove() -> None:
        # A child of a fork leaves it to its parent.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
