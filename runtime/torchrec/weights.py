"""Weights in the form of a dinc run folder: safetensors of 32-bit floats, which all ranks write without gathering a table."""

import itertools
import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import torch
import torch.distributed as dist
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.distributed._shard.sharded_tensor.api import ShardedTensor
from torchrec.distributed.model_parallel import DistributedModelParallel

from . import spread
from .distributed import Trouble, rank, ranks, together
from .layers import MANY_ROWS
from .tables import TableSpec, is_dense, shards_of

Value = TypeVar("Value")

#: Before the name of a table.
TABLE_PREFIX = "table."


def dense_of(parallel: DistributedModelParallel) -> dict[str, Tensor]:
    """Everything but tables, by dinc's names: parameters and statistics themselves, no copies."""
    return by_name(parallel.state_dict().items())


#: Behind the name of a moving average: how many rows it is of. Checkpoints have it, weights have not.
ROWS_SUFFIX = "_rows"


def rows_of_averages(parallel: DistributedModelParallel) -> dict[str, Tensor]:
    """By the name of each moving average how many rows it is of, themselves, no copies."""
    buffers = by_name(parallel.named_buffers())
    return {
        name.removesuffix(ROWS_SUFFIX): rows
        for name, rows in buffers.items()
        if name.endswith(ROWS_SUFFIX) and name.removesuffix(ROWS_SUFFIX) in buffers
    }


