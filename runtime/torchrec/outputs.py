"""The files of a training for `dinc import`: metrics.jsonl, golden.json, and trained.json last."""

import hashlib
import json
import math
import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from .data import Column, Rows

#: Rows that PyTorch scores, for dinc to score again.
GOLDEN_ROWS = 64
#: Those of them that are chosen for an empty history.
GOLDEN_EMPTY = 8


def write_whole(path: Path, text: str) -> None:
    """Whatever happens, the file is either the old one or the new one."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def json_of(value: object) -> str:
    """JSON, in which NaN and infinite numbers are null."""
    return json.dumps(_plain(value), allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def golden_rows(rows: Rows) -> Rows:
    """The first of `rows`, and with them some whose first history is empty, where these are near."""
    lists = [column.offsets[0] for column in rows.columns.values() if column.offsets]
    empty = np.flatnonzero(np.diff(lists[0]) == 0)[:GOLDEN_EMPTY] if lists else np.zeros(0, np.int64)
    others = np.setdiff1d(np.arange(rows.length), empty)[: GOLDEN_ROWS - len(empty)]
    return rows.taken(np.sort(np.concatenate([empty, others])))


def listed(column: Column) -> list:
    """As JSON has it: a value, a list or a list of lists by row."""
    values: list = column.values.tolist()
    for offsets in reversed(column.offsets):
        values = [values[start:end] for start, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    return values


def hashed(path: Path) -> dict:
    """`bytes` and the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": digest}


def environment(device: torch.device, ranks: int) -> dict:
    if device.type == "cuda":
        name = f"{torch.cuda.get_device_name(device)} × {ranks}"
    else:
        name = "cpu"
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchrec": version("torchrec"),
        "fbgemm": torch_fbgemm(),
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "device": name,
    }


def torch_fbgemm() -> str:
    """The CPU and the CUDA build of FBGEMM are two packages of one content."""
    for package in ("fbgemm-gpu", "fbgemm-gpu-cpu"):
        try:
            return version(package)
        except ImportError:
            continue
    return "unknown"
