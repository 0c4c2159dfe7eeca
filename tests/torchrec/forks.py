"""Runs Python in forks of one process that has imported PyTorch and TorchRec, which takes seconds each time: python forks.py

Reads a line of JSON for each request: {arguments, folder, path, environment, ranks, output}. `arguments` are as for `python`: a script or
`-m module`; without any, the answer says that all is imported. With `ranks` above 0 it runs in so many processes, with what torchrun tells each of them; one that fails ends the others.
Writes a line when all have ended: {code, seconds}, of processor time. What they say is in the files `stdout` and `stderr` of `output`.
"""

import json
import os
import resource
import runpy
import signal
import socket
import sys
import traceback

import torch  # noqa: F401
import torchrec  # noqa: F401


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(rank: int, ranks: int, port: int) -> dict[str, str]:
    """As torchrun has it, of one machine."""
    numbers = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": ranks, "LOCAL_WORLD_SIZE": ranks, "MASTER_PORT": port}
    return {"MASTER_ADDR": "127.0.0.1", **{name: str(value) for name, value in numbers.items()}}


def perform(request: dict, extra: dict[str, str]) -> int:
    """In a fork: becomes the program that was asked for, and gives its exit code."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(os.path.join(request["output"], name), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.environ.clear()
    os.environ.update(request["environment"], **extra)
    os.chdir(request["folder"])
    first, *rest = request["arguments"]
    is_module = first == "-m"
    name = rest.pop(0) if is_module else first
    sys.argv = [name, *rest]
    sys.path[0] = request["folder"] if is_module else os.path.dirname(name)
    sys.path[1:1] = request["path"]
    try:
        if is_module:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(name, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def fork(request: dict, extra: dict[str, str]) -> int:
    pid = os.fork()
    if pid > 0:
        return pid
    code = 1
    try:
        code = perform(request, extra)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def seconds_used() -> float:
    """With what importing took."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def run(request: dict) -> int:
    ranks, port = request["ranks"], free_port()
    pids = {fork(request, environment_of(rank, ranks, port) if ranks else {}) for rank in range(max(1, ranks))}
    failed = 0
    while pids:
        pid, status = os.wait()
        pids.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        if code != 0 and failed == 0:
            failed = code
            for other in pids:
                os.kill(other, signal.SIGTERM)
    return failed


if __name__ == "__main__":
    torch.set_num_threads(1)
    answers = os.fdopen(os.dup(1), "w")
    told = 0.0
    for line in sys.stdin:
        request = json.loads(line)
        code = run(request) if request["arguments"] else 0
        used = seconds_used()
        print(json.dumps({"code": code, "seconds": used - told}), file=answers, flush=True)
        told = used
