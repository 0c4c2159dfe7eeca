"""The settings in `train { … }` of a spec: losses, schedules, optimizers and metrics as plain data, and the formulas of losses.

`settings.py` of a package holds one `Settings`. Formulas are dinc's own (compiler/middle/training), and so are all defaults.
"""

import math
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import softplus

# Losses of a label


@dataclass(frozen=True)
class CrossEntropy:
    """−p·y·log σ(z) − (1 − y)·log(1 − σ(z)), p being `positive`, y the label with `smoothing` s: (1 − s)·label + s/2."""

    smoothing: float = 0.0
    positive: float = 1.0

    def of(self, logit: Tensor, truth: Tensor) -> Tensor:
        """[rows, 1] each."""
        if self.smoothing == 0 and self.positive == 1:
            return softplus(logit) - truth * logit
        target = truth if self.smoothing == 0 else truth * (1 - self.smoothing) + self.smoothing / 2
        return self.positive * target * softplus(-logit) + (1 - target) * softplus(logit)


@dataclass(frozen=True)
class Focal:
    """−(1 − q)^γ·log q, q being the probability of what happened; times α for a 1 and 1 − α for a 0. Lin et al., ICCV 2017."""

    gamma: float = 2.0
    alpha: float | None = None

    def of(self, logit: Tensor, truth: Tensor) -> Tensor:
        """[rows, 1] each."""
        yes, no = softplus(-logit), softplus(logit)
        # 1 − σ(z) = exp(−softplus(z)): the loss of one side gives the factor of the other.
        missed = torch.exp(-self.gamma * no) * yes
        raised = torch.exp(-self.gamma * yes) * no
        a, b = (1.0, 1.0) if self.alpha is None else (self.alpha, 1 - self.alpha)
        return a * truth * missed + b * (1 - truth) * raised


# Schedules: the factor of the learning rate after the warm-up


@dataclass(frozen=True)
class Constant:
    warmup: int = 0

    def factor(self, step: int, steps: int) -> float:
        """`step` counts from 0, of all steps after the warm-up."""
        return 1.0


@dataclass(frozen=True)
class Linear:
    """In a straight line to the share `final`."""

    warmup: int = 0
    final: float = 0.0

    def factor(self, step: int, steps: int) -> float:
        return 1 - (1 - self.final) * (step / steps)


@dataclass(frozen=True)
class Cosine:
    """Along half a cosine to the share `final`. Loshchilov & Hutter, ICLR 2017."""

    warmup: int = 0
    final: float = 0.0

    def factor(self, step: int, steps: int) -> float:
        return self.final + (1 - self.final) * 0.5 * (1 + math.cos(math.pi * step / steps))


