"""Recurrences over histories: each row's steps one after the other, the rows side by side."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from .layers import Dense
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


class _Gate(nn.Module):
    """Weights of a gate: `dense_1` for what a step reads, `dense_2` for the state."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.dense_1 = Dense(inputs, width)
        self.dense_2 = Dense(width, width)


class _GruCell(nn.Module):
    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.reset = _Gate(inputs, width)
        self.update = _Gate(inputs, width)
        self.candidate = _Gate(inputs, width)


class Gru(nn.Module):
    """The states of a GRU after each step, from zeros: [steps, inputs] to [steps, width]. Cho et al., EMNLP 2014.

    It is PyTorch's and cuDNN's form, so that their kernel computes it.
    """

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.gru_cell = _GruCell(inputs, width)

    def forward(self, x: Tensor, steps: Steps) -> Tensor:
        cell = self.gru_cell
        of_input = [gate.dense_1 for gate in (cell.reset, cell.update, cell.candidate)]
        of_state = [gate.dense_2 for gate in (cell.reset, cell.update, cell.candidate)]
        kernels = [torch.cat([each.kernel for each in layers], 1).T for layers in (of_input, of_state)]
        biases = [torch.cat([each.bias for each in layers]) for layers in (of_input, of_state)]
        packing = _Packing(steps, reverse=False)
        width = of_state[0].kernel.shape[0]
        if len(steps.row_of) == 0:
            return x.new_zeros(0, width)
        start = x.new_zeros(1, int(packing.sizes[0]), width)
        weights = [weight.contiguous() for weight in (*kernels, *biases)]
        states, _ = torch.gru(
            x.index_select(0, packing.order), packing.sizes, start, weights, True, 1, 0.0, self.training, False
        )
        return states.index_select(0, packing.back)
