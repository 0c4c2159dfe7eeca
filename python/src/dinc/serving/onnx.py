"""A folder of `dinc compile --target onnx`: onnxruntime computes, the folder's inputs.py encodes."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .backend import About, Scores
from .errors import RankerInputError, RankerLoadError
from .modules import keep, module_of
from .tables import Attention, Input, Output, Top, column_of, is_record, length_of, listed, lists_of, names_of


class _Part(NamedTuple):
    kind: str
    name: str
    fields: list[tuple[str, str, str]]
    """The name, the type and the column of each."""

    @property
    def path(self) -> str:
        return f"history.{self.name}" if self.kind == "history" else self.name


class _Label(NamedTuple):
    name: str
    link: str
    low: int | None
    classes: list[str]

    @property
    def own(self) -> str:
        """The output with its logits, or a number's prediction."""
        return f"prediction/{self.name}" if self.link == "number" else f"logit/{self.name}"

    @property
    def predicted(self) -> str:
        return self.own if self.link == "number" else f"probability/{self.name}"

    @property
    def width(self) -> int:
        return max(1, len(self.classes))


class _Output(NamedTuple):
    """A value without a label, of each candidate or of the request."""

    name: str
    width: int
    per: str

    @property
    def low(self) -> None:
        """Only labels have classes."""
        return None

    @property
    def link(self) -> str:
        return "number"

    @property
    def own(self) -> str:
        return f"output/{self.name}"

    @property
    def predicted(self) -> str:
        return self.own


