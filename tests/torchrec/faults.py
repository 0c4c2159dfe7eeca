"""What a training says of things that go wrong, case by case in one group of processes: torchrun faults.py CASES

CASES is a JSON file: a list of {package, arguments, fault}. Each rank prints a line of JSON for each case. `fault` is what cannot
be said by arguments: the disk is full from the second checkpoint on, or a training is left after its first epoch, with a
checkpoint that lacks how many rows moving averages are of, as those of earlier packages do.
"""

import contextlib
import importlib
import io
import json
import logging
import os
import resource
import sys
from pathlib import Path

import torch.distributed as dist


def with_fault(package: str, fault: str | None, run) -> None:
    """Runs with the fault, and without it from then on."""
    trainer = importlib.import_module(f"{package}.trainer").Trainer
    keep, limits = trainer.keep, resource.getrlimit(resource.RLIMIT_FSIZE)
    checkpoints = importlib.import_module(f"{package}.checkpoints")
    rows_of_averages = checkpoints.rows_of_averages
    kept = 0

    def keep_in_little_room(self) -> None:
        nonlocal kept
        kept += 1
        if kept == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
        keep(self)

    def keep_and_leave(self) -> None:
        keep(self)
        raise importlib.import_module(f"{package}.distributed").Trouble("left")

    def keep_without_averages(self) -> None:
        checkpoints.rows_of_averages = lambda _: {}
        keep_and_leave(self)

    faults = {"full disk": keep_in_little_room, "left": keep_and_leave, "no averages": keep_without_averages}
    trainer.keep = keep if fault is None else faults[fault]
    try:
        run()
    finally:
        trainer.keep = keep
        checkpoints.rows_of_averages = rows_of_averages
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


if __name__ == "__main__":
    for name in ("torchrec", "torch.fx"):
        logging.getLogger(name).setLevel(logging.ERROR)
    cases = json.loads(Path(sys.argv[1]).read_text())
    for case in cases:
        package = case["package"]
        train = importlib.import_module(f"{package}.train")
        trouble = importlib.import_module(f"{package}.distributed").Trouble
        sentence, refused = None, io.StringIO()
        try:
            with contextlib.redirect_stderr(refused):
                with_fault(package, case["fault"], lambda: train.run(case["arguments"]))  # noqa: B023 (called at once)
        except trouble as error:
            sentence = str(error)
        except SystemExit:  # of argparse, which has said why
            sentence = refused.getvalue().rstrip().split("\n")[-1].partition("error: ")[2]
        line = json.dumps({"rank": dist.get_rank(), "name": case["name"], "sentence": sentence})
        os.write(1, f"{line}\n".encode())  # at once, as the other rank writes to the same pipe
    importlib.import_module(f"{cases[-1]['package']}.distributed").leave(0)  # as a training does
