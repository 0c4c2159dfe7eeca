"""Weights in the form of a dinc run folder: safetensors of 32-bit floats, which all ranks write without gathering a table."""

import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor
from torch.distributed._shard.sharded_tensor.api import ShardedTensor
from torchrec.distributed.model_parallel import DistributedModelParallel

from .distributed import Trouble, rank, together
from .tables import TableSpec, is_dense, shards_of

#: Before the name of a table.
TABLE_PREFIX = "table."


def dense_of(parallel: DistributedModelParallel) -> dict[str, Tensor]:
    """Everything but tables, by dinc's names: parameters and statistics themselves, no copies."""
    state = parallel.state_dict()
    return {name[name.index("net.") :]: value for name, value in state.items() if is_dense(name)}


def _shapes(
    tables: dict[str, ShardedTensor], dense: dict[str, Tensor], specs: tuple[TableSpec, ...]
) -> dict[str, list[int]]:
    widths = {spec.name: spec.width for spec in specs}
    shapes = {TABLE_PREFIX + name: [table.size()[0], widths[name]] for name, table in tables.items()}
    return shapes | {name: list(value.shape) for name, value in dense.items()}


@dataclass(frozen=True)
class _Part:
    """A rank's part of a table, without what it is filled up with."""

    row: int
    column: int
    values: Tensor


def _parts(table: ShardedTensor, width: int) -> Iterator[_Part]:
    for shard in table.local_shards():
        (row, column), (_, columns) = shard.metadata.shard_offsets, shard.metadata.shard_sizes
        own = min(columns, width - column)
        if own > 0:
            yield _Part(row, column, shard.tensor.detach()[:, :own])


def save(path: Path, parallel: DistributedModelParallel, specs: tuple[TableSpec, ...]) -> None:
    """Every rank writes its rows where they belong: the folder must be one that all ranks see."""
    tables, dense = shards_of(parallel), dense_of(parallel)
    shapes = _shapes(tables, dense, specs)
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * int(torch.Size(shape).numel())
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    start, partial = 8 + len(text), path.with_suffix(".partial")
    with together():
        if rank() == 0:
            with partial.open("wb") as file:
                file.write(struct.pack("<Q", len(text)) + text)
                file.truncate(start + end)
                for name, value in dense.items():
                    file.seek(start + header[name]["data_offsets"][0])
                    file.write(_bytes(value))
    with together(), partial.open("r+b") as file:
        for name, table in tables.items():
            begin, width = start + header[TABLE_PREFIX + name]["data_offsets"][0], shapes[TABLE_PREFIX + name][1]
            for part in _parts(table, width):
                if part.values.shape[1] == width:
                    file.seek(begin + 4 * part.row * width)
                    file.write(_bytes(part.values))
                    continue
                for i, values in enumerate(part.values):
                    file.seek(begin + 4 * ((part.row + i) * width + part.column))
                    file.write(_bytes(values))
        file.flush()
        os.fsync(file.fileno())
    if rank() == 0:
        partial.replace(path)


def _bytes(values: Tensor) -> bytes:
    return values.detach().float().cpu().contiguous().numpy().tobytes()


def load(path: Path, parallel: DistributedModelParallel, specs: tuple[TableSpec, ...]) -> None:
    """Begins from the weights of a run; each rank reads its own rows. Names and shapes must be the model's."""
    tables, dense = shards_of(parallel), dense_of(parallel)
    shapes = _shapes(tables, dense, specs)
    with together(), safe_open(path, "pt") as file, torch.no_grad():
        there = set(file.keys())
        for name, shape in shapes.items():
            found = list(file.get_slice(name).get_shape()) if name in there else None
            if found != shape:
                has = "no" if found is None else f"another shape ({found}) of"
                raise Trouble(f"{path} has {has} `{name}`, which is {shape} in this model")
        for name, value in dense.items():
            value.copy_(file.get_tensor(name))
        for name, table in tables.items():
            rows_of = file.get_slice(TABLE_PREFIX + name)
            for part in _parts(table, shapes[TABLE_PREFIX + name][1]):
                rows, columns = part.values.shape
                part.values.copy_(rows_of[part.row : part.row + rows, part.column : part.column + columns])