def by_name(named: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """What does not belong to tables, by dinc's names."""
    return {name[name.index("net.") :]: value for name, value in named if is_dense(name)}


def _shapes(
    tables: dict[str, ShardedTensor], dense: dict[str, Tensor], specs: tuple[TableSpec, ...]
) -> dict[str, list[int]]:
    widths = {spec.name: spec.width for spec in specs}
    shapes = {TABLE_PREFIX + name: [table.size()[0], widths[name]] for name, table in tables.items()}
    return shapes | {name: list(value.shape) for name, value in dense.items()}


#: Ids whose rows a rank writes or reads at a time.
SPAN = 1 << 15


@dataclass(frozen=True)
class _Part:
    """The vectors of ids from `first` on, all columns or those from `column` on."""

    first: int
    column: int
    values: Tensor


class _InOrder:
    """A table in the order of ids, part by part. All ranks must go through it together: where they have different rows, each
    gets a span of ids from all of them, or reads it for all of them."""

    def __init__(self, table: ShardedTensor, width: int) -> None:
        """`width`: without what rows are filled up with."""
        self.rows = table.size()[0]
        #: This rank's rows as they lie, by their first column; views, no copies.
        self.own: dict[int, Tensor] = {}
        for shard in table.local_shards():
            (_, column), (_, columns) = shard.metadata.shard_offsets, shard.metadata.shard_sizes
            if column < width:
                self.own[column] = shard.tensor.detach()[:, : min(columns, width - column)]
        shards = table.metadata().shards_metadata
        self.is_cut = any(shard.shard_sizes[0] < self.rows for shard in shards)
        sizes = torch.zeros(ranks(), dtype=torch.int64)
        for shard in shards if self.is_cut else []:
            assert shard.placement is not None
            sizes[shard.placement.rank() or 0] = shard.shard_sizes[0]
        #: After the last row of each rank.
        self.ends = sizes.cumsum(0)
        self.start = int((self.ends - sizes)[rank()])

    def _spans(self) -> Iterator[list[Tensor]]:
        """By rank the ids that it writes or reads next."""
        several = ranks() if self.is_cut else 1
        for start in range(0, self.rows, several * SPAN):
            bounds = [min(start + i * SPAN, self.rows) for i in range(several + 1)]
            yield [torch.arange(*between) for between in itertools.pairwise(bounds)]

    def _dealt(self, spans: list[Tensor]) -> tuple[list[Tensor], Tensor, list[int]]:
        """By rank those of this rank's rows that are in its span; this rank's span, sorted by who has the rows; how many each has."""
        end = int(self.ends[rank()])
        lying = [spread.rows_of(ids, self.rows) for ids in spans]
        mine = [rows[(rows >= self.start) & (rows < end)] - self.start for rows in lying]
        owners = torch.bucketize(lying[rank()], self.ends, right=True)
        return mine, owners.argsort(stable=True), owners.bincount(minlength=ranks()).tolist()

    def parts(self) -> Iterator[_Part]:
        """What this rank has to write."""
        for spans in self._spans():
            if not self.is_cut:
                for column, own in self.own.items():
                    yield _Part(int(spans[0][0]), column, own[spread.rows_of(spans[0], self.rows).to(own.device)])
                continue
            (own,) = self.own.values()
            mine, order, counts = self._dealt(spans)
            sorted_ = own.new_empty(len(order), own.shape[1])
            dist.all_to_all_single(sorted_, own[torch.cat(mine).to(own.device)], counts, [len(rows) for rows in mine])
            if len(order) > 0:
                values = torch.empty_like(sorted_)
                values[order.to(own.device)] = sorted_
                yield _Part(int(spans[rank()][0]), 0, values)

    def fill(self, read: Callable[[int, int], Tensor]) -> None:
        """`read` gives the vectors of ids from the first number to the second."""
        for spans in self._spans():
            if not self.is_cut:
                values = read(int(spans[0][0]), int(spans[0][-1]) + 1) if self.own else None
                for column, own in self.own.items():
                    assert values is not None
                    rows = spread.rows_of(spans[0], self.rows).to(own.device)
                    own[rows] = values[:, column : column + own.shape[1]].to(own)
                continue
            (own,) = self.own.values()
            mine, order, counts = self._dealt(spans)
            ids = spans[rank()]
            values = read(int(ids[0]), int(ids[-1]) + 1).to(own) if len(ids) > 0 else own[:0]
            received = own.new_empty(sum(len(rows) for rows in mine), own.shape[1])
            dist.all_to_all_single(received, values[order.to(own.device)], [len(rows) for rows in mine], counts)
            own[torch.cat(mine).to(own.device)] = received


def save(path: Path, parallel: DistributedModelParallel, specs: tuple[TableSpec, ...]) -> None:
    """Ids of all ranks are written together, in the order of dinc's ids: the folder must be one that all ranks see."""
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
    with together():
        file = partial.open("r+b")
    with together(), file:
        trouble: OSError | None = None
        for name, table in tables.items():
            begin, width = start + header[TABLE_PREFIX + name]["data_offsets"][0], shapes[TABLE_PREFIX + name][1]
            for part in _InOrder(table, width).parts():
                try:
                    if trouble is None:
                        _write(file, begin, width, part)
                except OSError as error:  # this rank continues with the others, which wait for its rows
                    trouble = error
        if trouble is not None:
            raise trouble
        file.flush()
        os.fsync(file.fileno())
    if rank() == 0:
        partial.replace(path)


def _write(file: BinaryIO, begin: int, width: int, part: _Part) -> None:
    if part.values.shape[1] == width:
        file.seek(begin + 4 * part.first * width)
        file.write(_bytes(part.values))
        return
    for i, values in enumerate(part.values):
        file.seek(begin + 4 * ((part.first + i) * width + part.column))
        file.write(_bytes(values))


def _bytes(values: Tensor) -> bytes:
    return values.detach().float().cpu().contiguous().numpy().tobytes()


def load(path: Path, parallel: DistributedModelParallel, specs: tuple[TableSpec, ...]) -> None:
    """Begins from the weights of a run. Names and shapes must be the model's."""
    tables, dense = shards_of(parallel), dense_of(parallel)
    shapes = _shapes(tables, dense, specs)
    with together(), _opened(path) as file, torch.no_grad():
        there = set(file.keys())
        for name, shape in shapes.items():
            found = list(file.get_slice(name).get_shape()) if name in there else None
            if found != shape:
                has = "no" if found is None else f"another shape ({found}) of"
                raise Trouble(f"{path} has {has} `{name}`, which is {shape} in this model")
            if file.get_slice(name).get_dtype() != "F32":
                raise Trouble(f"{path} has `{name}` in another type than F32, 32-bit floats")
        averages = rows_of_averages(parallel)
        for name, value in dense.items():
            given = file.get_tensor(name).to(value)
            if not torch.isfinite(given).all():
                raise Trouble(_not_finite(path, name))
            # As after many batches, unless no batch ever came.
            if name in averages and not torch.equal(given, value):
                averages[name].fill_(MANY_ROWS)
            value.copy_(given)
    trouble: str | None = None
    with together(), _opened(path) as file, torch.no_grad():
        for name, table in tables.items():
            vectors = file.get_slice(TABLE_PREFIX + name)

            def read(first: int, last: int) -> Tensor:
                nonlocal trouble
                found = vectors[first:last]  # noqa: B023 (called at once)
                if trouble is None and not torch.isfinite(found).all():  # the other ranks wait for these rows
                    trouble = _not_finite(path, TABLE_PREFIX + name)  # noqa: B023
                return found

            _InOrder(table, shapes[TABLE_PREFIX + name][1]).fill(read)
        if trouble is not None:
            raise Trouble(trouble)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A file of safetensors, which says what is wrong with another one."""
    if not path.is_file():
        raise Trouble(f"there is no file {path} to begin with")
    try:
        with safe_open(path, "pt") as file:
            yield file
    except SafetensorError as error:
        raise Trouble(f"{path} isn't a file of safetensors that can be read: {error}") from error


def _not_finite(path: Path, name: str) -> str:
    return f"{path} has a number in `{name}` that isn't finite"
