"""The results of a run on rows or items: metrics and vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


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
