"""Processes of one machine exchange through memory that all of them map, which waits a tenth as long as gloo's sockets.

From each rank to each other one there is a ring of bytes. Who writes counts what it has written, and who reads counts what it
has read: each counter has one writer, so nothing is locked. An exchange begins by writing as much as there is room for, and
ends, where its result is waited for, by reading. All ranks begin the same exchanges in the same order.
"""

import mmap
import os
import platform
import select
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

#: Bytes of a ring, and of all rings together at most. What is longer goes through it in parts.
RING, ALL_RINGS = 1 << 20, 1 << 25
#: Each counter has a cache line of its own.
LINE = 64
#: How often a rank looks for another's bytes without a pause, so long it then lets others run in between, and so long it sleeps
#: from then on: where processes are more than cores, the one that is waited for must get one.
SPINS, EAGER_SECONDS, SLEEP_SECONDS = 100, 0.001, 0.0001
#: Between two looks at whether the other processes are still there.
WATCH_SECONDS = 0.1


class LostPeer(RuntimeError):
    """Another process has ended."""


class _Ring:
    """The bytes on their way from one rank to another; this process is the one or the other."""

    def __init__(self, memory: mmap.mmap, at: int, size: int) -> None:
        self.counters = memoryview(memory)[at : at + 2 * LINE].cast("q")
        self.bytes = np.frombuffer(memory, np.uint8, size, at + 2 * LINE)
        self.size = size
        #: How many bytes this process has written, or read.
        self.count = 0

    def write(self, values: np.ndarray) -> int:
        """As many of the bytes as there is room for; returns how many."""
        length = min(len(values), self.size - (self.count - self.counters[LINE // 8]))
        if length > 0:
            at = self.count % self.size
            first = min(length, self.size - at)
            self.bytes[at : at + first] = values[:first]
            self.bytes[: length - first] = values[first:length]
            self.count += length
            self.counters[0] = self.count  # after the bytes, in this order for all: x86 keeps it
        return length

    def read(self, into: np.ndarray) -> int:
        """As many bytes as are there and asked for; returns how many."""
        length = min(len(into), self.counters[0] - self.count)
        if length > 0:
            at = self.count % self.size
            first = min(length, self.size - at)
            into[:first] = self.bytes[at : at + first]
            into[first:length] = self.bytes[: length - first]
            self.count += length
            self.counters[LINE // 8] = self.count
        return length


class _Exchange(dist.Work):
    """Bytes to every other rank and from it; whoever waits for it does what is left to do."""

    def __init__(
        self, group: "Nearby", sends: dict[int, np.ndarray], receives: dict[int, np.ndarray], ended: Callable[[], None]
    ) -> None:
        super().__init__()
        self.group, self.sends, self.receives, self.ended = group, sends, receives, ended

    def send(self) -> bool:
        """Whether everything has been written."""
        for peer, values in list(self.sends.items()):
            done = self.group.outgoing[peer].write(values)
            if done == len(values):
                del self.sends[peer]
            elif done > 0:
                self.sends[peer], self.group.moves = values[done:], True
        return not self.sends

    def receive(self) -> bool:
        """Whether everything has been read."""
        for peer, into in list(self.receives.items()):
            done = self.group.incoming[peer].read(into)
            if done == len(into):
                del self.receives[peer]
            elif done > 0:
                self.receives[peer], self.group.moves = into[done:], True
        return not self.receives

    def is_completed(self) -> bool:
        return not self.sends and not self.receives

    def wait(self, timeout: timedelta | None = None) -> bool:
        self.group.complete(self)
        return True


class Nearby(dist.ProcessGroup):
    """What steps exchange goes through shared memory, and everything else by gloo."""

    def __init__(self, memory: mmap.mmap, pids: list[int], gloo: dist.ProcessGroup, patience: timedelta) -> None:
        own, ranks = gloo.rank(), gloo.size()
        super().__init__(own, ranks)  # pyright: ignore[reportCallIssue] (without a store, which its declaration wants)
        self.own, self.ranks, self.gloo, self.patience = own, ranks, gloo, patience.total_seconds()
        size = _size_of_rings(ranks)

        def ring(source: int, target: int) -> _Ring:
            return _Ring(memory, LINE + (source * ranks + target) * (size + 2 * LINE), size)

        self.peers = [peer for peer in range(ranks) if peer != own]
        self.outgoing = {peer: ring(own, peer) for peer in self.peers}
        self.incoming = {peer: ring(peer, own) for peer in self.peers}
        self.pending: deque[_Exchange] = deque()
        #: Part of an exchange, or a whole one, has been done since somebody asked.
        self.moves = False
        #: Readable where one of the other processes has ended.
        self.ends = select.poll()
        self.handles = [os.pidfd_open(pids[peer]) for peer in self.peers]
        for handle in self.handles:
            self.ends.register(handle, select.POLLIN)

    # What steps exchange

    def allreduce(self, tensors: list[Tensor], options: Any = None) -> dist.Work:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The sum over all ranks, in place."""
        (values,) = tensors
        return self._summed([values] * self.ranks, values, options)

    def reduce_scatter(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, outputs: list[Tensor], inputs: list[list[Tensor]], options: Any = None
    ) -> dist.Work:
        """On each rank the sum of what all ranks have for it."""
        return self._summed(inputs[0], outputs[0], options)

    def reduce_scatter_single(self, output: Tensor, input: Tensor, options: Any = None) -> dist.Work:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._summed(list(input.chunk(self.ranks)), output, options)

    def allgather(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, outputs: list[list[Tensor]], inputs: list[Tensor], options: Any = None
    ) -> dist.Work:
        """What each rank has, on all of them."""
        return self._gathered(outputs[0], inputs[0])

    def all_gather_single(self, output: Tensor, input: Tensor, options: Any = None) -> dist.Work:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._gathered(list(output.chunk(self.ranks)), input)

    def all_to_all_single(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, output: Tensor, input: Tensor, output_sizes: list[int], input_sizes: list[int], options: Any = None
    ) -> dist.Work:
        """To each rank so many rows of `input`, and from it so many of `output`; equally many where no sizes are given."""
        inputs = _parts(input.detach().contiguous(), input_sizes, self.ranks)
        outputs = _parts(output, output_sizes, self.ranks)
        outputs[self.own][:] = inputs[self.own]
        return self._begun({of: inputs[of] for of in self.peers}, {of: outputs[of] for of in self.peers}, _nothing)

    def _summed(self, inputs: list[Tensor], output: Tensor, options: Any) -> dist.Work:
        """`inputs` by rank. They are added in the order of ranks, so that a sum has the same bits on all of them."""
        assert options is None or options.reduceOp == dist.ReduceOp.SUM
        sent = [part.detach().contiguous() for part in inputs]
        parts = {peer: torch.empty_like(sent[self.own]) for peer in self.peers}

        def ended() -> None:
            whole = [sent[of] if of == self.own else parts[of] for of in range(self.ranks)]
            total = whole[0] + whole[1]
            for part in whole[2:]:
                total += part
            output.detach().copy_(total)

        return self._begun(
            {peer: _bytes(sent[peer]) for peer in self.peers}, {peer: _bytes(parts[peer]) for peer in self.peers}, ended
        )

    def _gathered(self, outputs: list[Tensor], input: Tensor) -> dist.Work:
        sent = input.detach().contiguous()
        outputs[self.own].detach().copy_(sent)
        sends = {peer: _bytes(sent) for peer in self.peers}
        return self._begun(sends, {peer: _bytes(outputs[peer]) for peer in self.peers}, _nothing)

    def _begun(
        self, sends: dict[int, np.ndarray], receives: dict[int, np.ndarray], ended: Callable[[], None]
    ) -> dist.Work:
        exchange = _Exchange(self, sends, receives, ended)
        self.pending.append(exchange)
        self._advance()
        return exchange

    def _advance(self) -> bool:
        """Writes and reads what can be, one exchange after another; whether there was anything."""
        self.moves = False
        for exchange in self.pending:
            if not exchange.send():
                break
        while self.pending and self.pending[0].receive() and not self.pending[0].sends:
            self.pending.popleft().ended()
            self.moves = True
        return self.moves

    def complete(self, exchange: _Exchange) -> None:
        looks, since, watched = 0, 0.0, 0.0
        while exchange in self.pending:
            looks = 0 if self._advance() else looks + 1
            if looks < SPINS:
                continue
            now = time.monotonic()
            if looks == SPINS:
                since = watched = now
            if now - since < EAGER_SECONDS:
                os.sched_yield()
                continue
            time.sleep(SLEEP_SECONDS)
            if now - watched > WATCH_SECONDS:
                watched = now
                # What it sent before its end still counts.
                if (self.ends.poll(0) and not self._advance()) or now - since > self.patience:
                    raise LostPeer("another process has ended, or waits for something else")

    # Everything else

    def barrier(self, *arguments: Any, **options: Any) -> dist.Work:
        return self.gloo.barrier(*arguments, **options)

    def broadcast(self, *arguments: Any, **options: Any) -> dist.Work:
        return self.gloo.broadcast(*arguments, **options)

    def gather(self, *arguments: Any, **options: Any) -> dist.Work:
        return self.gloo.gather(*arguments, **options)

    def getBackendName(self) -> str:
        return "nearby"


def _nothing() -> None:
    pass


def _bytes(values: Tensor) -> np.ndarray:
    return values.detach().view(-1).view(torch.uint8).numpy()


def _parts(values: Tensor, sizes: list[int], ranks: int) -> list[np.ndarray]:
    """The bytes for each rank, or from it: so many rows of `values`, or equally many where no sizes are given."""
    whole = _bytes(values)
    if not sizes:
        return np.split(whole, ranks)
    row = len(whole) // max(1, sum(sizes))
    return np.split(whole, np.cumsum([row * size for size in sizes[:-1]]))


def _size_of_rings(ranks: int) -> int:
    return min(RING, ALL_RINGS // (ranks * ranks)) // LINE * LINE


def nearby(gloo: dist.ProcessGroup, patience: timedelta) -> Nearby | None:
    """A group of the same ranks, where one machine has all of them and they see each other; else None, on all of them."""
    ranks, size = gloo.size(), _size_of_rings(gloo.size())
    length = LINE + ranks * ranks * (size + 2 * LINE)
    token = uuid.uuid4().bytes
    memory, found = None, None
    # Memory that no folder names is gone with the processes, however they end.
    if platform.machine() == "x86_64" and gloo.rank() == 0:
        with suppress(OSError):
            file = os.memfd_create("nearby")
            os.truncate(file, length)
            memory = mmap.mmap(file, length)
            memory[: len(token)] = token
            found = (token, f"/proc/{os.getpid()}/fd/{file}")
    offered = [found]
    dist.broadcast_object_list(offered, src=0, group=gloo)
    if offered[0] is not None and memory is None:
        memory = _opened(*offered[0], length)
    pids: list[int | None] = [None] * ranks
    dist.all_gather_object(pids, None if memory is None else os.getpid(), group=gloo)
    everyone = [pid for pid in pids if pid is not None]
    if memory is None or len(everyone) < ranks:
        return None
    whole = memory

    def created(*_: object) -> Nearby:
        return Nearby(whole, everyone, gloo, patience)

    name = f"nearby_{__name__.split('.')[0]}"
    if name.upper() not in dist.Backend._plugins:
        dist.Backend.register_backend(name, created, devices=["cpu"])
    group = dist.new_group(backend=name)
    assert isinstance(group, Nearby)
    return group


def _opened(token: bytes, path: str, length: int) -> mmap.mmap | None:
    """The memory of another process, unless that is of another machine."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        memory = mmap.mmap(file, length)
        return memory if memory[: len(token)] == token else None
    except (OSError, ValueError):
        return None
    finally:
        os.close(file)
