"""Tables of several ranks as files have them, for tests/torchrec/weights.test.ts: torchrun weights.py FOLDER

`training` is the folder runtime/torchrec under a name that is a package's. `begin.safetensors` of FOLDER is read into tables that are
sharded in each way, and written again as KIND.safetensors, a few ids at a time. Rank 0 prints as JSON how evenly ids are spread.
"""

import json
import logging
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from training import objective, spread, tables, weights
from training.distributed import leave
from training.optimizers import UNUSED

logging.getLogger("torchrec").setLevel(logging.ERROR)
ROWS = {"items": 53, "days": 5, "brands": 23}
SPECS = (
    tables.TableSpec("items", 8, (tables.Lookup("items"),)),
    tables.TableSpec("days", 3, (tables.Lookup("days"),)),
    tables.TableSpec("brands", 6, (tables.Lookup("brands", pool="sum"),)),
)


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tables = tables.Tables(SPECS, ROWS)
        self.net = nn.Module()
        self.net.bias = nn.Parameter(torch.zeros(2))


def main(folder: Path) -> None:
    device = torch.device("cpu")
    for kind in tables.KINDS:
        kinds = tables.kinds_of(kind.value, objective.Settings(objective.Sgd(0.1)))
        parallel = tables.sharded(Model(), SPECS, UNUSED, device, kinds)
        weights.load(folder / "begin.safetensors", parallel, SPECS)
        weights.save(folder / f"{kind.value}.safetensors", parallel, SPECS)
        tables.initialize(parallel, SPECS, 7)
        weights.save(folder / f"{kind.value}-first.safetensors", parallel, SPECS)
    if dist.get_rank() == 0:
        print(json.dumps({"evenness": [evenness(*case) for case in CASES]}), flush=True)


#: Rows of a table, ranks that have them, and how many ids of the front, or of the middle, are asked for.
CASES = [
    (rows, ranks, asked) for rows in (54_000, 1 << 20, 9_999_991) for ranks in (2, 8, 64) for asked in (1_000, 20_000)
]


def evenness(rows: int, ranks: int, asked: int) -> dict:
    """Of the rank that has most: how many times the mean."""

    def most(ids: torch.Tensor) -> float:
        block = -(-rows // ranks)
        return (spread.rows_of(ids, rows) // block).bincount(minlength=ranks).max().item() * ranks / asked

    places = spread.rows_of(torch.arange(rows), rows)
    return {
        "case": f"{rows} rows, {ranks} ranks, {asked} ids",
        "front": most(torch.arange(asked)),
        "middle": most(torch.arange(rows // 3, rows // 3 + asked)),
        "distinct": places.bincount(minlength=rows).max().item(),
    }


if __name__ == "__main__":
    weights.SPAN = 7
    dist.init_process_group("gloo")
    main(Path(sys.argv[1]))
    leave(0)
