"""Time of training steps, for tests/bench/torchrec.mjs: a package's (by torchrun), or packed PyTorch's of ../shared/peers.

torchrun torch-steps.py package NAME ROWS BATCH [IDS]   a package that Python finds; with IDS tables of so many rows, all of them used
python torch-steps.py packed PEERS BATCH                the network of pytorch_din.py, sparse gradients, on the rows in PEERS_DIR
torchrun torch-steps.py distributed PEERS …          distributed_din.py of the peers with its own arguments, which prints its own RESULT
Prints RESULT {seconds, cpu, samples}: of several times so many steps, the processor seconds of all processes.
"""

import dataclasses
import importlib
import json
import logging
import os
import runpy
import sys
import time
import types
import warnings
from pathlib import Path

import torch
import torch.distributed as dist

WARM, TIMED, TIMES = 10, 25, 5
logging.getLogger("torchrec").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")


def timed(step, samples: int) -> None:
    for _ in range(WARM):
        step()
    for _ in range(TIMES):
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(TIMED):
            step()
        spent = torch.tensor([time.process_time() - cpu], dtype=torch.float64)
        wall = time.perf_counter() - wall
        if dist.is_initialized():
            dist.all_reduce(spent)
        if not dist.is_initialized() or dist.get_rank() == 0:
            found = {"seconds": wall, "cpu": spent.item(), "samples": TIMED * samples}
            print("RESULT " + json.dumps(found), flush=True)


def package(name: str, rows: str, batch: int, ids: int | None) -> None:
    of = lambda module: importlib.import_module(f"{name}.{module}")
    device = of("distributed").begin()
    prepared = of("data").Prepared.read(Path(rows))
    factor = 1
    if ids is not None:
        table = next(table for table in prepared.value["tables"] if table["name"] == "item_id")
        factor, table["rows"] = ids // table["rows"], ids
    settings = dataclasses.replace(of("settings").SETTINGS, batch=batch)
    options = of("trainer").Options()
    trainer = of("trainer").Trainer(prepared, settings, Path("unused"), device, {}, options)
    feed, column = of("feed"), of("data").Column

    def batches():
        for epoch in range(1, 1000):
            for read, share in trainer.data.batches(epoch, 1):
                if factor > 1:
                    for input in ("item_id", "clicks.item_id"):
                        old = read.columns[input]
                        read.columns[input] = column(old.values * factor, old.offsets)
                yield feed.batch_of(read, share, trainer.data.most, trainer.tables.rows)

    stream = batches()
    trainer.parallel.train()

    def step() -> None:
        trainer._step(stream)
        trainer.progress.total += 1

    timed(step, batch)


def packed(peers: str, batch: int) -> None:
    for name in ("sklearn", "sklearn.metrics"):  # the scripts want it for metrics alone
        sys.modules[name] = types.ModuleType(name)
    sys.modules["sklearn.metrics"].roc_auc_score = None
    sys.path.insert(0, peers)
    from common import load
    from pytorch_din import Net

    torch.set_num_threads(1)
    torch.manual_seed(2026)
    columns, _ = load()
    names = ("item", "cate", "hist", "hist_cate")
    rows = [torch.from_numpy(columns[name]).long() for name in names]
    truth = torch.from_numpy(columns["label"]).float()
    net = Net(12102, "din", sparse=True)
    tables = [net.ei.weight, net.ec.weight]
    dense = [p for name, p in net.named_parameters() if not name.startswith(("ei", "ec"))]
    optimizers = [torch.optim.SparseAdam(tables, 1e-3), torch.optim.Adam(dense, 1e-3)]
    order = torch.randperm(len(truth))
    at = 0

    def step() -> None:
        nonlocal at
        picked = order[at : at + batch]
        at = (at + batch) % (len(truth) - batch)
        found = net(*(values[picked] for values in rows))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(found, truth[picked])
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        loss.item()

    timed(step, batch)


if __name__ == "__main__":
    import torch._dynamo

    match sys.argv[1:]:
        case ["package", name, rows, batch, *ids]:
            package(name, rows, int(batch), int(ids[0]) if ids else None)
            dist.destroy_process_group()
        case ["packed", peers, batch]:
            packed(peers, int(batch))
        case ["distributed", peers, *args]:
            sys.path.insert(0, peers)
            sys.argv = ["distributed_din.py", *args]
            runpy.run_path(f"{peers}/distributed_din.py", run_name="__main__")
    os._exit(0)
