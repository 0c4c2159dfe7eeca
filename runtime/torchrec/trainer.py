"""Trains in one of the processes: runs the steps of each epoch, then measures the model. Keeps the best epoch, and checkpoints."""

import dataclasses
import functools
import math
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torchrec.distributed.model_parallel import DistributedModelParallel

from . import feed, model, spread, tables
from .average import Average
from .bags import kernels_of
from .batch import Batch, Outputs
from .checkpoints import Checkpoints
from .data import GroupReader, Prepared, Reader, TrainedOrder
from .distributed import Trouble, added, from_first, rank, ranks, together, total
from .evaluation import measured, scored
from .objective import CrossEntropy, Focal, Monitor, Plateau, Settings
from .ops import Steps, beside, draws, whole_batch
from .optimizers import UNUSED, AllOptimizers, fused_params
from .outputs import json_of, write_whole
from .weights import by_name

#: Parts of an epoch whose mean losses are kept; after each, all ranks look at what their losses were.
PARTS = 100
#: Seconds between two lines about the progress.
PROGRESS_SECONDS = 10

#: What a training evaluates after each epoch, of what was prepared.
SPLITS = ("valid", "test")

#: What stands for the sum of what a step's rows count as where that is 0: no term is divided by 0.
LEAST_COUNT = 1e-30

#: The number of the rows without a group.
NO_GROUP = 1

#: What the loss adds up, where that is more than one thing.
TERMS = [*model.LABELS, *model.LOSSES] if len(model.LABELS) + len(model.LOSSES) > 1 else []


@dataclass(frozen=True)
class Options:
    """Options of a training that aren't in the spec."""

    sharding: str | None = None
    compile: bool = False
    precision: str = "f32"
    #: Steps from one checkpoint to the next, besides those after each epoch.
    keep_every: int = 0


@dataclass
class Progress:
    """The progress of the training: the part of a checkpoint that isn't tensors."""

    epoch: int = 1
    #: Steps of this epoch, and of all.
    step: int = 0
    total: int = 0
    #: Of this epoch: the sums over rows of the loss and its terms; of the loss by part, and the rows of each.
    sums: list[float] = field(default_factory=list)
    curve: list[list[float]] = field(default_factory=list)
    #: Of training this epoch, and all before it.
    seconds: float = 0.0
    seconds_before: float = 0.0
    #: Of metrics.jsonl.
    lines: list[dict] = field(default_factory=list)
    #: The best epoch and its metric, where there is an early stop.
    best: list[float] | None = None

    @property
    def trained(self) -> int:
        """Epochs that are complete."""
        return self.epoch - 1


class WithLoss(nn.Module):
    """The model and its loss, as one module that ranks share."""

    def __init__(self, inner: nn.Module, settings: Settings) -> None:
        super().__init__()
        self.inner, self.settings = inner, settings

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Outputs]:
        """This rank's share of the loss, [], and of the loss and its terms, [1 + terms]; the outputs."""
        counts = {
            name: functools.reduce(torch.mul, [batch.counts[column] for column in columns])
            for name, columns in model.COUNTS.items()
        }
        # Of all ranks, which nobody knows before: on its way while the network computes.
        counted = added([count.sum() for count in counts.values()]) if self.training else None
        if self.training:
            _find_axes(batch)
        found: Outputs = self.inner(batch)
        loss, weights = self.settings.loss, self.settings.label_weights
        each = {name: self._each(name, loss, found, batch) for name in model.LABELS}
        factors = [weights.get(name, 1.0) for name in model.LABELS]
        if self.training:
            # One that depends on learned values alone is the same for each row.
            each |= {name: found.auxiliary[name].float().expand(batch.rows, 1) for name in model.LOSSES}
            factors += list(model.LOSSES.values())
        for name in counts.keys() & each.keys():
            each[name] = torch.where(counts[name] != 0, each[name] * counts[name], 0.0)
        means = torch.stack([values.sum() for values in each.values()])
        if counted is None or not counts:
            means = means * batch.share
        else:
            wholes = dict(zip(counts, counted(), strict=True))
            once = means.new_tensor(batch.share)
            means = means * torch.stack(
                [ranks() / wholes[name].clamp(min=LEAST_COUNT) if name in wholes else once for name in each]
            )
        whole = (means * means.new_tensor(factors)).sum() if any(factor != 1 for factor in factors) else means.sum()
        return whole, torch.cat([whole.reshape(1), means]).detach(), found

    def _each(self, name: str, loss: CrossEntropy | Focal, found: Outputs, batch: Batch) -> Tensor:
        """A label's loss, [rows, 1]; of one that the network computes, 0 outside of training."""
        if name not in model.OWN_LOSSES:
            return loss.of(found.logits[name].float(), batch.labels[name])
        return found.auxiliary[name].float() if self.training else torch.zeros_like(batch.labels[name])


