"""Scores and metrics of a split: every rank scores its rows, rank 0 measures them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from . import feed, metrics, model
from .batch import Batch, Outputs
from .data import Prepared, Rows, in_order
from .distributed import rank, ranks
from .objective import Settings

#: Rows of all ranks that are scored at a time.
SCORED = 4096


@dataclass(frozen=True)
class Scored:
    """Rows of a split, [rows] each, one rank's after another's."""

    #: By label.
    logits: dict[str, np.ndarray]
    truth: dict[str, np.ndarray]
    #: By feature.
    groups: dict[str, np.ndarray]
    #: By label whose rows count differently: how many rows each counts as.
    counts: dict[str, np.ndarray]


def scored(parallel: nn.Module, prepared: Prepared, split: str, device: torch.device) -> Scored | None:
    """Of all ranks' rows, on rank 0; None elsewhere."""
    each = max(1, SCORED // ranks())
    mine = in_order(prepared, split, feed.COLUMNS, rank(), ranks(), each)
    parts: list[tuple[Outputs, Batch, int]] = []
    # Rows of tables are exchanged, so ranks score the same number of batches: a rank without rows scores one that isn't counted.
    for _ in range(_batches(prepared, split, each)):
        rows = next(mine, None)
        output, batch = scored_rows(parallel, feed.blank() if rows is None else rows, each, device)
        parts.append((output, batch, 0 if rows is None else batch.rows))
    gathered: dict[str, dict[str, np.ndarray | None]] = {"logits": {}, "truth": {}, "groups": {}, "counts": {}}
    for name in model.LABELS:
        channels = model.CHANNELS[name]
        logits = [
            torch.cat([output.logits[channel][:count].reshape(-1, 1).float().cpu() for channel in channels], 1)
            for output, _, count in parts
        ]
        numbers = torch.cat(logits).numpy()
        gathered["logits"][name] = metrics.gathered(numbers[:, 0] if len(channels) == 1 else numbers)
        truth = [batch.labels[name][:count].reshape(-1).cpu() for _, batch, count in parts]
        gathered["truth"][name] = metrics.gathered(torch.cat(truth).numpy())
        if name in model.COUNTS:
            # Of a label one column says it.
            (column,) = model.COUNTS[name]
            counts = [batch.counts[column][:count].reshape(-1).cpu() for _, batch, count in parts]
            gathered["counts"][name] = metrics.gathered(torch.cat(counts).numpy())
    for name in model.GROUPS:
        groups = [batch.groups[name][:count] for _, batch, count in parts]
        gathered["groups"][name] = metrics.gathered(torch.cat(groups).numpy())
    if rank() != 0:
        return None
    found = {
        kind: {name: values for name, values in by_name.items() if values is not None}
        for kind, by_name in gathered.items()
    }
    return Scored(found["logits"], found["truth"], found["groups"], found["counts"])


@torch.no_grad()
def scored_rows(parallel: nn.Module, rows: Rows, most: int, device: torch.device) -> tuple[Outputs, Batch]:
    """In 32-bit floats, whatever training computes with; no rank has more rows than `most`."""
    parallel.eval()
    batch = feed.batch_of(feed.served(rows), None, most, {}).to(device)
    _, _, output = parallel(batch)
    return output, batch


def _batches(prepared: Prepared, split: str, each: int) -> int:
    """The most batches of a rank: the last one of a shard has fewer rows."""
    shards = prepared.shards(split)
    return max(sum(-(-shard.rows // each) for shard in shards[of :: ranks()]) for of in range(ranks()))


def measured(found: Scored, settings: Settings) -> list[dict]:
    """By label the metrics of the spec."""
    lines = []
    for label in model.LABELS:
        rows = metrics.Measured(
            found.logits[label], found.truth[label], found.groups, model.OUTCOMES[label], found.counts.get(label)
        )
        own = [metric for metric in settings.metrics if not metric.labels or label in metric.labels]
        lines.append(
            {
                "prediction": label,
                "rows": len(found.truth[label]),
                **{metric.title: metrics.measured(metric, rows) for metric in own},
            }
        )
    return lines
