"""`dinc.load`: a ranker from a folder that `dinc compile` wrote, without Node."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, overload

from .backend import About, Backend, OpenSession, Scores, request_of
from .c_module import CModule
from .errors import RankerLoadError
from .golden import check_golden
from .onnx import OnnxModel
from .tables import Attention, Input, Output, Top


def load(folder: str | os.PathLike[str], *, check: bool = True) -> Ranker:
    """A ranker from a folder that `dinc compile` wrote.

    A folder of `--target c --bindings python` is served by its C module: a library that
    `python -m NAME_ranker build` made in the folder, or one that a C compiler makes at the first use, in
    `~/.cache/dinc/libraries` (`DINC_CACHE`). A folder of `--target onnx` is served by onnxruntime.

    The folder's Python code runs, so load only folders that you trust, as with a pickle.

    check: compares the scores of the folder's golden requests with their reference.

    Raises RankerLoadError if the folder cannot be served.
    """
    return Ranker(folder, check=check)


class Ranker:
    """Scores candidates for a user. Threads may share it, and compute at the same time."""

    def __init__(self, folder: str | os.PathLike[str], *, check: bool = True) -> None:
        self._folder = Path(folder)
        self._backend = _opened(self._folder, check)

    @property
    def backend(self) -> str:
        """`c` or `onnx`."""
        return self._backend.name

    @property
    def about(self) -> About:
        """The model, its program, the run of its weights, and the version of dinc."""
        return self._backend.about

    @property
    def inputs(self) -> list[Input]:
        """The raw values that the model reads, with their columns in training's rows."""
        return self._backend.inputs

    @property
    def outputs(self) -> list[Output]:
        """The labels that the model predicts, and after them its outputs."""
        return self._backend.outputs

    @overload
    def rank(self, user: Mapping[str, Any] | None, candidates: Any) -> Scores: ...

    @overload
    def rank(
        self, user: Mapping[str, Any] | None, candidates: Any, k: int, *, label: str | None = None
    ) -> list[Top]: ...

    def rank(
        self,
        user: Mapping[str, Any] | None,
        candidates: Any,
        k: int | None = None,
        *,
        label: str | None = None,
    ) -> Scores | list[Top]:
        """Predictions for candidates; with `k` the k best of them.

        user: the parts of a request that the model reads, such as
            `{"user": {"age": 30}, "history": {"clicks": [{"item_id": "B001"}]}, "context": {"hour": 12}}`;
            None if it reads none. The steps of a history are a list of dicts, the latest last, or a table.
            Other keys are ignored, so `rank(request, request["candidates"])` ranks a request in JSON.
        candidates: a list of dicts, or a table: a dict of lists or arrays, a frame of pandas or polars, a
            table of Arrow.
        k: at most so many, the best first; of equal ones the first.
        label: the label to order by, if there are several.

        Returns float32 [candidates], for a label of classes [candidates, classes]; for several labels, or for
        a model with outputs, a dict of such arrays by name. A vector is [candidates, width]; an output of the
        request is [width]. With `k` it returns a list of Top.

        Raises RankerInputError, which names the value, for a request that cannot be scored.
        """
        if k is None:
            return self._backend.rank(request_of(user), candidates)
        return self._backend.top(request_of(user), candidates, k, label)

    def logits(self, user: Mapping[str, Any] | None, candidates: Any) -> Scores:
        """Like `rank`, before the sigmoid or the softmax."""
        return self._backend.logits(request_of(user), candidates)

    def score(self, rows: Any) -> Scores:
        """Predictions for rows as those of training, each with a user and a candidate.

        rows: a frame of pandas or polars, a table of Arrow, or a dict of columns, with the columns of
            `inputs`. Histories are columns of lists.

        Returns like `rank`, for each row. Raises RankerInputError with the number of the row.
        """
        return self._backend.score(rows)

    def explain(self, user: Mapping[str, Any] | None, candidates: Any) -> list[Attention]:
        """The weight of each step of a history for each candidate, by head of each attention.

        Empty for a model without attention. Raises NotImplementedError for ONNX.
        """
        return self._backend.explain(request_of(user), candidates)

    def session(self, user: Mapping[str, Any] | None) -> Session:
        """Reads a user once for any number of calls: `with ranker.session(user) as session: …`."""
        return Session(self._backend.session(request_of(user)))

    def reload(self, folder: str | os.PathLike[str] | None = None, *, check: bool = True) -> None:
        """Serves another folder from the next call on, or its own again, with newer weights.

        Calls and sessions that have begun end with the old weights, which are freed after them. The folder is
        loaded and checked first: if that fails, nothing changes. It must have the same inputs and outputs.

        Raises RankerLoadError.
        """
        place = self._folder if folder is None else Path(folder)
        backend = _opened(place, check)
        own = self._backend
        if (backend.inputs, backend.outputs) != (own.inputs, own.outputs):
            raise RankerLoadError(f"{place} has other inputs or outputs: load it as another ranker")
        self._folder, self._backend = place, backend

    def __repr__(self) -> str:
        return f"<dinc ranker of {self.about.model}: {self._folder}, {self.backend}>"


class Session:
    """One user's request, ready to score candidates."""

    def __init__(self, session: OpenSession) -> None:
        self._session: OpenSession | None = session

    @overload
    def rank(self, candidates: Any) -> Scores: ...

    @overload
    def rank(self, candidates: Any, k: int, *, label: str | None = None) -> list[Top]: ...

    def rank(self, candidates: Any, k: int | None = None, *, label: str | None = None) -> Scores | list[Top]:
        """Like `Ranker.rank`, for this user."""
        if k is None:
            return self._open.rank(candidates)
        return self._open.top(candidates, k, label)

    def logits(self, candidates: Any) -> Scores:
        """Like `Ranker.logits`, for this user."""
        return self._open.logits(candidates)

    def close(self) -> None:
        """Frees its memory."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    @property
    def _open(self) -> OpenSession:
        if self._session is None:
            raise ValueError("the session is closed")
        return self._session

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(folder: Path, check: bool) -> Backend:
    if not folder.is_dir():
        raise RankerLoadError(f"there is no folder {folder}")
    packages = sorted((folder / "python").glob("*_ranker/__init__.py"))
    backend: Backend
    if packages:
        backend = CModule(folder, packages[0].parent)
    elif (folder / "model.onnx").exists():
        backend = OnnxModel(folder)
    elif (folder / "dinc_inputs.h").exists():
        raise RankerLoadError(f"{folder} has no code for Python: compile it again with --bindings python")
    else:
        raise RankerLoadError(
            f"{folder} isn't a folder that Python can serve: "
            "compile the run with --target c --bindings python, or with --target onnx"
        )
    if check:
        check_golden(folder, backend)
    return backend
