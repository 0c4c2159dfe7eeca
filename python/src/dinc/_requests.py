"""The arguments of calls as the requests of a session: texts, settings and the files of rows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, TypeAlias

from . import _session
from .errors import UsageError
from .frames import Files, Rows, with_files

Settings: TypeAlias = "Mapping[str, Any] | str | os.PathLike[str]"
"""Settings of dinc.yaml: the path of such a file, or the same as a dict."""


def without_none(**options: Any) -> dict[str, Any]:
    """The options that are given, by their names in the driver."""
    return {name: value for name, value in options.items() if value is not None}


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


def rows_to_score(
    data: Rows | None,
    settings: Settings | None,
    split: str | None,
    prepared: str | os.PathLike[str] | None,
    files: Files,
) -> dict[str, Any]:
    """The options that name rows to score: `data`, or a split of settings or of prepared rows."""
    if data is not None:
        return without_none(data=files.path(data, "data"), split=split)
    if prepared is not None:
        return without_none(rows=_session.path(prepared), split=split)
    if settings is None:
        raise UsageError(
            "name the rows: a DataFrame or a path, or with `split` those of `settings` or of `prepared`"
        )
    return without_none(**configuration({}, settings, {}, files), split=split)
