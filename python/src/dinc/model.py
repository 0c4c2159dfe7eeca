"""A model: the text of a spec, checked, and what can be done with it."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _requests, _session
from ._requests import Settings, without_none
from .errors import Diagnostic, DincWarning, as_html
from .frames import Files, Rows

if TYPE_CHECKING:
    from .run import Run

Engine = Literal["auto", "wasm", "native", "tensorflow"]
BadRows = Literal["fail", "skip", "count"]


@dataclass(frozen=True, repr=False)
class Check:
    """The findings of `dinc.check`."""

    diagnostics: tuple[Diagnostic, ...]
    _texts: Mapping[str, str]
    _spec: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the spec has no errors; it may have warnings."""
        return all(each.severity != "error" for each in self.diagnostics)

    def fix(self) -> str:
        """The text with all certain fixes applied. Raises `UsageError` if there are none."""
        return _session.mended(self._spec)

    def __str__(self) -> str:
        return self._texts["text"] or "no findings"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self._texts["colored"] or "no findings")


def check(
    text: str,
    *,
    path: str | os.PathLike[str] = "model.din",
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
    lint: bool = False,
) -> Check:
    """Checks the text of a spec, and returns what it finds instead of raising it.

    `path` is where the text would lie: imports are relative to it, and messages show it. `lint` adds advice.
    """
    spec = _spec_of(text, path, params, variant)
    found = _session.call("lint" if lint else "check", spec)
    return Check(tuple(Diagnostic.from_json(each) for each in found["diagnostics"]), found, spec)


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
        self._spec = _spec_of(text, path, params, variant)
        self._told: set[str] = set()
        self._outline: Mapping[str, Any] = _session.call(
            "model", self._spec, on_event=_telling(None, self._told), spec=self._spec
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

    def draw(self) -> str:
        """The network as an SVG."""
        return str(_session.call("draw", self._spec, spec=self._spec)["svg"])

    def _repr_html_(self) -> str:
        return self.draw()

    def train(
        self,
        data: Rows | None = None,
        *,
        valid: Rows | None = None,
        test: Rows | None = None,
        out: str | os.PathLike[str] | None = None,
        settings: Settings | None = None,
        epochs: int | None = None,
        batch: int | None = None,
        learning_rate: float | None = None,
        seed: int | None = None,
        backend: Engine = "auto",
        threads: int | None = None,
        limit: int | None = None,
        on_bad_row: BadRows | None = None,
        prepared: str | os.PathLike[str] | None = None,
        from_: str | os.PathLike[str] | None = None,
        resume: bool = False,
        force: bool = False,
        tensorboard: str | os.PathLike[str] | None = None,
        mlflow: str | None = None,
        progress: bool | None = None,
        on_event: Callable[[Mapping[str, Any]], None] | None = None,
        **data_settings: Any,
    ) -> Run:
        """Trains the model and returns its run.

        `data`, `valid` and `test` are rows: a DataFrame of pandas or polars, a table or data set of pyarrow, a dict of
        columns, or a path. `settings` are those of dinc.yaml, as its path or as a dict, and further keywords are
        settings of its section `data`, such as `validate={"rows": "random", "share": 0.1}`, `events={"user": …}` (then
        `data` is the log) or `impressions={…}`. Where a setting takes a file, it also takes a DataFrame.

        `out` is the folder of the run; without it, the run is in a temporary folder until Python ends
        (`run.save`). `from_` is a run whose weights the training continues from. `progress` shows a bar, by default
        in a notebook and in a terminal. Ctrl-C raises `Stopped`, whose `run` has the weights so far; the same call with
        `resume=True` continues.

        Raises DincError for mistakes in the spec, the settings or the rows.
        """
        from .run import Run

        with Files() as files:
            sections = {
                "data": data_settings,
                "train": without_none(epochs=epochs, batch=batch, learning_rate=learning_rate),
            }
            folder = _session.path(out) if out is not None else _temporary_run(self.name)
            splits = {"train": data, "valid": valid, "test": test}
            given = without_none(
                out=folder,
                **_requests.configuration(splits, settings, sections, files),
                seed=seed,
                backend=backend,
                threads=threads,
                limit=limit,
                onBadRow=on_bad_row,
                rows=None if prepared is None else _session.path(prepared),
                **{"from": None if from_ is None else _session.path(from_)},
                force=force or None,
                tensorboard=None if tensorboard is None else _session.path(tensorboard),
                mlflow=mlflow,
                params=self.params,
                variant=self.variant,
            )
            trained = _session.call(
                "train",
                {"spec": self._spec["spec"], "options": given, "resume": resume},
                on_event=_telling(on_event, self._told),
                renamed=files.words,
                progress=progress,
                spec=self._spec,
            )
        return Run(folder, trained)

    def tune(self, data: Rows | None = None, **options: Any) -> Tuned:
        """Searches for settings: see `dinc.tune`."""
        return tune(self, data, **options)

    def prepare(
        self,
        data: Rows | None = None,
        *,
        out: str | os.PathLike[str],
        valid: Rows | None = None,
        test: Rows | None = None,
        settings: Settings | None = None,
        force: bool = False,
        shards: int | None = None,
        on_bad_row: BadRows | None = None,
        progress: bool | None = None,
        **data_settings: Any,
    ) -> Path:
        """Reads and encodes rows once, for many trainings with `prepared=`. Returns the folder."""
        with Files() as files:
            splits = {"train": data, "valid": valid, "test": test}
            given = without_none(
                **_requests.configuration(splits, settings, {"data": data_settings}, files),
                force=force or None,
                shards=shards,
                onBadRow=on_bad_row,
                params=self.params,
                variant=self.variant,
            )
            _session.call(
                "prepare",
                {"spec": self._spec["spec"], "out": _session.path(out), "options": given},
                on_event=_telling(None, self._told),
                renamed=files.words,
                progress=progress,
                spec=self._spec,
            )
        return Path(out)


@dataclass(frozen=True)
class Tuned:
    """The result of a search for settings."""

    run: Run
    """The run with the chosen settings."""
    chosen: Mapping[str, Any]
    """The chosen trial, with its settings and its result on the validation rows."""
    trials: Sequence[Mapping[str, Any]]
    """Every finished training, in order."""
    report: Path
    """A page about the search."""


def tune(
    model: Model,
    data: Rows | None = None,
    *,
    out: str | os.PathLike[str],
    valid: Rows | None = None,
    test: Rows | None = None,
    settings: Settings | None = None,
    ranges: Mapping[str, str] | None = None,
    trials: int | None = None,
    minutes: float | None = None,
    metric: str | None = None,
    search: Literal["sobol", "random"] | None = None,
    reduction: int | None = None,
    parallel: int | None = None,
    seed: int | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | None = None,
    on_event: Callable[[Mapping[str, Any]], None] | None = None,
    **data_settings: Any,
) -> Tuned:
    """Searches for the settings whose training is best on the validation rows.

    `ranges` are by name: `{"rate": "log(1e-4..1e-2)", "train.batch": "choice(128, 256)"}`; by default those of `tune`
    in the spec. `out` is the folder of the search, with its report and the chosen run.
    """
    from .run import Run

    with Files() as files:
        splits = {"train": data, "valid": valid, "test": test}
        given = without_none(
            out=_session.path(out),
            **_requests.configuration(splits, settings, {"data": data_settings}, files),
            tune=ranges,
            trials=trials,
            minutes=minutes,
            metric=metric,
            search=search,
            reduction=reduction,
            parallel=parallel,
            seed=seed,
            resume=resume or None,
            force=force or None,
            params=model.params,
            variant=model.variant,
        )
        found = _session.call(
            "tune",
            {"spec": model._spec["spec"], "options": given},
            on_event=_telling(on_event, model._told),
            renamed=files.words,
            progress=progress,
            spec=model._spec,
        )
    return Tuned(Run(found["run"]), found["chosen"], found["lines"], Path(found["report"]))


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
        return Model(self.spec)

    def __repr__(self) -> str:
        return self.spec


def init(
    data: Rows,
    *,
    label: str | None = None,
    items: Rows | None = None,
    users: Rows | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Draft:
    """Drafts a spec from the columns of rows, and says why each column became what it is.

    `label` is the column of 0 and 1 to predict. `items` and `users` are tables with a row for each. With `out`,
    `model.din` and `dinc.yaml` are written to that folder, which needs rows in a file.
    """
    with Files() as files:
        given = without_none(
            data=files.path(data, "data"),
            items=None if items is None else files.path(items, "items"),
            users=None if users is None else files.path(users, "users"),
            label=label,
            folder=None if out is None else _session.path(out),
            force=force or None,
        )
        drafted = _session.call("init", {"options": given}, on_event=_telling(None), renamed=files.words)
        for path, word in files.words.items():
            for text in ("spec", "config"):
                drafted[text] = drafted[text].replace(path, word)
    plan = drafted["plan"]
    return Draft(drafted["spec"], drafted["config"], plan["guesses"], plan["leftOut"])


def _spec_of(
    text: str, path: str | os.PathLike[str], params: Mapping[str, Any] | None, variant: str | None
) -> dict[str, Any]:
    spec = {"path": _session.path(path), "text": text}
    return without_none(spec=spec, params=params, variant=variant)


def _temporary_run(name: str) -> str:
    from .run import temporary_folder

    return os.path.join(tempfile.mkdtemp(prefix=f"{name}-", dir=temporary_folder()), "run")


def _telling(
    on_event: Callable[[Mapping[str, Any]], None] | None, told: set[str] | None = None
) -> Callable[[Mapping[str, Any]], None]:
    """Makes warnings of diagnostics, but of those in `told`, and passes every event on."""
    already = set() if told is None else told

    def tell(event: Mapping[str, Any]) -> None:
        if event["kind"] == "diagnostics":
            for each in event["diagnostics"]:
                text = f"{each['code']}: {each['message']}"
                if text not in already:
                    already.add(text)
                    warnings.warn(text, DincWarning, stacklevel=5)
        if on_event is not None:
            on_event(event)

    return tell
