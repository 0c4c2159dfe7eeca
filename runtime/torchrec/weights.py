"""Weights in the form of a dinc run folder: safetensors of 32-bit floats, which all ranks write without gathering a table."""

import json
import os
import struct
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor
from torchrec.distributed.model_parallel import DistributedModelParallel

from .distributed import Trouble, rank, together
from .tables import is_dense, shards_of

#: Before the name of a table.
TABLE_PREFIX = "table."


def dense_of(parallel: DistributedModelParallel) -> dict[str, Tensor]:
    """Everything but tables, by dinc's names: parameters and statistics themselves, no copies."""
    state = parallel.state_dict()
    return {name[name.index("net.") :]: value for name, value in state.items() if is_dense(name)}


def save(path: Path, parallel: DistributedModelParallel) -> None:
    """Every rank writes its rows where they belong: the folder must be one that all ranks see."""
    tables, dense = shards_of(parallel), dense_of(parallel)
    shapes = {TABLE_PREFIX + name: list(table.size()) for name, table in tables.items()}
    shapes |= {name: list(value.shape) for name, value in dense.items()}
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
            begin, width = (
                start + header[TABLE_PREFIX + name]["data_offsets"][0],
                table.size()[1],
            )
            for shard in table.local_shards():
                (row, column), (_, columns) = (
                    shard.metadata.shard_offsets,
                    shard.metadata.shard_sizes,
                )
                if columns == width:
                    file.seek(begin + 4 * row * width)
                    file.write(_bytes(shard.tensor))
                    continue
                for i, values in enumerate(shard.tensor):
                    file.seek(begin + 4 * ((row + i) * width + column))
                    file.write(_bytes(values))
        file.flush()
        os.fsync(file.fileno())
    if rank() == 0:
        partial.replace(path)


def _bytes(values: Tensor) -> bytes:
    return values.detach().float().cpu().contiguous().numpy().tobytes()


def load(path: Path, parallel: DistributedModelParallel) -> None:
    """Begins from the weights of a run; each rank reads its own rows. Names and shapes must be the model's."""
    tables, dense = shards_of(parallel), dense_of(parallel)
    with together(), safe_open(path, "pt") as file, torch.no_grad():
        shapes = {TABLE_PREFIX + name: tuple(table.size()) for name, table in tables.items()}
        shapes |= {name: tuple(value.shape) for name, value in dense.items()}
        there = set(file.keys())
        for name, shape in shapes.items():
            found = tuple(file.get_slice(name).get_shape()) if name in there else None
            if found != shape:
                has = "no" if found is None else f"another shape ({list(found)}) of"
                raise Trouble(f"{path} has {has} `{name}`, which is {list(shape)} in this model")
        for name, value in dense.items():
            value.copy_(file.get_tensor(name))
        for name, table in tables.items():
            rows_of = file.get_slice(TABLE_PREFIX + name)
            for shard in table.local_shards():
                (row, column), (rows, columns) = (
                    shard.metadata.shard_offsets,
                    shard.metadata.shard_sizes,
                )
                shard.tensor.detach().copy_(rows_of[row : row + rows, column : column + columns])
