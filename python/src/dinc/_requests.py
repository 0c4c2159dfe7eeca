"""The arguments of calls as the requests of a session: texts, settings and the files of rows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

from . import _session
from .errors import UsageError
from .frames import Files, Rows, with_files

if TYPE_CHECKING:
    from .results import Seeds
    from .run import Run

Settings: TypeAlias = "Mapping[str, Any] | str | os.PathLike[str]"
"""Settings of dinc.yaml: the path of such a file, or the same as a dict."""

Folder: TypeAlias = Union[str, "os.PathLike[str]"]
RunOrFolder: TypeAlias = Union["Run", str, "os.PathLike[str]"]
Engine = Literal["auto", "wasm", "native", "node"]
BadRows = Literal["fail", "skip", "count"]
Split = Literal["train", "valid", "test"]
Target = Literal["ts", "two-tower", "c", "onnx", "torchrec", "server", "page"]


def without_none(**options: Any) -> dict[str, Any]:
    """The options that are given, by their names in the driver."""
    return {name: value for name, value in options.items() if value is not None}


def arguments(given: Mapping[str, Any], *apart: str) -> dict[str, Any]:
    """The arguments of a method, given as its `locals()`, for another function that takes the same ones."""
    return {name: value for name, value in given.items() if name != "self" and name not in apart}


def folder_of(found: Run | Seeds | Folder | None) -> str | None:
    """The folder of a run or of many, as it is named or where it is."""
    if found is None or isinstance(found, (str, os.PathLike)):
        return None if found is None else _session.path(found)
    return _session.path(found.folder)


def configuration(
    splits: Mapping[str, Rows | None],
    settings: Settings | None,
    sections: Mapping[str, Mapping[str, Any]],
    files: Files,
) -> dict[str, Any]:
    """The options `config` and `set` for rows and settings.

    `sections` override the settings: `{"data": {"memory": "2GB"}}`. With `events` in them, the rows of `train` are the log.
    """
    data = {**sections.get("data", {})}
    rows = {split: given for split, given in splits.items() if given is not None}
    own = settings.get("data", {}) if isinstance(settings, Mapping) else {}
    events = data.get("events", own.get("events") if isinstance(own, Mapping) else None)
    if isinstance(events, Mapping) and "train" in rows:
        data["events"] = {**events, "path": rows.pop("train")}
    written = {split: os.path.abspath(files.path(given, split)) for split, given in rows.items()}
    over = {
        **{name: with_files(section, files, name) for name, section in sections.items() if name != "data"},
        "data": {**with_files(data, files, "data"), **written},
    }
    if settings is None or isinstance(settings, Mapping):
        merged = with_files(settings or {}, files, "settings")
        for name, section in over.items():
            if section:
                merged[name] = {**(merged.get(name) or {}), **section}
        text = json.dumps(merged, indent=2, ensure_ascii=False)
        return {"config": {"path": _session.path("settings"), "text": text}}
    sets = [
        f"{name}.{key}={json.dumps(value, ensure_ascii=False)}"
        for name, section in over.items()
        for key, value in section.items()
    ]
    return {"config": _session.path(settings), "set": sets}


def training(
    files: Files,
    data: Rows | None = None,
    *,
    valid: Rows | None = None,
    test: Rows | None = None,
    settings: Settings | None = None,
    epochs: int | None = None,
    batch: int | None = None,
    learning_rate: float | None = None,
    seed: int | None = None,
    backend: Engine | None = None,
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
    force: bool = False,
    linear: Folder | None = None,
    tensorboard: Folder | None = None,
    mlflow: str | None = None,
    **data_settings: Any,
) -> dict[str, Any]:
    """The options of a training, as every call takes them that trains; `Model.train` says what they mean."""
    sections = {
        "data": data_settings,
        "train": without_none(epochs=epochs, batch=batch, learning_rate=learning_rate),
    }
    splits = {"train": data, "valid": valid, "test": test}
    evict = without_none(below=evict_below, unseenDays=evict_unseen_days)
    continuing = without_none(
        rename=None if rename is None else dict(rename),
        newIds=new_ids,
        freshOptimizer=fresh_optimizer,
        refit=refit,
        evict=evict or None,
        testFirst=test_first,
    )
    if continuing and from_ is None:
        raise UsageError(
            f"{', '.join(_PYTHON[name] for name in continuing)}: name the run to continue with `from_`"
        )
    return without_none(
        **configuration(splits, settings, sections, files),
        **continuing,
        **{"from": folder_of(from_)},
        seed=seed,
        backend=backend,
        threads=threads,
        limit=limit,
        onBadRow=on_bad_row,
        rows=None if prepared is None else _session.path(prepared),
        state=keep_state,
        checkpointSeconds=checkpoint_seconds,
        force=force or None,
        linear=None if linear is None else _session.path(linear),
        tensorboard=None if tensorboard is None else _session.path(tensorboard),
        mlflow=mlflow,
    )


_PYTHON = {
    "rename": "`rename`",
    "newIds": "`new_ids`",
    "freshOptimizer": "`fresh_optimizer`",
    "refit": "`refit`",
    "evict": "`evict_below` and `evict_unseen_days`",
    "testFirst": "`test_first`",
}


def reading(
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    inner_separator: str | None = None,
    steps: Literal["latest_first", "latest_last"] | None = None,
) -> dict[str, Any]:
    """How files of rows are read, where it differs from the training."""
    return without_none(
        delimiter=delimiter,
        decimal=decimal,
        encoding=encoding,
        separator=separator,
        innerSeparator=inner_separator,
        steps=steps,
    )


def scoring(
    files: Files,
    data: Rows | None,
    *,
    settings: Settings | None = None,
    split: Split | None = None,
    prepared: Folder | None = None,
    on_bad_row: BadRows | None = None,
    uncalibrated: bool = False,
    backend: Engine | None = None,
    threads: int | None = None,
    **read: Any,
) -> dict[str, Any]:
    """The options of a call that scores rows: `data`, or a split of settings or of prepared rows."""
    options = without_none(
        **reading(**read),
        split=split,
        onBadRow=on_bad_row,
        uncalibrated=uncalibrated or None,
        backend=backend,
        threads=threads,
    )
    if data is not None:
        return {**options, "data": files.path(data, "data")}
    if prepared is not None:
        return {**options, "rows": _session.path(prepared)}
    if settings is None:
        raise UsageError(
            "name the rows: a DataFrame or a path, or with `split` those of `settings` or of `prepared`"
        )
    return {**options, **configuration({}, settings, {}, files)}


def compiling(
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
) -> dict[str, Any]:
    """The options of a compilation; `Run.compile` says what they mean."""
    return without_none(
        target=target,
        out=_session.path(out),
        force=force or None,
        weightsOnly=weights_only or None,
        uncalibrated=uncalibrated or None,
        seed=seed,
        graph=graph,
        inputs=inputs,
        tables=tables,
        withoutTable=list(without_table) or None,
        mode=mode,
        sessions=sessions,
        projectedTables=projected_tables,
        bindings=list(bindings) or None,
        singleFile=single_file or None,
    )
