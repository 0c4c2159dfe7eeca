"""Recurrences over histories: each row's steps one after the other, the rows side by side."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .ops import Steps


class _Packing:
    """The steps in the order in which they are computed: all first ones, all second ones, …, longest rows first."""

    def __init__(self, steps: Steps, reverse: bool) -> None:
        lengths = steps.lengths
        #: The rows, longest first, so that those that go on are always the first ones.
        self.rows = torch.argsort(lengths, descending=True, stable=True)
        rank = torch.empty_like(self.rows)
        rank[self.rows] = torch.arange(len(lengths), device=lengths.device)
        places = lengths[steps.row_of] - 1 - steps.places if reverse else steps.places
        self.order = torch.argsort(places * len(lengths) + rank[steps.row_of])
        self.back = torch.argsort(self.order)
        #: How many rows have a first step, a second one, … On the CPU, as torch wants it.
        self.sizes = torch.bincount(places).cpu()


def scan(
    cell: Callable[..., Tensor], start: Tensor, inputs: Sequence[Tensor], steps: Steps, reverse: bool = False
) -> Tensor:
    """The state after each step, `cell(state, *inputs of the step)`: [steps, …].

    `start` is the first state, [rows, …]; `inputs` are [steps, …]. With `reverse` it begins at the last step.
    """
    packing = _Packing(steps, reverse)
    if len(steps.row_of) == 0:
        return start.new_zeros(0, *start.shape[1:])
    sizes = packing.sizes.tolist()
    parts = zip(*(x.index_select(0, packing.order).split(sizes) for x in inputs))
    state, states = start.index_select(0, packing.rows), []
    for size, values in zip(sizes, parts):
        state = cell(state[:size], *values)
        states.append(state)
    return torch.cat(states).index_select(0, packing.back)
