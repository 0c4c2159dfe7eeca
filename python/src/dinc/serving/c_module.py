"""A folder of `dinc compile --target c --bindings python`, whose own package calls the library.

The library runs without the interpreter's lock.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from .backend import About, Scores
from .errors import RankerInputError, RankerLoadError
from .modules import keep, module_of
from .tables import Attention, Input, Output, Top

_PREFIX = struct.Struct("<8s4I")


class CModule:
    """A loaded library with its weights."""

    name = "c"

    def __init__(self, folder: Path, package: Path) -> None:
        module = module_of(package / "__init__.py")
        self._wrong: type[Exception] = module.InputError
        weights = folder / f"{module._PREFIX}.weights.bin"
        try:
            self._ranker = module.Ranker(weights)
        except module.LoadError as error:
            raise RankerLoadError(str(error)) from None
        keep(module)
        self.about = About(module._MODEL, module._PROGRAM, _run_of(weights), module._VERSION)
        self.inputs = [Input(*each) for each in self._ranker.inputs]
        self.outputs = [Output(*each) for each in self._ranker.outputs]

    def session(self, request: Mapping[str, Any]) -> CSession:
        try:
            return CSession(self._ranker.session(**_parts(request)), self._wrong)
        except self._wrong as error:
            raise RankerInputError(str(error)) from None

    def rank(self, request: Mapping[str, Any], candidates: Any) -> Scores:
        try:
            return cast("Scores", self._ranker.rank(candidates, **_parts(request)))
        except self._wrong as error:
            raise RankerInputError(str(error)) from None

    def logits(self, request: Mapping[str, Any], candidates: Any) -> Scores:
        try:
            return cast("Scores", self._ranker.logits(candidates, **_parts(request)))
        except self._wrong as error:
            raise RankerInputError(str(error)) from None

    def top(self, request: Mapping[str, Any], candidates: Any, k: int, label: str | None) -> list[Top]:
        try:
            best = self._ranker.top_k(candidates, k, label=label, **_parts(request))
        except self._wrong as error:
            raise RankerInputError(str(error)) from None
        return [Top(*each) for each in best]

    def explain(self, request: Mapping[str, Any], candidates: Any) -> list[Attention]:
        try:
            found = self._ranker.explain(candidates, **_parts(request))
        except self._wrong as error:
            raise RankerInputError(str(error)) from None
        return [Attention(*each) for each in found]

    def score(self, rows: Any) -> Scores:
        try:
            return cast("Scores", self._ranker.score(rows))
        except self._wrong as error:
            raise RankerInputError(str(error)) from None


class CSession:
    """A session of the library, which two threads must not use at once."""

    def __init__(self, session: Any, wrong: type[Exception]) -> None:
        self._session = session
        self._wrong = wrong
        self._lock = threading.Lock()

    def rank(self, candidates: Any) -> Scores:
        with self._lock:
            try:
                return cast("Scores", self._session.rank(candidates))
            except self._wrong as error:
                raise RankerInputError(str(error)) from None

    def logits(self, candidates: Any) -> Scores:
        with self._lock:
            try:
                return cast("Scores", self._session.logits(candidates))
            except self._wrong as error:
                raise RankerInputError(str(error)) from None

    def top(self, candidates: Any, k: int, label: str | None) -> list[Top]:
        with self._lock:
            try:
                return [Top(*each) for each in self._session.top_k(candidates, k, label=label)]
            except self._wrong as error:
                raise RankerInputError(str(error)) from None

    def close(self) -> None:
        with self._lock:
            self._session = None


def _parts(request: Mapping[str, Any]) -> dict[str, Any]:
    get = request.get
    return {"user": get("user"), "history": get("history"), "context": get("context")}


def _run_of(weights: Path) -> str | None:
    """The run in the header of a weights file, whose checksum the library has checked."""
    with weights.open("rb") as file:
        _, _, length, _, _ = _PREFIX.unpack(file.read(_PREFIX.size))
        return cast("str | None", json.loads(file.read(length))["run"])
