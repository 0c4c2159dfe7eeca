"""Exchanges through shared memory beside gloo's: torchrun nearby.py OUT

Writes JSON to OUT: what each check found, by its name. The last rank kills itself in the end, which the others must notice.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from training import nearby
from training.nearby import RING, LostPeer

RANK, RANKS = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])


def exchanged(group: dist.ProcessGroup, sizes: list[list[int]], dtype: torch.dtype, width: int):
    """Begins to send so many rows from each rank to each one; the output, and what waits for it."""
    shape = () if width == 0 else (width,)
    sent = torch.arange(sum(sizes[RANK]) * max(1, width)).view(-1, *shape).add(1000 * RANK).to(dtype)
    received = [row[RANK] for row in sizes]
    output = torch.empty(sum(received), *shape, dtype=dtype)
    return output, dist.all_to_all_single(output, sent, received, sizes[RANK], group=group, async_op=True)


def same_as_gloo(near: dist.ProcessGroup) -> bool:
    """Many exchanges of all kinds, several begun before one is waited for, in an order of each rank's own."""
    shapes, own = random.Random(1), random.Random(RANK)
    for _ in range(60):
        begun = []
        for _ in range(shapes.randrange(1, 4)):
            largest = shapes.choice([1, 50, 3000, RING // 4])
            sizes = [[shapes.randrange(largest + 1) for _ in range(RANKS)] for _ in range(RANKS)]
            kind = shapes.choice([torch.float32, torch.int64, torch.bfloat16, torch.uint8]), shapes.choice([0, 1, 5])
            if shapes.random() < 0.3:
                values = torch.randn(sum(sizes[0]) + 1, generator=torch.Generator().manual_seed(RANK))
                summed = values.clone()
                dist.all_reduce(values)
                begun.append((values, summed, dist.all_reduce(summed, group=near, async_op=True)))
            else:
                expected, waits = exchanged(dist.group.WORLD, sizes, *kind)
                waits.wait()
                begun.append((expected, *exchanged(near, sizes, *kind)))
        own.shuffle(begun)
        for expected, found, waits in begun:
            if own.random() < 0.2:
                time.sleep(0.002)
            waits.wait()
            if not torch.allclose(found.float(), expected.float(), atol=1e-6):
                return False
    return True


def same_bits(near: dist.ProcessGroup) -> bool:
    """Whether a sum is the same on all ranks, to the last bit."""
    values = torch.randn(100_000, generator=torch.Generator().manual_seed(RANK))
    dist.all_reduce(values, group=near)
    everywhere = [torch.empty_like(values) for _ in range(RANKS)]
    dist.all_gather(everywhere, values, group=near)
    return all(torch.equal(each, values) for each in everywhere)


def gathered_and_scattered(near: dist.ProcessGroup) -> bool:
    """What TorchRec has added up and gathered for tables whose rows are summed where they lie."""
    rows = torch.randn(RANKS * 70, 3, generator=torch.Generator().manual_seed(RANK))
    parts = list(rows.split([10 + of for of in range(RANKS - 1)] + [70 * RANKS - sum(range(10, 9 + RANKS))]))
    found = []
    for group in (dist.group.WORLD, near):
        even, uneven = torch.empty(70, 3), torch.empty_like(parts[RANK])
        whole = torch.empty(RANKS * 70 * RANKS, 3)
        each = [torch.empty_like(rows) for _ in range(RANKS)]
        dist.reduce_scatter_tensor(even, rows, group=group)
        if group == near:
            dist.reduce_scatter(uneven, parts, group=group)
        else:  # gloo takes equal parts only
            summed = rows.clone()
            dist.all_reduce(summed)
            uneven = summed.split([len(part) for part in parts])[RANK]
        dist.all_gather_into_tensor(whole, rows, group=group)
        dist.all_gather(each, rows, group=group)
        found.append([even, uneven, whole, *each])
    return all(torch.allclose(a, b, atol=1e-6) for a, b in zip(*found, strict=True))


def notices_the_end(near: dist.ProcessGroup) -> bool:
    dist.barrier(group=near)
    if RANK == RANKS - 1:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        dist.all_reduce(torch.ones(1), group=near)
    except LostPeer:
        return True
    return False


def refused_by_one() -> bool:
    """Where one rank cannot see the memory, none uses it."""
    if RANK == RANKS - 1:
        opened, nearby._opened = nearby._opened, lambda *_: None
    group = nearby.nearby(dist.group.WORLD, timedelta(seconds=60))
    if RANK == RANKS - 1:
        nearby._opened = opened
    return group is None


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # torchrun's, where one of its processes has ended
    dist.init_process_group("gloo")
    found = {"refused by one": refused_by_one()}
    group = nearby.nearby(dist.group.WORLD, timedelta(seconds=60))
    found |= {"there": group is not None, "same as gloo": same_as_gloo(group), "same bits": same_bits(group)}
    found["gathered and scattered"] = gathered_and_scattered(group)
    found["notices the end"] = notices_the_end(group)
    Path(f"{sys.argv[1]}-{RANK}.json").write_text(json.dumps(found))
    os._exit(0)