def _find_axes(batch: Batch) -> None:
    """The rows along each axis of the batch. Those of a group may be on other ranks; a row without a group is alone.

    Rows without a label that a loss reads along an axis are not along it; only their rank knows which they are.
    """
    for axis, columns in model.BATCH_AXES.items():
        by = None if axis == "batch" else model.BATCH_BY
        if by is None and not columns:
            continue
        counts = [batch.counts[column] for column in columns]
        there = functools.reduce(torch.mul, counts, torch.ones_like(next(iter(batch.labels.values()))))
        whole, first = whole_batch(there)
        rows = whole.reshape(-1).nonzero().reshape(-1)
        if by is None:
            batch.numbers[f"batch/{axis}"] = rows.repeat(batch.rows)
            batch.histories[axis] = Steps.of_lengths(rows.new_full((batch.rows,), len(rows)))
            continue
        groups = batch.groups[by].to(there.device).long()
        is_alone = (groups == NO_GROUP) | (there.reshape(-1) == 0)
        # No group has a number below 0.
        own = torch.where(is_alone, -1 - first - torch.arange(batch.rows, device=there.device), groups)
        batch.numbers[f"batch/{axis}"], batch.histories[axis] = beside(whole_batch(own)[0], own)


def _reader(prepared: Prepared, batch: int) -> Reader:
    given = (prepared, "train", feed.COLUMNS, rank(), ranks(), batch)
    if model.BATCH_BY is not None:
        prepared.require_groups(model.BATCH_BY)
    if prepared.trained_batch is not None:
        return TrainedOrder(*given)
    return Reader(*given) if model.BATCH_BY is None else GroupReader(*given, model.BATCH_BY)


