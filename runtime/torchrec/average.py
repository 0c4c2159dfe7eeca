"""The exponential moving average of the weights: after T steps (1 − d)/(1 − dᵀ) · Σ dᵀ⁻ᵗ·wₜ, for evaluations and for the written weights.

The training goes on with the weights themselves. Sums are kept: of dense weights and statistics here, of tables in the slots of their
rows (`RowKernel`), which are brought up to date when a row changes. Formulas are dinc's own (compiler/middle/training/weight-average.ts).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torchrec.distributed.model_parallel import DistributedModelParallel

from .optimizers import RowKernel
from .weights import dense_of, rows_of_averages


class Average:
    """The averages of one rank's weights; the parts of tables that it has are its own."""

    def __init__(
        self, decay: float, parallel: DistributedModelParallel, dense: dict[str, nn.Parameter], kernels: list[RowKernel]
    ) -> None:
        """`dense`: the weights that are trained."""
        self.decay, self.dense, self.kernels = decay, dense, kernels
        values = dense_of(parallel)
        #: By name a statistic, and how many rows it is of: 0 before the first.
        self.statistics = {name: (values[name], rows) for name, rows in rows_of_averages(parallel).items()}
        kept = {**dense, **{name: value for name, (value, _) in self.statistics.items()}}
        self.sums = {name: torch.zeros_like(value) for name, value in kept.items()}
        #: The sums of the shares of steps that had rows for a statistic.
        self.added = {name: torch.zeros_like(rows) for name, (_, rows) in self.statistics.items()}

    @torch.no_grad()
    def follow(self) -> None:
        """After a step; rows of tables have followed it."""
        share = 1 - self.decay
        for name, weight in self.dense.items():
            self.sums[name].mul_(self.decay).add_(weight, alpha=share)
        for name, (value, rows) in self.statistics.items():
            added = (rows != 0).to(rows) * share
            own = value.reshape(len(rows), -1) * added.reshape(-1, 1)
            self.sums[name].mul_(self.decay).add_(own.reshape(value.shape))
            self.added[name].mul_(self.decay).add_(added)

    @torch.no_grad()
    def put(self, steps: int) -> None:
        """Puts the averages after so many steps in the place of the weights."""
        if steps == 0:
            return
        for name, weight in self.dense.items():
            weight.copy_(self.sums[name] / (1 - self.decay**steps))
        for name, (value, _) in self.statistics.items():
            added = self.added[name].reshape(-1, 1)
            mean = self.sums[name].reshape(len(added), -1) / added
            value.copy_(torch.where(added == 0, value.reshape(mean.shape), mean).reshape(value.shape))
        for kernel in self.kernels:
            kernel.put_averages(steps)

    @contextmanager
    def shown(self, steps: int) -> Iterator[None]:
        """Weights are their averages inside."""
        own = [(value, value.detach().clone()) for value in self._values()]
        self.put(steps)
        try:
            yield
        finally:
            with torch.no_grad():
                for value, before in own:
                    value.copy_(before)

    def _values(self) -> list[Tensor]:
        of_tables = [weights for kernel in self.kernels for weights in kernel.weights]
        return [*self.dense.values(), *(value for value, _ in self.statistics.values()), *of_tables]

    def state(self) -> dict[str, Tensor]:
        """Checkpoints keep it."""
        sums = {f"average/{name}": value for name, value in self.sums.items()}
        return sums | {f"averaged/{name}": value for name, value in self.added.items()}
