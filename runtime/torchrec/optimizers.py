"""Optimizers change dense weights and rows of tables by dinc's formulas. A step changes the rows that its batch reads, or all rows."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from fbgemm_gpu.split_embedding_configs import EmbOptimType
from torch import Tensor, nn

from .distributed import averaged, ranks
from .objective import Adagrad, Adam, AdamW, Ftrl, Grda, Momentum, Optimizer, Settings, Sgd
from .tables import TableSpec, table_name

#: As in PyTorch's clip_grad_norm_, so that nothing is divided by a norm of 0.
CLIP_EPSILON = 1e-6

#: Of a row that is 0, whose length would be divided by.
LEAST_LENGTH = 1e-30

#: FTRL divides by the learning rate, which may be 0 at the end of a decay.
LEAST_RATE = 1e-30


@dataclass(frozen=True)
class Slot:
    """The state of an optimizer for weights."""

    initial: float
    #: One number a row of a table, instead of one for each of its numbers.
    by_row: bool = False


def slots_of(optimizer: Optimizer) -> tuple[Slot, ...]:
    match optimizer:
        case Sgd():
            return ()
        case Momentum() | Grda():
            return (Slot(0.0),)
        case Adagrad():
            return (Slot(optimizer.initial_accumulator, by_row=optimizer.row_wise),)
        case _:
            return (Slot(0.0), Slot(0.0))


def slots_of_rows(settings: Settings, table: str) -> tuple[Slot, ...]:
    """Those of the optimizer, and with an average the sum and the step of the last change, 0 for none."""
    own = slots_of(settings.optimizer_of_table(table))
    return own if settings.average is None else (*own, Slot(0.0), Slot(0.0, by_row=True))


def changed(
    optimizer: Optimizer, w: Tensor, g: Tensor, slots: list[Tensor], rate: float, t: int, width: int | None = None
) -> tuple[Tensor, list[Tensor]]:
    """Weights [rows, stored] and slots after step `t` (from 1); dinc's formulas, compiler/middle/training/optimizers.

    Of rows, `width` numbers count: those after them are 0, as are their gradients, for which every formula gives 0.
    """
    match optimizer:
        case Sgd():
            return torch.add(w, g, alpha=-rate), []
        case Momentum():
            buffer = slots[0] * optimizer.momentum + g
            return torch.add(w, g + optimizer.momentum * buffer if optimizer.nesterov else buffer, alpha=-rate), [
                buffer
            ]
        case Adam() | AdamW():
            m = slots[0].mul(optimizer.beta1).add_(g, alpha=1 - optimizer.beta1)
            v = slots[1].mul(optimizer.beta2).addcmul_(g, g, value=1 - optimizer.beta2)
            root = math.sqrt(1 - optimizer.beta2**t)
            scale = v.sqrt().div_(root).add_(optimizer.epsilon + optimizer.epsilon_hat / root)
            kept = w * (1 - rate * optimizer.weight_decay) if isinstance(optimizer, AdamW) else w
            return torch.addcdiv(kept, m, scale, value=-rate / (1 - optimizer.beta1**t)), [m, v]
        case Adagrad():
            squares = g * g
            if width is not None and optimizer.row_wise:
                squares = squares.sum(1, keepdim=True).div_(width)
            sums = squares.add_(slots[0])
            return w - rate * g / (sums.sqrt() + optimizer.epsilon), [sums]
        case Ftrl():
            n = slots[0].addcmul(g, g)
            strength = (optimizer.beta + n.sqrt()) / max(rate, LEAST_RATE)
            z = slots[1] + g - w * strength
            new = softened(-z, optimizer.l1) / (strength + optimizer.l2)
            return new, [n, z + new * strength]
        case Grda():
            v = w + slots[0] - rate * g
            # By the rate without its schedule.
            new = softened(v, optimizer.c * optimizer.learning_rate ** (0.5 + optimizer.mu) * t**optimizer.mu)
            return new, [v - new]


def softened(x: Tensor, by: float) -> Tensor:
    """The size of each number less `by`, or 0."""
    return (x - by).clamp(min=0) - (-x - by).clamp(min=0)


def shortened(rows: Tensor, by: float) -> Tensor:
    """The length of each row less `by`, or 0."""
    lengths = rows.square().sum(1, keepdim=True).sqrt()
    return rows * ((lengths - by).clamp(min=0) / lengths.clamp(min=LEAST_LENGTH))


class ByFormula(torch.optim.Optimizer):
    """Dense weights by the formula of rows, for what PyTorch's optimizers do not do."""

    def __init__(self, parameters: dict[str, nn.Parameter], settings: Settings) -> None:
        """Each weight by its own optimizer; only matrices are pulled to 0."""
        groups: list[dict] = []
        for optimizer in settings.optimizers:
            own = [p for name, p in parameters.items() if settings.optimizer_of_weight(name) is optimizer]
            unpulled = dataclasses.replace(optimizer, weight_decay=0.0) if isinstance(optimizer, AdamW) else optimizer
            matrices, others = [p for p in own if p.dim() > 1], [p for p in own if p.dim() <= 1]
            groups.append({"params": matrices, "optimizer": optimizer, "l2": settings.l2_dense})
            groups.append({"params": others, "optimizer": unpulled, "l2": 0.0})
        defaults = {"lr": settings.optimizer.learning_rate, "t": 1}
        super().__init__([group for group in groups if group["params"]], defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    for i, slot in enumerate(slots_of(group["optimizer"])):
                        state[f"slot{i}"] = torch.full_like(p, slot.initial)
                slots = list(state.values())
                gradient = p.grad if group["l2"] == 0 else p.grad + group["l2"] * p
                new, after = changed(group["optimizer"], p, gradient, slots, group["lr"], group["t"])
                p.copy_(new)
                for slot, value in zip(slots, after, strict=True):
                    slot.copy_(value)


def dense_optimizer(settings: Settings, parameters: dict[str, nn.Parameter]) -> torch.optim.Optimizer | None:
    """PyTorch's, where it has the optimizer: its formulas are dinc's. Only matrices are pulled to 0."""
    optimizer = settings.optimizer
    if parameters and settings.part_optimizers:
        return ByFormula(parameters, settings)
    matrices = [p for p in parameters.values() if p.dim() > 1]
    others = [p for p in parameters.values() if p.dim() <= 1]
    pull = optimizer.weight_decay if isinstance(optimizer, AdamW) else settings.l2_dense
    groups: list[dict] = [{"params": matrices, "weight_decay": pull}, {"params": others, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if not groups:
        return None
    rate = optimizer.learning_rate
    match optimizer:
        case Sgd():
            return torch.optim.SGD(groups, rate, fused=True)
        case Momentum():
            return torch.optim.SGD(groups, rate, momentum=optimizer.momentum, nesterov=optimizer.nesterov, fused=True)
        case Adam() if optimizer.epsilon_hat == 0:
            return torch.optim.Adam(groups, rate, (optimizer.beta1, optimizer.beta2), optimizer.epsilon, fused=True)
        case AdamW() if settings.l2_dense == 0 and optimizer.epsilon_hat == 0:
            return torch.optim.AdamW(groups, rate, (optimizer.beta1, optimizer.beta2), optimizer.epsilon, fused=True)
        case Adagrad():
            start = optimizer.initial_accumulator
            return torch.optim.Adagrad(groups, rate, initial_accumulator_value=start, eps=optimizer.epsilon)
        case _:
            return ByFormula(parameters, settings)


def fused_params(settings: Settings, specs: tuple[TableSpec, ...], device: torch.device) -> dict | None:
    """The settings of FBGEMM if it has dinc's formula, so that tables change during the backward pass; otherwise None."""
    pulled = settings.clip_norm is not None or settings.l2_tables != 0 or settings.mini_batch_aware is not None
    optimizer = settings.optimizer
    # FBGEMM's mean over a row counts the numbers that fill it up.
    filled = isinstance(optimizer, Adagrad) and optimizer.row_wise and any(spec.stored != spec.width for spec in specs)
    refused = any(spec.frozen or settings.changes_all_rows(spec.name) for spec in specs)
    if settings.part_optimizers or settings.shrinkages or settings.average is not None or pulled or filled or refused:
        return None
    rate = {"learning_rate": optimizer.learning_rate}
    match optimizer:
        case Sgd():
            return {**rate, "optimizer": EmbOptimType.EXACT_SGD}
        case Adagrad():
            kind = EmbOptimType.EXACT_ROWWISE_ADAGRAD if optimizer.row_wise else EmbOptimType.EXACT_ADAGRAD
            return {**rate, "optimizer": kind, "eps": optimizer.epsilon}
        case Adam() | AdamW() if device.type == "cuda" and optimizer.epsilon_hat == 0:  # FBGEMM has none on CPUs
            return {
                **rate,
                "optimizer": EmbOptimType.ADAM,
                "beta1": optimizer.beta1,
                "beta2": optimizer.beta2,
                "eps": optimizer.epsilon,
                "weight_decay": optimizer.weight_decay if isinstance(optimizer, AdamW) else 0.0,
            }
        case _:
            return None


#: The settings of FBGEMM if a RowKernel replaces it: it then has no state and changes nothing.
UNUSED = {"optimizer": EmbOptimType.EXACT_SGD, "learning_rate": 0.0}


class _Lookup(torch.autograd.Function):
    """Rows of tables; their gradient goes to the kernel, not to autograd."""

    @staticmethod
    def forward(ctx, anchor: Tensor, kernel: "RowKernel", indices: Tensor, offsets: Tensor) -> Tensor:
        ctx.kernel, ctx.parts = kernel, kernel.parts(indices, offsets)
        found = [kernel.weights[table].index_select(0, ids).reshape(-1) for table, ids in ctx.parts]
        return torch.cat(found).reshape(-1, kernel.widest)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[None, None, None, None]:
        kernel: RowKernel = ctx.kernel
        sizes = [len(ids) for _, ids in ctx.parts]
        for (table, ids), gradient in zip(ctx.parts, gradients[0].split(sizes), strict=True):
            kernel.pending[table].append((ids, gradient))
        return None, None, None, None


class RowKernel:
    """Replaces one of FBGEMM's kernels: reads rows, and changes those of a step. TorchRec still places, exchanges and stores
    the rows."""

    #: In what a rank asks for.
    has_each_id_once = True

    def __init__(self, lookup: Any, specs: tuple[TableSpec, ...], settings: Settings, ranks: int) -> None:
        """`lookup`: TorchRec's, of tables that are stored together."""
        frozen = {spec.name for spec in specs if spec.frozen}
        widths = {spec.name: spec.width for spec in specs}
        module = lookup.emb_module
        self.shards = lookup.config.embedding_tables
        self.names = [table_name(table.name) for table in self.shards]
        self.widths = [widths[name] for name in self.names]
        self.ranks, self.average = ranks, settings.average
        self.optimizers = [settings.optimizer_of_table(name) for name in self.names]
        self.l1 = [settings.shrinkage_of_table("l1", name) for name in self.names]
        self.group_lasso = [settings.shrinkage_of_table("group_lasso", name) for name in self.names]
        self.weights: list[Tensor] = module.split_embedding_weights()
        #: Tables that are stored together have one width: TorchRec groups them by it.
        self.widest = self.weights[0].shape[1]
        self.frozen = frozen
        self.tables: list[int] = list(module.feature_table_map)
        self.anchor = torch.zeros(0, requires_grad=True, device=self.weights[0].device)
        self.pending: list[list[tuple[Tensor, Tensor]]] = [[] for _ in self.names]
        self.found: list[tuple[int, Tensor, Tensor]] = []
        self.has_all_rows = [settings.changes_all_rows(name) for name in self.names]
        self.pull_of_all = settings.l2_tables if settings.pulls_all_rows else 0.0
        #: By table what is added to the gradient of a row of the batch, times the row: one number, or [rows, 1].
        self.pulls: list[float | Tensor] = [settings.l2_tables - self.pull_of_all for _ in self.names]
        self.slots = [
            [
                torch.full_like(weights[:, :1] if slot.by_row else weights, slot.initial)
                for slot in ([] if name in frozen else slots_of_rows(settings, name))
            ]
            for name, weights in zip(self.names, self.weights, strict=True)
        ]
        module.forward = self.forward

    def pull_by_counts(self, counts_of: Callable[[str], np.ndarray], strength: float) -> None:
        """Mini-batch aware regularisation: λ / n_j by row, n_j being how often id j occurs in the training rows."""
        for i, (shard, weights) in enumerate(zip(self.shards, self.weights, strict=True)):
            first = shard.local_metadata.shard_offsets[0]
            counts = torch.from_numpy(counts_of(table_name(shard.name))[first : first + len(weights)]).to(
                weights.device, weights.dtype
            )
            self.pulls[i] = torch.where(counts > 0, strength / counts.clamp(min=1), 0).reshape(-1, 1)

    def forward(self, indices: Tensor, offsets: Tensor, *_: object, **__: object) -> Tensor:
        """[ids, width]: the rows of `indices`, feature by feature; `offsets` say where those of each begin."""
        return _Lookup.apply(self.anchor, self, indices, offsets)  # pyright: ignore[reportReturnType]

    def parts(self, indices: Tensor, offsets: Tensor) -> list[tuple[int, Tensor]]:
        """By feature its table and its ids."""
        features = len(self.tables)
        bags = (offsets.numel() - 1) // features
        bounds = offsets[::bags].tolist() if bags > 0 else [0] * (features + 1)
        return [(table, indices[bounds[f] : bounds[f + 1]]) for f, table in enumerate(self.tables)]

    @torch.no_grad()
    def gather(self) -> None:
        """Each row of the step once, with its gradient."""
        self.found = []
        for table, pending in enumerate(self.pending):
            if self.names[table] not in self.frozen:
                if self.has_all_rows[table]:
                    self.found.append((table, *self._all(table, pending)))
                elif pending:
                    self.found.append((table, *self._distinct(pending)))
            pending.clear()

    def _all(self, table: int, pending: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        weights = self.weights[table]
        gradient = weights * self.pull_of_all
        for ids, part in pending:
            gradient.index_add_(0, ids, part)
        return torch.arange(len(weights), device=weights.device), gradient

    def _distinct(self, pending: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        if self.ranks == 1 and len(pending) == 1 and self.has_each_id_once:
            return pending[0]
        ids, places = torch.unique(torch.cat([ids for ids, _ in pending]), return_inverse=True)
        gradients = torch.cat([gradient for _, gradient in pending])
        return ids, gradients.new_zeros(len(ids), gradients.shape[1]).index_add_(0, places, gradients)

    def squares(self) -> Tensor:
        """The sum of the squares of all gradients that were gathered, [1]."""
        sums = [gradient.square().sum().reshape(1) for _, _, gradient in self.found]
        return torch.stack(sums).sum(0) if sums else torch.zeros(1, device=self.anchor.device)

    @torch.no_grad()
    def step(self, rates: float, t: int, factor: Tensor | None) -> None:
        """`rates`: the factors of learning rates; `factor`: that of gradients."""
        for table, rows, gradient in self.found:
            weights, slots, pull = (self.weights[table], self.slots[table], self.pulls[table])
            optimizer = self.optimizers[table]
            rate = optimizer.learning_rate * rates
            w = weights.index_select(0, rows)
            g = gradient if factor is None else gradient * factor
            if isinstance(pull, Tensor):
                g = g + pull.index_select(0, rows) * w
            elif pull != 0:
                g = g + pull * w
            old = [slot.index_select(0, rows) for slot in slots]
            own = old if self.average is None else old[:-2]
            new, after = changed(optimizer, w, g, own, rate, t, self.widths[table])
            if self.l1[table] > 0:
                new = softened(new, rate * self.l1[table])
            if self.group_lasso[table] > 0:
                new = shortened(new, rate * self.group_lasso[table])
            if self.average is not None:
                after += _with_average(self.average, old[-2], old[-1], w, new, t)
            weights.index_copy_(0, rows, new)
            for slot, value in zip(slots, after, strict=True):
                slot.index_copy_(0, rows, value)
        self.found = []

    def put_averages(self, steps: int) -> None:
        """Puts the averages of rows in their place; a row that no step changed stays."""
        assert self.average is not None
        for name, weights, slots in zip(self.names, self.weights, self.slots, strict=True):
            if name in self.frozen:
                continue
            *_, sums, last = slots
            kept = self.average ** (steps - last)
            averages = (weights * (1 - kept) + sums * kept) / (1 - self.average**steps)
            weights.copy_(torch.where(last == 0, weights, averages))


def _with_average(decay: float, sums: Tensor, last: Tensor, before: Tensor, after: Tensor, t: int) -> list[Tensor]:
    """The slots of an average after step `t`, which changes rows; since step `last` they were as before."""
    current = before + (sums - before) * decay ** (t - 1 - last)
    return [decay * current + (1 - decay) * after, torch.full_like(last, t)]


class AllOptimizers:
    """The whole of a step: dense weights, rows of tables, the norm that they have together, the schedule."""

    def __init__(
        self,
        settings: Settings,
        dense: dict[str, nn.Parameter],
        kernels: list[RowKernel],
        fused: Any,
        fbgemm: list[Any],
    ) -> None:
        """`dense`: by name; `fused`: TorchRec's handle of tables that FBGEMM changes during the backward pass, or None; `fbgemm`: its kernels."""
        self.settings, self.kernels, self.fused, self.fbgemm = (settings, kernels, fused, fbgemm)
        self.dense = dense_optimizer(settings, dense)
        strengths = ((name, p, settings.l1_of_weight(name) if p.dim() > 1 else 0.0) for name, p in dense.items())
        #: Matrices with their learning rates times what l1 takes of them.
        self.shrunk = [
            (p, settings.optimizer_of_weight(name).learning_rate * strength)
            for name, p, strength in strengths
            if strength > 0
        ]
        if isinstance(settings.optimizer, Adagrad):
            for kernel in fbgemm:
                for state in kernel.split_optimizer_states():
                    state[0].fill_(settings.optimizer.initial_accumulator)

    def before(self, step: int, steps: int, falls: int = 0) -> None:
        """Before the backward pass of `step`, from 1, after `falls` of a plateau."""
        self.t, self.rates = step, self.settings.rate_factor(step, steps, falls)
        whole = self.settings.optimizer
        if self.dense is not None:
            self.dense.zero_grad()
            for group in self.dense.param_groups:
                group["lr"], group["t"] = group.get("optimizer", whole).learning_rate * self.rates, step
        if self.fused is not None:
            for group in self.fused.param_groups:
                group["lr"] = whole.learning_rate * self.rates
            self.fused.zero_grad()  # hands the rate on

    def after(self) -> None:
        """After the backward pass. Gradients of dense weights are averaged in one exchange, while rows change."""
        if self.settings.clip_norm is not None:
            self._clipped(self.settings.clip_norm)
            return
        averages = averaged(self._gradients())
        for kernel in self.kernels:
            kernel.gather()
            kernel.step(self.rates, self.t, None)
        self._step_dense(averages())

    def _clipped(self, most: float) -> None:
        """All gradients times min(1, most / (norm + 1e-6)). Rows of tables lie on all ranks: their squares go with the rest."""
        for kernel in self.kernels:
            kernel.gather()
        own, sums = self._gradients(), [kernel.squares() for kernel in self.kernels]
        # A network without tables has weights.
        of_rows = torch.stack(sums).sum(0) if sums else own[0].new_zeros(1)
        *gradients, of_rows = averaged([*own, of_rows])()
        squares = of_rows * ranks()
        for gradient in gradients:
            squares = squares + gradient.square().sum()
        factor = most / torch.clamp(squares.sqrt() + CLIP_EPSILON, min=most)
        self._step_dense([gradient.mul_(factor) for gradient in gradients])
        for kernel in self.kernels:
            kernel.step(self.rates, self.t, factor)

    def _dense_parameters(self) -> list[Tensor]:
        groups = [] if self.dense is None else self.dense.param_groups
        return [p for group in groups for p in group["params"]]

    def _gradients(self) -> list[Tensor]:
        """Of every weight, so that all ranks exchange the same, and moments, decay and shrinkage go on as in dinc: 0 where this
        rank's batch has no step of a history that the weight is for."""
        return [torch.zeros_like(p) if p.grad is None else p.grad for p in self._dense_parameters()]

    def _step_dense(self, gradients: list[Tensor]) -> None:
        if self.dense is None:
            return
        for p, gradient in zip(self._dense_parameters(), gradients, strict=True):
            p.grad = gradient
        self.dense.step()
        with torch.no_grad():
            for p, strength in self.shrunk:
                p.copy_(softened(p, strength * self.rates))