class Trainer:
    """One rank's part in a training."""

    def __init__(
        self, prepared: Prepared, settings: Settings, out: Path, device: torch.device, identity: dict, options: Options
    ) -> None:
        """`identity`: the facts that must equal those of a checkpoint for the training to continue from it."""
        self.prepared, self.settings, self.out, self.device = (prepared, settings, out, device)
        self.identity, self.options = identity, options
        with together():
            self.data = _reader(prepared, settings.batch)
        if isinstance(self.data, TrainedOrder) and settings.epochs > 1 and rank() == 0:
            say(
                "the rows lie in the order of dinc's first epoch (--order trained): every epoch goes through them in it"
            )
        self.rows = self.data.total
        self.steps = self.data.steps * settings.epochs
        if 0 < self.steps <= settings.schedule.warmup:
            raise Trouble(f"the warm-up of {settings.schedule.warmup} steps would outlast the training's {self.steps}")
        torch.manual_seed(settings.seed)
        inner = model.Model(prepared.rows_of({spec.name: spec.inputs for spec in model.TABLES}))
        inner.net.to(device)
        draws.progress = torch.zeros(1, device=device)
        if options.compile:
            inner.net.compile(dynamic=True)
        self.parallel, self.optimizers, self.average = self._distributed(inner)
        self.tables: tables.Tables = inner.tables
        #: The next batch, whose ids are on their way to other ranks already.
        self.coming: Batch | None = None
        self.checkpoints = Checkpoints(out / "checkpoints", self.parallel, self.optimizers, self.average)
        self.progress = Progress()
        self.falls = 0
        self.said_at = time.monotonic()
        # torch.manual_seed itself seeds all devices, and remembers who asked: a millisecond.
        self.generator = (
            torch.default_generator if device.type == "cpu" else torch.cuda.default_generators[device.index]
        )

    def _distributed(self, inner: nn.Module) -> tuple[DistributedModelParallel, AllOptimizers, Average | None]:
        settings, specs = self.settings, model.TABLES
        fused = fused_params(settings, specs, self.device)
        kinds = tables.kinds_of(self.options.sharding, settings)
        parallel = tables.sharded(WithLoss(inner, settings), specs, fused or UNUSED, self.device, kinds)
        tables.initialize(parallel, specs, settings.seed)
        tables.put_frequencies(parallel, specs, self.prepared.share)
        lookups = tables.lookups_of(parallel)
        kernels = kernels_of(lookups, specs, settings) if fused is None else []
        if settings.mini_batch_aware is not None:
            for kernel in kernels:
                kernel.pull_by_counts(
                    lambda name: spread.by_rows(self.prepared.counts(name)), settings.mini_batch_aware
                )
        named = by_name(parallel.named_parameters())
        dense = {name: p for name, p in named.items() if name not in settings.fixed_weights}
        fbgemm = [] if fused is None else [each.emb_module for each in lookups]
        handle = None if fused is None else parallel.fused_optimizer
        decay = settings.average
        average = None if decay is None else Average(decay, parallel, dense, kernels)
        return parallel, AllOptimizers(settings, dense, kernels, handle, fbgemm), average

    # Training

    def train(self) -> None:
        progress = self.progress
        while progress.trained < self.settings.epochs and not self._is_over():
            self._train_epoch()
            with nullcontext() if self.average is None else self.average.shown(progress.total):
                self._evaluate_epoch()
            progress.seconds_before += progress.seconds
            progress.epoch, progress.step, progress.seconds = progress.epoch + 1, 0, 0.0
            progress.sums, progress.curve = [], []
            self.keep()
        if progress.best is not None and progress.best[0] != progress.trained:
            self.checkpoints.put_back_best()
        elif self.average is not None:
            self.average.put(progress.total)

    def _train_epoch(self) -> None:
        progress, steps = self.progress, self.data.steps
        self.falls = self._falls()
        self.parallel.train()
        with together():
            self.data.begin(progress.epoch, self.settings.seed)
        rows = self.data.batches(progress.epoch, self.settings.seed, skip=progress.step)
        batches = feed.ahead((feed.batch_of(*each, self.data.most, self.tables.rows) for each in rows), self.device)
        began = time.monotonic() - progress.seconds
        unseen: list[Tensor] = []
        while progress.step < steps:
            unseen.append(self._step(batches))
            progress.step, progress.total = progress.step + 1, progress.total + 1
            keeps = self.options.keep_every > 0 and progress.total % self.options.keep_every == 0
            if keeps or progress.step * PARTS // steps > (progress.step - 1) * PARTS // steps:
                self._look_at(unseen)
                unseen = []
                progress.seconds = time.monotonic() - began
                self._say_progress()
            if keeps and progress.step < steps:
                self.keep()

    def _step(self, batches: Iterator[Batch]) -> Tensor:
        """One step; this rank's share of its losses."""
        t = self.progress.total + 1
        # What dropout and `shuffled` draw is the same for a step that is done again after a resume.
        draws.seed, draws.step = self.settings.seed, t
        draws.progress.fill_((t - 1) / self.steps)
        self.generator.manual_seed(((self.settings.seed * 1_000_003 + t) * 1_000_003 + rank()) % (1 << 63))
        self.optimizers.before(t, self.steps, self.falls)
        batch = next(batches) if self.coming is None else self.coming
        if ranks() > 1:
            self.coming = next(batches, None)
        if self.coming is not None:
            self.tables.send(self.coming)
        with self._autocast():
            loss, shown, _ = self.parallel(batch)
        self.tables.send_on()
        if self.device.type == "cpu" and not math.isfinite(loss.item()):
            raise self._diverged(loss.item(), self.progress.step + 1)
        loss.backward()
        self.optimizers.after()
        if self.average is not None:
            self.average.follow()
        return shown

    def _autocast(self) -> AbstractContextManager:
        return torch.autocast(self.device.type, torch.bfloat16) if self.options.precision == "bf16" else nullcontext()

    def _look_at(self, unseen: list[Tensor]) -> None:
        """Adds up the losses of the steps since the last look, over all ranks."""
        progress = self.progress
        losses = (total(torch.stack(unseen).double()) / ranks()).tolist()
        for step, values in enumerate(losses, progress.step - len(losses)):
            if not math.isfinite(values[0]):
                raise self._diverged(values[0], step + 1)
            rows = self.data.rows_in(step)
            progress.sums = [a + b * rows for a, b in zip(progress.sums or [0.0] * len(values), values, strict=True)]
            part = step * min(self.data.steps, PARTS) // self.data.steps
            if part == len(progress.curve):
                progress.curve.append([0.0, 0])
            progress.curve[part][0] += values[0] * rows
            progress.curve[part][1] += rows

    def _diverged(self, loss: float, step: int) -> Trouble:
        rate = self.settings.optimizer.learning_rate
        return Trouble(
            f"the loss of step {step} of epoch {self.progress.epoch} is {loss}: the training diverges with a learning rate of "
            f"{rate}, or a number among the rows is huge; the previous checkpoint stays"
        )

    def _say_progress(self) -> None:
        progress, now = self.progress, time.monotonic()
        if rank() != 0 or (now - self.said_at < PROGRESS_SECONDS and progress.step < self.data.steps):
            return
        self.said_at = now
        seen = sum(int(rows) for _, rows in progress.curve)
        speed = seen / progress.seconds
        left = ((self.settings.epochs - progress.trained) * self.rows - seen) / speed
        say(
            f"epoch {progress.epoch}/{self.settings.epochs}  step {progress.step}/{self.data.steps}  "
            f"loss {progress.sums[0] / seen:.4f}  {speed:,.0f} samples/s  {left:,.0f} s left"
        )

    # Evaluation

    def _evaluate_epoch(self) -> None:
        progress = self.progress
        terms = {name: value / self.rows for name, value in zip(TERMS, progress.sums[1:], strict=False)}
        common = {
            "epoch": progress.epoch,
            "train_loss": progress.sums[0] / self.rows,
            **({"train_losses": terms} if terms else {}),
            **self._learning_rate(),
            "train_seconds": progress.seconds,
            "steps": self.data.steps,
            "samples_per_second": self.rows / progress.seconds,
            "curve": [loss / rows for loss, rows in progress.curve],
        }
        lines = []
        for split in SPLITS:
            if not self.prepared.has(split):
                continue
            with together():
                found = scored(self.parallel, self.prepared, split, self.device)
            if found is not None:
                lines += [{**common, "split": split, **line} for line in measured(found, self.settings)]
        progress.lines += from_first(lines or [common])
        self._observe()
        if rank() == 0:
            write_whole(self.out / "metrics.jsonl", "".join(f"{json_of(line)}\n" for line in progress.lines))
            for line in lines:
                words = [
                    f"{name} {value:.5f}"
                    for name, value in line.items()
                    if isinstance(value, float) and name not in common
                ]
                say(f"epoch {progress.epoch}  {line['split']} {line['prediction']}  {'  '.join(words)}")

    def _learning_rate(self) -> dict[str, float]:
        """That of the last step, where a plateau determines it."""
        settings = self.settings
        if not isinstance(settings.schedule, Plateau):
            return {}
        factor = settings.rate_factor(self.progress.total, self.steps, self.falls)
        return {"learning_rate": settings.optimizer.learning_rate * factor}

    def _observe(self) -> None:
        """Keeps the weights if this epoch is the best so far."""
        stop, progress = self.settings.early_stop, self.progress
        if stop is None:
            return
        value = self._values(stop.monitor)[-1]
        if progress.best is None or stop.monitor.is_gain(value, progress.best[1], stop.min_delta):
            progress.best = [progress.epoch, value]
            self.checkpoints.keep_best()

    def _values(self, monitor: Monitor) -> list[float]:
        """What epochs are compared by, after each evaluated epoch."""
        own = {
            line["epoch"]: sum(line[title] * weight for title, weight in monitor.terms.items())
            for line in self.progress.lines
            if line.get("split") == "valid" and line["prediction"] == monitor.label
        }
        if not own and self.progress.lines:
            raise Trouble(f"epochs are compared by {monitor.title} of validation rows, and none were prepared")
        if not all(math.isfinite(value) for value in own.values()):
            raise Trouble(
                f"{monitor.title} of {monitor.label}, by which epochs are compared, is not defined on the validation rows"
            )
        return list(own.values())

    def _falls(self) -> int:
        """How often a plateau has lowered the learning rate."""
        schedule = self.settings.schedule
        return schedule.falls_after(self._values(schedule.monitor)) if isinstance(schedule, Plateau) else 0

    def _is_over(self) -> bool:
        stop, best = self.settings.early_stop, self.progress.best
        return stop is not None and best is not None and self.progress.trained - best[0] >= stop.patience

    @property
    def kept(self) -> int:
        """The epoch whose weights are the training's."""
        return self.progress.trained if self.progress.best is None else int(self.progress.best[0])

    def stopped(self) -> dict | None:
        """How a training with an early stop ended."""
        stop, best = self.settings.early_stop, self.progress.best
        if stop is None or best is None:
            return None
        early = self.progress.trained < self.settings.epochs
        compared = {"metric": stop.monitor.title, "label": stop.monitor.label}
        return {**compared, "epoch": int(best[0]), "value": best[1], "early": early}

    # Checkpoints

    def keep(self) -> None:
        with together():
            self._require_finite()
            self.checkpoints.keep({**dataclasses.asdict(self.progress), "ranks": ranks(), "identity": self.identity})

    def resume(self) -> bool:
        """Continues from the last checkpoint; False if there is none."""
        found = from_first(self.checkpoints.latest())
        if found is None:
            return False
        for name, value in self.identity.items():
            if found["identity"].get(name) != value:
                other = "spec, or by the package of another version of dinc" if name == "spec" else name
                raise Trouble(
                    f"{self.out} was started with another {other}: continue with the same one, or start again elsewhere"
                )
        if found["ranks"] != ranks() and found["step"] != 0:
            raise Trouble(
                f"the checkpoint is within epoch {found['epoch']}, which {found['ranks']} processes have begun: continue with "
                f"as many; other numbers can only begin an epoch"
            )
        self.checkpoints.resume(found)
        known = {each.name for each in dataclasses.fields(Progress)}
        self.progress = Progress(**{name: value for name, value in found.items() if name in known})
        return True

    def _require_finite(self) -> None:
        """Checks the weights: the sum of all weights times 0 is 0 only if all are finite."""
        for name, values in self.checkpoints.tensors():
            if (values.detach() * 0).sum().item() != 0:
                step = self.progress.total
                raise Trouble(
                    f"after step {step} {name} is no longer a number: the training diverges; the previous checkpoint stays"
                )


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
