"""The input of a training step: the rows of one rank, in the form that the model reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torchrec.sparse.jagged_tensor import KeyedJaggedTensor

from .ops import Steps


class Outputs(NamedTuple):
    """The results of the model for a batch."""

    #: By label [rows, 1]; an output of the model, under its own name, is [rows, width].
    logits: dict[str, Tensor]
    #: By auxiliary loss [rows, 1], or [1] if it depends on learned values alone; empty outside of training.
    auxiliary: dict[str, Tensor]


@dataclass(frozen=True)
class Batch:
    """The rows of one rank in one step."""

    rows: int
    #: By stored width of tables, and in it by table: its ids in these rows, each once, so that nothing is exchanged twice.
    ids: dict[int, KeyedJaggedTensor]
    #: By stored width of tables whose rows are summed before the exchange, and in it by table and input: the ids of each row's
    #: set. Empty sets follow, so that all ranks have the same number, which gloo needs for sums.
    bags: dict[int, KeyedJaggedTensor]
    #: By group of tables and input, int64: the index of each id of the input among those distinct ones.
    places: dict[tuple[str, str], Tensor]
    #: By input, f32: [rows, width], or [steps, width] of a history's field; ids that are compared, i32 without a width.
    numbers: dict[str, Tensor]
    histories: dict[str, Steps]
    sets: dict[str, Steps]
    #: By label, f32 [rows, 1].
    labels: dict[str, Tensor]
    #: By column of `model.COUNTS`, f32 [rows, 1].
    counts: dict[str, Tensor]
    #: By feature that groups rows for metrics, [rows]; they stay in the processor's memory, where metrics are computed.
    groups: dict[str, Tensor]
    #: The weight of a row in the loss: the number of ranks over the rows of all ranks in this step. Gradients of ranks are
    #: averaged, so sums of losses times this weight give the mean over all rows, however they are divided. If rows have
    #: different weights, the sum of the weights replaces the number of rows.
    share: float

    def to(self, device: torch.device) -> "Batch":
        """On a device; from pinned memory without waiting."""
        return self._changed(lambda x: x.to(device, non_blocking=True), lambda x: x.to(device, non_blocking=True))

    def pin_memory(self) -> "Batch":
        return self._changed(lambda x: x.pin_memory(), lambda x: x.pin_memory())

    def _changed(
        self, change_ids: Callable[[KeyedJaggedTensor], KeyedJaggedTensor], change: Callable[[Tensor], Tensor]
    ) -> "Batch":
        def packed(axes: dict[str, Steps]) -> dict[str, Steps]:
            return {name: Steps(change(axis.offsets), change(axis.row_of)) for name, axis in axes.items()}

        return Batch(
            rows=self.rows,
            ids={width: change_ids(ids) for width, ids in self.ids.items()},
            bags={width: change_ids(ids) for width, ids in self.bags.items()},
            places={name: change(places) for name, places in self.places.items()},
            numbers={name: change(values) for name, values in self.numbers.items()},
            histories=packed(self.histories),
            sets=packed(self.sets),
            labels={name: change(values) for name, values in self.labels.items()},
            counts={name: change(values) for name, values in self.counts.items()},
            groups=self.groups,
            share=self.share,
        )
