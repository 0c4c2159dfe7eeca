"""Rows become batches of the model: ids each once, histories packed, numbers as they are."""

import queue
import threading
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor
from torchrec.sparse.jagged_tensor import KeyedJaggedTensor

from . import model
from .batch import Batch
from .data import Column, Rows
from .distributed import ranks
from .ops import Steps
from .tables import TableSpec, by_width, groups_of, key_of, keys_of

GROUPS = groups_of(model.TABLES)
GROUP_OF = {first.asked: name for name, first in GROUPS.items()}
#: Tables whose rows are read, and tables of which only sums over sets are read.
ROWS, SUMS = by_width(model.TABLES, summed=False), by_width(model.TABLES, summed=True)

#: The columns of a prepared split that training reads.
FEATURES = list(
    dict.fromkeys(
        [
            *(name for spec in model.TABLES for name in spec.inputs),
            *model.NUMBERS,
            *model.COMPARED,
            *(name for fields in model.HISTORIES.values() for name in fields),
        ]
    )
)
LABELS = [f"label/{name}" for name in model.LABELS]
#: How many rows a row counts as.
COUNTS = list(dict.fromkeys(column for columns in model.COUNTS.values() for column in columns))
COLUMNS = [*FEATURES, *LABELS, *COUNTS, *(f"group/{name}" for name in model.GROUPS)]


def batch_of(rows: Rows, whole: int | None, most: int, sizes: dict[str, int]) -> Batch:
    """A rank's rows of one step. No rank has more than `most`; all together have `whole`, which is None where rows are only scored.

    `sizes`: by table, how many ids it has.
    """
    places: dict[tuple[str, str], Tensor] = {}
    distinct: dict[str, Tensor] = {}
    for group, first in GROUPS.items():
        ids = [rows.columns[name].values for name in first.inputs]
        every = np.arange(1, sizes[group] if first.whole and whole is not None else 1, dtype=np.int32)
        found = pa.array(np.concatenate([every, *ids])).dictionary_encode()
        distinct[group] = _tensor(found.dictionary.to_numpy(zero_copy_only=False))
        each = _tensor(found.indices.to_numpy(zero_copy_only=False).astype(np.int64))[len(every) :]
        for name, part in zip(first.inputs, each.split([len(some) for some in ids]), strict=True):
            places[group, name] = part
    ids = {
        width: _keyed({spec.name: distinct[GROUP_OF[spec.asked]] for spec in specs}) for width, specs in ROWS.items()
    }
    # The rows of a group are found when all ranks have theirs.
    beside = {axis: whole or 0 if axis == "batch" else 0 for axis in model.BATCH_AXES}
    return Batch(
        rows=rows.length,
        ids=ids,
        bags={width: _bags(rows, specs, most) for width, specs in SUMS.items()},
        places=places,
        numbers={
            **{name: _tensor(rows.columns[name].values.reshape(-1, width)) for name, width in model.NUMBERS.items()},
            **{f"ids/{name}": _tensor(rows.columns[name].values) for name in model.COMPARED},
            **{f"batch/{axis}": torch.arange(count).repeat(rows.length) for axis, count in beside.items()},
        },
        histories={
            **{name: _packed(rows.columns[fields[0]], 0) for name, fields in model.HISTORIES.items()},
            **{axis: Steps.of_lengths(torch.full((rows.length,), count)) for axis, count in beside.items()},
        },
        sets={name: _packed(rows.columns[name], -1) for name in model.SETS},
        labels={name: _tensor(rows.columns[f"label/{name}"].values).reshape(-1, 1) for name in model.LABELS},
        counts={name: _tensor(rows.columns[name].values).reshape(-1, 1) for name in COUNTS},
        groups={name: _tensor(rows.columns[f"group/{name}"].values) for name in model.GROUPS},
        share=1.0 if whole is None else ranks() / whole,
    )


def _keyed(ids: dict[str, Tensor]) -> KeyedJaggedTensor:
    """As TorchRec takes the ids of several tables: those of all rows as one list each."""
    lengths = torch.tensor([len(values) for values in ids.values()], dtype=torch.int32)
    return KeyedJaggedTensor(keys=list(ids), values=torch.cat(list(ids.values())), lengths=lengths)


def _bags(rows: Rows, specs: list[TableSpec], most: int) -> KeyedJaggedTensor:
    """The ids of sets, row by row, and empty sets."""
    keys = keys_of(specs)
    columns = [rows.columns[name] for _, name in keys]
    lengths = np.zeros((len(keys), most), np.int32)
    for i, column in enumerate(columns):
        lengths[i, : rows.length] = np.diff(column.offsets[-1])
    return KeyedJaggedTensor(
        keys=[key_of(spec, name) for spec, name in keys],
        values=_tensor(np.concatenate([column.values for column in columns])),
        lengths=_tensor(lengths.reshape(-1)),
    )


def _packed(column: Column, level: int) -> Steps:
    """The outermost lists of a column (0), or the innermost (−1)."""
    offsets = column.offsets[level]
    return Steps(_tensor(offsets), _tensor(np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))))


def _tensor(values: np.ndarray) -> Tensor:
    # Arrow's buffers are read-only, which nothing here writes to; PyTorch would warn of each.
    return torch.from_numpy(values if values.flags.writeable else values.copy())


def served(rows: Rows) -> Rows:
    """The values with which the model predicts: those known in training only are replaced."""
    if not model.SERVED:
        return rows
    columns = dict(rows.columns)
    for name, value in model.SERVED.items():
        column = columns[name]
        columns[name] = Column(np.full_like(column.values, value), column.offsets)
    return Rows(columns)


def blank() -> Rows:
    """One empty row, for a rank without rows while others score theirs."""
    columns: dict[str, Column] = {}
    for name in FEATURES:
        width = model.NUMBERS.get(name)
        kind = np.int32 if width is None else np.float32
        # The weights of a set's values have lists where the values have them.
        is_set = name.removeprefix("weights/") in model.SETS
        depth = int("." in name) + int(is_set) + int((width or 1) > 1)
        if depth == 0:
            columns[name] = Column(np.zeros(1, kind))
        elif "." not in name and not is_set:
            columns[name] = Column(np.zeros(width or 1, kind), (np.array([0, width]),))
        else:
            inner = (np.zeros(1, np.int64) for _ in range(depth - 1))
            columns[name] = Column(np.zeros(0, kind), (np.zeros(2, np.int64), *inner))
    for name in COLUMNS:
        columns.setdefault(name, Column(np.zeros(1, np.int32 if name.startswith("group/") else np.float32)))
    return Rows(columns)


def ahead(batches: Iterator[Batch], device: torch.device, most: int = 2) -> Iterator[Batch]:
    """The batches on the device. For a GPU a thread makes them ahead, so that it does not wait for them."""
    if device.type == "cpu":
        yield from batches
        return
    made: queue.Queue[Batch | Exception | None] = queue.Queue(most)
    left = threading.Event()

    def work() -> None:
        last: Exception | None = None
        try:
            for batch in batches:
                made.put(batch.pin_memory())
                if left.is_set():
                    return
        except Exception as error:  # noqa: BLE001 (whoever asks for the next batch hears of it)
            last = error
        made.put(last)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (got := made.get()) is not None:
            if isinstance(got, Exception):
                raise got
            yield got.to(device)
    finally:
        left.set()