@dataclass(frozen=True)
class StepDecay:
    """Times `factor` after every `every` steps."""

    every: int
    decay: float = 0.5
    warmup: int = 0

    def factor(self, step: int, steps: int) -> float:
        return self.decay ** (step // self.every)


@dataclass(frozen=True)
class Exponential:
    """As StepDecay, but a little in each step."""

    every: int
    decay: float = 0.5
    warmup: int = 0

    def factor(self, step: int, steps: int) -> float:
        return self.decay ** (step / self.every)


@dataclass(frozen=True)
class Monitor:
    """A weighted sum of metrics of a label on the validation rows."""

    title: str
    label: str
    higher_is_better: bool
    #: Weights by the metrics' titles.
    terms: dict[str, float]

    def is_gain(self, value: float, best: float, min_delta: float) -> bool:
        sign = 1 if self.higher_is_better else -1
        return sign * value > sign * best if min_delta == 0 else sign * value >= sign * best + min_delta


@dataclass(frozen=True)
class Plateau:
    """Times `decay` after every `patience` epochs in a row in which `monitor` did not improve by `min_delta`."""

    monitor: Monitor
    decay: float = 0.1
    patience: int = 1
    min_delta: float = 1e-6
    final: float = 1e-3
    warmup: int = 0

    def falls_after(self, values: list[float]) -> int:
        """How often it has lowered the rate after epochs with these values of its monitor."""
        best, without, falls = None, 0, 0
        for value in values:
            if best is None or self.monitor.is_gain(value, best, self.min_delta):
                best, without = value, 0
            elif (without := without + 1) == self.patience:
                without, falls = 0, falls + 1
        return falls


Schedule = Constant | Linear | Cosine | StepDecay | Exponential | Plateau

# Optimizers: their formulas are in optimizers.py

#: The rows of tables that a step changes.
ChangedRows = Literal["batch", "all"]


@dataclass(frozen=True)
class Sgd:
    learning_rate: float = 0.01


@dataclass(frozen=True)
class Momentum:
    learning_rate: float = 0.01
    momentum: float = 0.9
    nesterov: bool = False
    rows: ChangedRows = "batch"


@dataclass(frozen=True)
class Adam:
    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    #: ε before the bias correction, as SparseAdam has it.
    epsilon_hat: float = 0.0
    rows: ChangedRows = "batch"


@dataclass(frozen=True)
class AdamW:
    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01
    #: ε before the bias correction, as SparseAdam has it.
    epsilon_hat: float = 0.0
    rows: ChangedRows = "batch"


@dataclass(frozen=True)
class Adagrad:
    learning_rate: float = 0.01
    initial_accumulator: float = 0.1
    epsilon: float = 1e-8
    #: One accumulator for each row of a table, instead of one for each of its numbers.
    row_wise: bool = False


@dataclass(frozen=True)
class Ftrl:
    learning_rate: float = 0.1
    l1: float = 0.0
    l2: float = 0.0
    beta: float = 1.0


@dataclass(frozen=True)
class Grda:
    learning_rate: float = 0.01
    c: float = 0.005
    mu: float = 0.7
    rows: ChangedRows = "batch"


Optimizer = Sgd | Momentum | Adam | AdamW | Adagrad | Ftrl | Grda


@dataclass(frozen=True)
class Part:
    """The part for which a setting is: tables by name; weights with one of these names, or with such a name followed by a dot."""

    tables: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()

    def has_weight(self, weight: str) -> bool:
        return any(weight == name or weight.startswith(f"{name}.") for name in self.weights)


@dataclass(frozen=True)
class PartOptimizer:
    """`ftrl(0.1, for: wide)`."""

    optimizer: Optimizer
    part: Part


@dataclass(frozen=True)
class Shrinkage:
    """After the optimizer's step: `l1` takes η·λ from the size of each number of a matrix or row, `group_lasso` from the length of each
    row, and what is smaller becomes 0."""

    kind: str
    #: λ.
    strength: float
    #: None: the whole model.
    part: Part | None = None


# Metrics


@dataclass(frozen=True)
class Metric:
    """One of `metrics`."""

    #: As files name it: `auc`, `ndcg@10`.
    title: str
    #: accuracy, auc, calibration, ece, gauc, hit_rate, log_loss, macro_auc, mae, micro_auc, mrr, ndcg, ne, pr_auc, r2, rmse or xauc.
    kind: str
    #: The feature whose values are its groups.
    by: str | None = None
    #: Of ndcg and hit_rate: the first rows of a group.
    at: int = 10
    #: Of gauc: impressions, clicks or none.
    weight: str = "impressions"
    #: Of accuracy.
    threshold: float = 0.5
    #: Of ece: how many, and of equal `width` or numbers of `rows`.
    bins: int = 10
    equal: str = "width"
    #: Measured only on rows whose feature `per` has the value `value`; `id` stands for it in the column of groups.
    per: str | None = None
    id: int = 0
    value: str | None = None
    #: The labels that it measures; all where there are none.
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class EarlyStop:
    """Training ends when `monitor` has not improved by `min_delta` for `patience` epochs."""

    monitor: Monitor
    patience: int
    min_delta: float = 0.0


@dataclass(frozen=True)
class Settings:
    #: For everything that isn't in a part.
    optimizer: Optimizer
    #: A weight or table is in one of them at most.
    part_optimizers: tuple[PartOptimizer, ...] = ()
    shrinkages: tuple[Shrinkage, ...] = ()
    loss: CrossEntropy | Focal = CrossEntropy()
    #: By label: the factor of its loss; 1 for a label that isn't listed.
    label_weights: dict[str, float] = field(default_factory=dict)
    schedule: Schedule = Constant()
    #: The largest norm of all gradients of a step together, including those of tables.
    clip_norm: float | None = None
    #: λ of the DIN paper's mini-batch aware regularisation of the tables (section 5.1).
    mini_batch_aware: float | None = None
    #: The names of the weights that nothing changes: no gradient reaches them.
    fixed_weights: tuple[str, ...] = ()
    #: λ of ½·λ·‖w‖²: of the matrices of layers, and of rows of the tables. Clipping includes the pull of all rows.
    l2_dense: float = 0.0
    l2_tables: float = 0.0
    l2_rows: ChangedRows = "batch"
    #: The decay of the average of the weights that is evaluated and written.
    average: float | None = None
    #: Rows of a step, of all ranks together.
    batch: int = 256
    #: At most so many, where there is an early stop.
    epochs: int = 1
    early_stop: EarlyStop | None = None
    metrics: tuple[Metric, ...] = ()
    seed: int = 1

    def rate_factor(self, step: int, steps: int, falls: int = 0) -> float:
        """The factor of learning rates in `step`, from 1, of a training of `steps` steps, after `falls` of a plateau."""
        schedule = self.schedule
        if step <= schedule.warmup:
            return step / schedule.warmup
        if isinstance(schedule, Plateau):
            return max(schedule.decay**falls, schedule.final)
        return schedule.factor(step - 1 - schedule.warmup, steps - schedule.warmup)

    @property
    def optimizers(self) -> tuple[Optimizer, ...]:
        return (self.optimizer, *(each.optimizer for each in self.part_optimizers))

    def optimizer_of_table(self, table: str) -> Optimizer:
        return next((each.optimizer for each in self.part_optimizers if table in each.part.tables), self.optimizer)

    @property
    def pulls_all_rows(self) -> bool:
        return self.l2_rows == "all" and self.l2_tables != 0

    def changes_all_rows(self, table: str) -> bool:
        """Whether a step changes all rows of a table, and not only those of the batch."""
        return self.pulls_all_rows or getattr(self.optimizer_of_table(table), "rows", "batch") == "all"

    def optimizer_of_weight(self, weight: str) -> Optimizer:
        own = (each.optimizer for each in self.part_optimizers if each.part.has_weight(weight))
        return next(own, self.optimizer)

    def shrinkage_of_table(self, kind: str, table: str) -> float:
        own = (each for each in self.shrinkages if each.part is None or table in each.part.tables)
        return sum(each.strength for each in own if each.kind == kind)

    def l1_of_weight(self, weight: str) -> float:
        own = (each for each in self.shrinkages if each.part is None or each.part.has_weight(weight))
        return sum(each.strength for each in own if each.kind == "l1")