class OnnxModel:
    """A loaded model.onnx with its encoder. A request has one thread, so that threads serve several."""

    name = "onnx"

    def __init__(self, folder: Path) -> None:
        try:
            onnxruntime = importlib.import_module("onnxruntime")
        except ImportError:
            raise RankerLoadError(f"{folder} needs onnxruntime: pip install 'dinc[onnx]'") from None
        module = module_of(folder / "inputs.py")
        self._wrong: type[Exception] = module.RankerInputError
        data = _bytes_of(folder / "inputs.bin")
        try:
            self._encoder = module.Encoder(data)
        except module.RankerWeightsError as error:
            raise RankerLoadError(f"{folder / 'inputs.bin'}: {error}") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has a class for each reason.
            raise RankerLoadError(f"{folder / 'model.onnx'} cannot be loaded: {error}") from None
        keep(module)
        meta = self._session.get_modelmeta()
        facts = meta.custom_metadata_map
        if "dinc.request" not in facts:
            raise RankerLoadError(f"{folder} is from an older dinc: compile it again with --target onnx")
        if facts.get("dinc.run") != self._encoder.run:
            raise RankerLoadError(
                f"{folder}: model.onnx and inputs.bin are of different runs: compile it again"
            )
        request = json.loads(facts["dinc.request"])
        self._parts = [_Part(**part) for part in request["parts"]]
        labels = [_Label(**label) for label in request["labels"]]
        outputs = [_Output(**output) for output in request.get("outputs", [])]
        self._labels: list[_Label | _Output] = [*labels, *outputs]
        self._together: bool = "together" in request
        self.about = About(meta.graph_name, module.PROGRAM, self._encoder.run, facts["dinc.version"])
        self.inputs = [Input(part.path, *field) for part in self._parts for field in part.fields]
        self.outputs = [
            *(Output(label.name, tuple(label.classes)) for label in labels),
            *(Output(output.name, ()) for output in outputs),
        ]

    def session(self, request: Mapping[str, Any]) -> OnnxSession:
        return OnnxSession(self, _readable(request))

    def rank(self, request: Mapping[str, Any], candidates: Any) -> Scores:
        return self._by_label(self._run(request, candidates, [label.predicted for label in self._labels]))

    def logits(self, request: Mapping[str, Any], candidates: Any) -> Scores:
        return self._by_label(self._run(request, candidates, [label.own for label in self._labels]))

    def top(self, request: Mapping[str, Any], candidates: Any, k: int, label: str | None) -> list[Top]:
        own = self._ordered_by(label)
        if type(k) is not int or k < 0:
            raise RankerInputError(f"k must be a whole number from 0, not {k}")
        logits, scores = self._run(request, candidates, [own.own, own.predicted])
        if own.low is not None:
            scores = (scores.astype(np.float64) @ (own.low + np.arange(own.width))).astype(np.float32)
            logits = scores
        best = np.argsort(-logits, kind="stable")[:k]
        return [Top(int(i), float(scores[i])) for i in best]

    def explain(self, request: Mapping[str, Any], candidates: Any) -> list[Attention]:
        raise NotImplementedError("ONNX has no explain: compile the run with --target c --bindings python")

    def score(self, rows: Any) -> Scores:
        if self._together:
            raise RankerInputError(
                "rows alone have no scores, because the model scores the candidates of a request together: use `rank`"
            )
        names = names_of(rows)
        if names is None:
            raise RankerInputError("rows must be a data frame, a table of Arrow or a dict of columns")
        names = set(names)
        for each in self.inputs:
            if each.column not in names:
                raise RankerInputError(f"the rows have no column {each.column}")
        count = length_of(rows, [each.column for each in self.inputs] or names)
        columns = {
            part.path: [
                lists_of(rows[column]) if part.kind == "history" else _values(rows[column])
                for _, _, column in part.fields
            ]
            for part in self._parts
        }
        scores: list[Scores] = []
        for row in range(count):
            try:
                request = self._request_of(columns, row)
                scores.append(self.rank(request, request["candidates"]))
            except RankerInputError as error:
                raise RankerInputError(f"row {row}: {error}") from None
        if len(self._labels) == 1:
            return np.concatenate([self._none(self._labels[0]), *scores])
        named = [each for each in scores if isinstance(each, dict)]
        return {
            label.name: self._joined(label, [each[label.name] for each in named]) for label in self._labels
        }

    def _joined(self, label: _Label | _Output, rows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Numbers of rows that were ranked one by one."""
        if not isinstance(label, _Output) or label.per == "candidate":
            return np.concatenate([self._none(label), *rows])
        of_rows = np.stack(rows) if rows else np.empty((0, label.width), np.float32)
        return of_rows if label.width > 1 else of_rows[:, 0]

    def _request_of(self, columns: dict[str, list[list[Any]]], row: int) -> dict[str, Any]:
        request: dict[str, Any] = {"history": {}, "candidates": [{}]}
        for part in self._parts:
            values = [column[row] for column in columns[part.path]]
            fields = [name for name, _, _ in part.fields]
            if part.kind != "history":
                record = dict(zip(fields, values, strict=True))
                request[part.name] = [record] if part.kind == "candidates" else record
            elif None not in values:
                if len({len(each) for each in values}) > 1:
                    raise RankerInputError(f"the columns of {part.path} have lists of different lengths")
                steps = [dict(zip(fields, step, strict=True)) for step in zip(*values, strict=True)]
                request["history"][part.name] = steps
        return request

    def _ordered_by(self, name: str | None) -> _Label | _Output:
        names = [label.name for label in self._labels]
        if name is None:
            if len(names) > 1:
                raise RankerInputError(f"label is missing: the model predicts {', '.join(names)}")
            name = names[0]
        if name not in names:
            raise RankerInputError(f"label must be one of {', '.join(names)}")
        own = self._labels[names.index(name)]
        if own.low is None and (
            own.link == "softmax" or own.width > 1 or getattr(own, "per", "") == "request"
        ):
            raise RankerInputError("label has no order, or is not a label of the model")
        return own

    def _run(
        self, request: Mapping[str, Any], candidates: Any, outputs: list[str]
    ) -> list[NDArray[np.float32]]:
        rows = _rows(candidates)
        if isinstance(rows, (list, tuple)) and len(rows) == 0:
            # The network has no recurrence over no rows.
            labels = {name: label for label in self._labels for name in (label.own, label.predicted)}
            return [self._none(labels[name]) for name in outputs]
        try:
            feeds = self._encoder.feeds({**_readable(request), "candidates": rows})
        except self._wrong as error:
            raise RankerInputError(str(error)) from None
        scores: list[NDArray[np.float32]] = self._session.run(outputs, feeds)
        return scores

    def _none(self, label: _Label | _Output) -> NDArray[np.float32]:
        return np.empty((0, label.width) if label.width > 1 else 0, np.float32)

    def _by_label(self, scores: list[NDArray[np.float32]]) -> Scores:
        if len(scores) == 1:
            return scores[0]
        return {label.name: own for label, own in zip(self._labels, scores, strict=True)}


class OnnxSession:
    """One user's request."""

    def __init__(self, model: OnnxModel, request: Mapping[str, Any]) -> None:
        self._model = model
        self._request = request

    def rank(self, candidates: Any) -> Scores:
        return self._model.rank(self._request, candidates)

    def logits(self, candidates: Any) -> Scores:
        return self._model.logits(self._request, candidates)

    def top(self, candidates: Any, k: int, label: str | None) -> list[Top]:
        return self._model.top(self._request, candidates, k, label)

    def close(self) -> None:
        pass


def _readable(request: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a request, with histories as lists of dicts."""
    parts = {name: request[name] for name in ("user", "history", "context") if request.get(name) is not None}
    history = parts.get("history")
    if isinstance(history, Mapping):
        parts["history"] = {name: _rows(steps) for name, steps in history.items()}
    return parts


def _rows(table: Any) -> Any:
    """A table as a list of dicts; anything else as it is."""
    names = None if isinstance(table, (list, tuple)) or is_record(table) else names_of(table)
    if names is None:
        return table
    columns = {name: _values(table[name]) for name in names}
    if len({len(column) for column in columns.values()}) > 1:
        raise RankerInputError("the columns of a table must have one length")
    if not columns:
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values(column: Any) -> list[Any]:
    return listed(column_of(column))


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RankerLoadError(f"{file} cannot be read: {error.strerror}") from None
