"""Weights after some steps with given gradients, for tests/torchrec/optimizers.test.ts: torchrun optimizers.py CASES RESULTS

`training` is the folder runtime/torchrec under a name that is a package's. Each rank has its own ids and gradients.
"""

import json
import logging
import re
import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torchrec.sparse.jagged_tensor import KeyedJaggedTensor
from training import objective, spread, tables
from training.bags import kernels_of
from training.batch import Batch
from training.distributed import leave
from training.optimizers import (
    UNUSED,
    AllOptimizers,
    fused_params,
)

logging.getLogger("torchrec").setLevel(logging.ERROR)
KINDS = {
    "sgd": objective.Sgd,
    "momentum": objective.Momentum,
    "adam": objective.Adam,
    "adamw": objective.AdamW,
    "adagrad": objective.Adagrad,
    "ftrl": objective.Ftrl,
    "grda": objective.Grda,
    "constant": objective.Constant,
    "linear": objective.Linear,
    "cosine": objective.Cosine,
    "step": objective.StepDecay,
    "exponential": objective.Exponential,
}


def read(value: dict):
    """A setting of dinc's as the package has it: `learningRate` is learning_rate."""
    names = {re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name): each for name, each in value.items()}
    kind = names.pop("kind")
    names.pop("full_rate", None)
    if kind in ("step", "exponential"):
        names["decay"] = names.pop("factor")
    return KINDS[kind](**names)


class Probe(nn.Module):
    """A loss whose gradients are what the case says."""

    def __init__(self, specs: tuple[tables.TableSpec, ...], case: dict) -> None:
        super().__init__()
        self.tables = tables.Tables(specs, {name: len(rows) for name, rows in case["tables"].items()})
        self.matrix = nn.Parameter(torch.tensor(case["matrix"]))
        self.bias = nn.Parameter(torch.tensor(case["bias"]))

    def forward(self, batch: Batch, gradients: dict[str, Tensor]) -> Tensor:
        found = self.tables(batch)
        rows = sum((found[name, name] * gradients[name]).sum() for name in gradients if (name, name) in found)
        dense = (self.matrix * gradients["matrix"]).sum() + (self.bias * gradients["bias"]).sum()
        return (rows + dense) * dist.get_world_size()


def batch_of(ids: dict[str, list[int]], lengths: dict[str, list[int]], specs: tuple[tables.TableSpec, ...]) -> Batch:
    distinct, places = {}, {}
    for name, of_table in ids.items():
        values, inverse = np.unique(np.array(of_table, np.int64), return_inverse=True)
        distinct[name], places[name, name] = (
            torch.from_numpy(values),
            torch.from_numpy(inverse),
        )

    def keyed(of_width: list[tables.TableSpec]) -> KeyedJaggedTensor:
        values = [distinct[spec.name] for spec in of_width]
        sizes = torch.tensor([len(each) for each in values], dtype=torch.int32)
        return KeyedJaggedTensor(keys=[spec.name for spec in of_width], values=torch.cat(values), lengths=sizes)

    #: Of either rank at most.
    most = 4
    rows_here = max((len(lengths[spec.name]) for spec in specs if spec.is_summed), default=1)

    def bags(of_width: list[tables.TableSpec]) -> KeyedJaggedTensor:
        keys = tables.keys_of(of_width)
        return KeyedJaggedTensor(
            keys=[tables.key_of(spec, name) for spec, name in keys],
            values=torch.cat([torch.tensor(ids[name], dtype=torch.int64) for _, name in keys]),
            lengths=torch.tensor(
                [length for _, name in keys for length in (*lengths[name], *[0] * (most - rows_here))], dtype=torch.int32
            ),
        )

    rows = {width: keyed(of_width) for width, of_width in tables.by_width(specs, summed=False).items()}
    sums = {width: bags(of_width) for width, of_width in tables.by_width(specs, summed=True).items()}
    return Batch(rows_here, rows, sums, places, {}, {}, {}, {}, {}, {}, 1.0)


def trained(case: dict) -> dict:
    device = torch.device("cpu")
    settings = objective.Settings(
        optimizer=read(case["optimizer"]),
        schedule=read(case["schedule"]),
        clip_norm=case["clipNorm"],
        mini_batch_aware=case["miniBatchAware"],
        l2_dense=case["l2"]["dense"],
        l2_tables=case["l2"]["tables"],
        l2_rows=case["l2"].get("rows", "batch"),
    )
    specs = tuple(
        tables.TableSpec(
            name,
            len(rows[0]),
            (tables.Lookup(name, pool="sum" if name in case["summed"] else None),),
            frozen=name in case["frozen"],
        )
        for name, rows in case["tables"].items()
    )
    fused = fused_params(settings, specs, device)
    kinds = tables.kinds_of(case["sharding"], settings)
    parallel = tables.sharded(Probe(specs, case), specs, fused or UNUSED, device, kinds)
    for name, table in tables.shards_of(parallel).items():
        for shard in table.local_shards():
            (row, column), (rows, columns) = (
                shard.metadata.shard_offsets,
                shard.metadata.shard_sizes,
            )
            lying = spread.by_rows(np.array(case["tables"][name], np.float32))
            values = torch.from_numpy(lying)[row : row + rows, column : column + columns]
            shard.tensor.detach().zero_()[:, : values.shape[1]] = values
    lookups = tables.lookups_of(parallel)
    kernels = kernels_of(lookups, specs, settings) if fused is None else []
    for kernel in kernels:
        if settings.mini_batch_aware is not None:
            kernel.pull_by_counts(lambda name: spread.by_rows(np.array(case["counts"][name])), settings.mini_batch_aware)
    dense = {name.split(".")[-1]: p for name, p in parallel.named_parameters() if tables.is_dense(name)}
    fbgemm = [] if fused is None else [each.emb_module for each in lookups]
    handle = None if fused is None else parallel.fused_optimizer
    optimizers = AllOptimizers(settings, dense, kernels, handle, fbgemm)
    for step, of_ranks in enumerate(case["steps"], 1):
        own = of_ranks[dist.get_rank()]
        optimizers.before(step, len(case["steps"]))
        gradients = {name: torch.tensor(values) for name, values in own["gradients"].items()}
        parallel(batch_of(own["ids"], own["lengths"], specs), gradients).backward()
        optimizers.after()
    found = {}
    for name, table in tables.shards_of(parallel).items():
        whole = torch.empty(table.size()) if dist.get_rank() == 0 else None
        table.gather(0, whole)
        width = len(case["tables"][name][0])
        if whole is not None:
            found[name] = whole[spread.rows_of(torch.arange(len(whole)), len(whole)), :width].tolist()
    state = parallel.state_dict()
    return {
        **found,
        "matrix": state["matrix"].tolist(),
        "bias": state["bias"].tolist(),
        "fused": fused is not None,
    }


if __name__ == "__main__":
    dist.init_process_group("gloo")
    results = [trained(case) for case in json.loads(Path(sys.argv[1]).read_text())]
    if dist.get_rank() == 0:
        Path(sys.argv[2]).write_text(json.dumps(results))
    leave(0)
