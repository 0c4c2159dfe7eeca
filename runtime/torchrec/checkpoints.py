"""Checkpoints by torch.distributed.checkpoint: each rank writes its own part, and any number of ranks can read them."""

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed._shard.sharded_tensor.api import ShardedTensor
from torch.distributed._shard.sharded_tensor.shard import Shard
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save
from torchrec.distributed.model_parallel import DistributedModelParallel

from .average import Average
from .distributed import Trouble, rank, reason_of
from .optimizers import AllOptimizers, slots_of_rows
from .tables import shards_of
from .weights import dense_of, rows_of_averages

#: The format of tables in a checkpoint: 2 has rows in the order of spread.py.
LAYOUT = 2


class Checkpoints:
    """`checkpoints/` of the folder that a training writes: the latest state, and the best epoch if there is an early stop."""

    def __init__(
        self, folder: Path, parallel: DistributedModelParallel, optimizers: AllOptimizers, average: Average | None
    ) -> None:
        self.folder, self.parallel, self.optimizers, self.average = folder, parallel, optimizers, average

    def latest(self) -> dict | None:
        """The progress of the stored training."""
        path = self.folder / "latest.json"
        try:
            found = json.loads(path.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise Trouble(f"{path} is damaged ({error}): start again in another folder") from error
        needed = ("identity", "ranks", "step", "epoch", "total", "at")
        lacking = [name for name in needed if not isinstance(found, dict) or name not in found]
        if lacking:
            raise Trouble(f"{path} is damaged (it has no `{lacking[0]}`): start again in another folder")
        return found

    def keep(self, progress: dict) -> None:
        """Stores everything. The previous checkpoint stays until this one is complete."""
        at = f"step-{progress['total']}"
        self._write(self._all(), self.folder / at)
        if rank() == 0:
            partial = self.folder / "latest.partial"
            partial.write_text(json.dumps({**progress, "at": at, "layout": LAYOUT}))
            partial.replace(self.folder / "latest.json")
            for old in self.folder.glob("step-*"):
                if old.name != at:
                    shutil.rmtree(old)
        dist.barrier()

    def resume(self, progress: dict) -> None:
        if progress.get("layout") != LAYOUT:
            raise Trouble(
                f"{self.folder} was written by a package of another version of dinc, with another order of tables: continue with "
                "that package, or start again in another folder"
            )
        _make_slots(self.optimizers.dense)
        self._read(self._all(), self.folder / progress["at"])
        for kernel in self.optimizers.fbgemm:
            kernel.set_optimizer_step(progress["total"])

    def keep_best(self) -> None:
        """Stores only the weights, and replaces those of another epoch."""
        self._write(self._weights(), self.folder / "best.partial")
        if rank() == 0:
            shutil.rmtree(self.folder / "best", ignore_errors=True)
            (self.folder / "best.partial").rename(self.folder / "best")
        dist.barrier()

    def put_back_best(self) -> None:
        self._read(self._weights(), self.folder / "best")

    def _read(self, state: dict, place: Path) -> None:
        try:
            load(state, checkpoint_id=place)
        except CheckpointException as error:
            raise Trouble(
                f"the checkpoint {place} cannot be read ({reason_of(error)}): start again in another folder"
            ) from error

    def _write(self, state: dict, place: Path) -> None:
        if rank() == 0:
            shutil.rmtree(place, ignore_errors=True)
        dist.barrier()
        try:
            save(state, checkpoint_id=place)
        except CheckpointException as error:
            if rank() == 0:
                shutil.rmtree(place, ignore_errors=True)
            raise Trouble(
                f"the checkpoint {place} cannot be written ({reason_of(error)}); the previous one stays"
            ) from error

    def tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Weights of this rank, with their names."""
        for name, values in dense_of(self.parallel).items():
            yield f"`{name}`", values
        for name, table in shards_of(self.parallel).items():
            for shard in table.local_shards():
                yield f"the table of `{name}`", shard.tensor

    # The stored tensors are the training's own, so that loading writes the values where training reads them.

    def _weights(self) -> dict:
        state = {f"weights/{name}": value for name, value in dense_of(self.parallel).items()}
        return state | {f"tables/{name}": value for name, value in shards_of(self.parallel).items()}

    def _all(self) -> dict:
        state = self._weights()
        state |= {f"averages/{name}": rows for name, rows in rows_of_averages(self.parallel).items()}
        if self.average is not None:
            state |= self.average.state()
        names = {id(p): name for name, p in self.parallel.named_parameters()}
        dense = {} if self.optimizers.dense is None else self.optimizers.dense.state
        for p, slots in dense.items():
            state |= {
                f"dense/{names[id(p)]}/{name}": value for name, value in slots.items() if isinstance(value, Tensor)
            }
        if self.optimizers.kernels:
            frozen = set().union(*(kernel.frozen for kernel in self.optimizers.kernels))
            for name, table in shards_of(self.parallel).items():
                if name not in frozen:
                    state |= {f"rows/{name}/{i}": slot for i, slot in enumerate(_slots(name, table, self.optimizers))}
        if self.optimizers.fused is not None:
            for name, slots in self.optimizers.fused.state_dict()["state"].items():
                state |= {f"fused/{name}/{slot}": value for slot, value in slots.items()}
        return state


def _slots(name: str, table: ShardedTensor, optimizers: AllOptimizers) -> list[ShardedTensor]:
    """The slots of a table, sharded like the table. Shards are recognised by their position."""
    kept = {
        weights.data_ptr(): slots
        for kernel in optimizers.kernels
        for weights, slots in zip(kernel.weights, kernel.slots, strict=True)
        if weights.numel() > 0
    }
    found = []
    for i, slot in enumerate(slots_of_rows(optimizers.settings, name)):
        metadata = copy.deepcopy(table.metadata())
        if slot.by_row:
            metadata.size = torch.Size([metadata.size[0], 1])
            for shard in metadata.shards_metadata:
                shard.shard_sizes[1] = 1
        local = []
        for shard in table.local_shards():
            own = copy.deepcopy(shard.metadata)
            own.shard_sizes[1] = 1 if slot.by_row else own.shard_sizes[1]
            values = (
                kept[shard.tensor.data_ptr()][i]
                if shard.tensor.numel() > 0
                else shard.tensor.new_empty(own.shard_sizes)
            )
            local.append(Shard(values, own))
        found.append(ShardedTensor._init_from_local_shards_and_global_metadata(local, metadata, table._process_group))
    return found


def _make_slots(optimizer: torch.optim.Optimizer | None) -> None:
    """Makes the slots that an optimizer makes at its first step: a step with gradients and a rate of 0."""
    if optimizer is None:
        return
    rates = [group["lr"] for group in optimizer.param_groups]
    for group in optimizer.param_groups:
        group["lr"] = 0.0
        for p in group["params"]:
            p.grad = torch.zeros_like(p)
    optimizer.step()
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    optimizer.zero_grad()
