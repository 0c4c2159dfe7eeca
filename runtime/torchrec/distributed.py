"""The processes of one training: they start together, agree on an error, and end together with one sentence."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NoReturn, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.distributed_c10d import _get_default_store

from .nearby import LostPeer, Nearby, nearby

#: The time that a rank waits for another, which may be computing the metrics of many rows.
PATIENCE = timedelta(minutes=30)


class Trouble(Exception):
    """A mistake that the user can correct, in one sentence."""


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def ranks() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


#: Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3

#: The group for the exchanges of steps, if it isn't the group of all processes that torchrun starts.
_steps: dist.ProcessGroup | None = None


def steps() -> dist.ProcessGroup:
    """The group of all ranks through which they exchange what each step needs."""
    group = dist.group.WORLD if _steps is None else _steps
    assert group is not None
    return group


def begin() -> torch.device:
    """Joins the other processes, unless the starting program has done so; returns the device for computations."""
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    if not dist.is_initialized():
        if "RANK" not in os.environ:
            raise Trouble("start this with torchrun: `torchrun --standalone --nproc-per-node=2 -m …`")
        dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=PATIENCE)
    _let_gloo_wait()
    if not cuda:
        _keep_memory()
        global _steps
        if ranks() > 1 and _steps is None:
            _steps = nearby(steps(), PATIENCE)
    return device


def _keep_memory() -> None:
    """glibc returns the memory of a large step to the system, and requests it again page by page. This makes it keep it."""
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    if change is not None:
        change(M_MMAP_THRESHOLD, 1 << 25)  # the largest that glibc takes
        change(M_TRIM_THRESHOLD, 1 << 30)


def _let_gloo_wait() -> None:
    """gloo's thread polls without a pause while another rank is ahead. It gets a core only if nothing else needs one."""
    for thread in Path("/proc/self/task").glob("*"):
        with suppress(OSError):  # it has ended
            if (thread / "comm").read_text().startswith("gloo"):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), 19)


def leave(code: int) -> NoReturn:
    """Ends this process, which has written all it had to. At the interpreter's own end a thread of gloo's may still be there: an abort."""
    if code == 0 and dist.is_initialized():
        dist.destroy_process_group()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextmanager
def together() -> Iterator[None]:
    """An error inside that only some ranks find ends all of them, with the sentence of the first that has one."""
    found: str | None = None
    try:
        yield
    except (Trouble, OSError) as error:
        found = said(error)
    first = next((sentence for sentence in from_all(found) if sentence is not None), None)
    if first is not None:
        raise Trouble(first)


def _begun(values: Tensor) -> dist.Work:
    """Begins to add these up over all ranks, in place."""
    group = steps()
    if isinstance(group, Nearby):
        return group.allreduce([values])  # what PyTorch does around an exchange takes longer than a small one
    exchange = dist.all_reduce(values, group=group, async_op=True)
    assert exchange is not None
    return exchange


def total(values: Tensor) -> Tensor:
    """The sum over all ranks, in place."""
    if ranks() > 1:
        _begun(values).wait()
    return values


def averaged(parts: list[Tensor]) -> Callable[[], list[Tensor]]:
    """Begins to average these over all ranks, in one exchange; what it returns waits for them."""
    return added(parts, ranks())


def added(parts: list[Tensor], over: int = 1) -> Callable[[], list[Tensor]]:
    """Begins to add these up over all ranks, divided by `over`, in one exchange; what it returns waits for them."""
    if ranks() == 1 or not parts:
        return lambda: parts
    whole = torch.cat([part.reshape(-1) for part in parts])
    exchange = _begun(whole)

    def wait() -> list[Tensor]:
        exchange.wait()
        found = (whole if over == 1 else whole.div_(over)).split([part.numel() for part in parts])
        return [values.view_as(part) for values, part in zip(found, parts, strict=True)]

    return wait


Value = TypeVar("Value")


def from_all(value: Value) -> list[Value]:
    """Each rank's, in the order of the ranks."""
    values = [value] * ranks()
    dist.all_gather_object(values, value)
    return values


def from_first(value: Value) -> Value:
    """Rank 0's, on all ranks."""
    values = [value]
    dist.broadcast_object_list(values, src=0)
    return values[0]


def said(error: BaseException) -> str:
    """The sentence of an error; for errors of a disk, the system's own words."""
    if isinstance(error, OSError) and error.strerror is not None:
        return f"{error.strerror}: {error.filename}" if error.filename is not None else error.strerror
    return str(error)


def reason_of(error: CheckpointException) -> str:
    """The reason of the first rank whose error isn't a consequence of another's."""
    failures = [failure[0] for failure in error.failures.values()]
    root = next((failure for failure in failures if isinstance(failure, OSError)), failures[0])
    return said(root)


def _is_lost_peer(error: BaseException) -> bool:
    """gloo and NCCL have no error type for a rank that has ended."""
    words = ("Connection closed by peer", "Connection reset by peer", "Broken pipe", "gloo", "NCCL", "Timed out")
    return isinstance(error, RuntimeError) and any(word in str(error) for word in words)


def _is_first() -> bool:
    """Whether no other rank has ended with a sentence yet. The store outlives a rank that is killed."""
    try:
        return _get_default_store().add("dinc/ended", 1) == 1
    except (RuntimeError, ValueError):
        return True


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    raise Trouble(
        "the training was stopped, or one of its processes was; the last checkpoint is complete, and --resume continues from it"
    )


def ended(program: str, run: Callable[[], None]) -> int:
    """Runs this rank; prints one sentence if something ended the training too early, and returns the exit code."""
    # torchrun and cluster schedulers ask a process to end so; it then says why before it does.
    signal.signal(signal.SIGTERM, _stop)
    try:
        sentence = _ending(run)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except Trouble as trouble:  # asked to end while it was ending
        sentence = str(trouble)
    if sentence is None:
        return 0
    if _is_first():
        print(f"{program}: {sentence}", file=sys.stderr, flush=True)
    return 1


def _ending(run: Callable[[], None]) -> str | None:
    """What ended it too early."""
    try:
        run()
        return None
    except Trouble as trouble:
        return str(trouble)
    except RuntimeError as error:
        if not isinstance(error, LostPeer) and not _is_lost_peer(error):
            raise
        return "another process of this training has ended; the last checkpoint is complete, and --resume continues from it"
