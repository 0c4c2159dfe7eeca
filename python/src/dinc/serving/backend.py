"""The interface of a loaded model, which the C module and ONNX implement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import RankerInputError
from .tables import Attention, Input, Output, Top

Scores = NDArray[np.float32] | dict[str, NDArray[np.float32]]
"""A number for each candidate, a row of numbers for classes and vectors; for several labels, or with outputs, a dict."""


class About(NamedTuple):
    """Which model scores: for logs and metrics."""

    model: str
    """The model's name in its spec."""
    program: str
    """The fingerprint of the program: the same for every run of the same spec."""
    run: str | None
    """The run of the weights: the start of `sha256sum RUN/weights.safetensors`. None for random weights."""
    version: str
    """The version of dinc that compiled it."""


class OpenSession(Protocol):
    """One user's request; for one thread at a time."""

    def rank(self, candidates: Any) -> Scores: ...

    def logits(self, candidates: Any) -> Scores: ...

    def top(self, candidates: Any, k: int, label: str | None) -> list[Top]: ...

    def close(self) -> None: ...


class Backend(Protocol):
    """A loaded model. Threads may share it."""

    name: str
    about: About
    inputs: list[Input]
    outputs: list[Output]

    def session(self, request: Mapping[str, Any]) -> OpenSession: ...

    def rank(self, request: Mapping[str, Any], candidates: Any) -> Scores: ...

    def logits(self, request: Mapping[str, Any], candidates: Any) -> Scores: ...

    def top(self, request: Mapping[str, Any], candidates: Any, k: int, label: str | None) -> list[Top]: ...

    def explain(self, request: Mapping[str, Any], candidates: Any) -> list[Attention]: ...

    def score(self, rows: Any) -> Scores: ...


def request_of(user: Any) -> Mapping[str, Any]:
    """The parts of a request without its candidates."""
    if user is None:
        return {}
    if isinstance(user, Mapping):
        return user
    raise RankerInputError("request must be an object")
