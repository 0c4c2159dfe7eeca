"""Trains the model: torchrun --standalone --nproc-per-node=2 -m NAME.train --rows ROWS --out OUT

Reads what `dinc prepare` wrote; `dinc import OUT` makes a run of what it writes. NAME.train --help lists the options.
"""

import argparse
import dataclasses
import hashlib
import json
import logging
import math
import warnings
from collections.abc import Callable
from pathlib import Path

import torch

from . import feed, model, outputs, tables, weights
from .data import Prepared, Rows, check
from .distributed import Trouble, begin, ended, leave, rank, ranks, together
from .evaluation import scored_rows
from .objective import Settings
from .settings import SETTINGS
from .tables import KINDS
from .trainer import Options, Trainer, say

PACKAGE = Path(__file__).parent


def _whole(least: int, most: int = 2**53 - 1) -> Callable[[str], int]:
    """Reads a whole number between these two."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} isn't a whole number from {least} to {most}")
        return int(text)

    return read


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number above 0")
    return rate


def options_of(arguments: list[str] | None) -> argparse.Namespace:
    name = f"{PACKAGE.name}.train"
    parser = argparse.ArgumentParser(prog=name, description=f"Trains {PACKAGE.name} on rows that `dinc prepare` wrote.")
    parser.add_argument("--rows", required=True, type=Path, help="the folder that `dinc prepare` wrote")
    parser.add_argument("--out", required=True, type=Path, help="the folder to write, which all processes must see")
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint in --out")
    parser.add_argument(
        "--keep-every", type=_whole(0), default=0, metavar="N", help="a checkpoint every N steps, and after each epoch"
    )
    parser.add_argument(
        "--from", dest="begin_from", type=Path, metavar="FILE", help="weights.safetensors to begin with"
    )
    parser.add_argument("--epochs", type=_whole(1), help=f"of the spec: {SETTINGS.epochs}")
    parser.add_argument(
        "--batch", type=_whole(1), help=f"rows of a step, of all processes together; of the spec: {SETTINGS.batch}"
    )
    parser.add_argument("--learning-rate", type=_rate, help=f"of the spec: {SETTINGS.optimizer.learning_rate}")
    parser.add_argument("--seed", type=_whole(0, 2**32 - 1), help=f"of the spec: {SETTINGS.seed}")
    parser.add_argument(
        "--precision", choices=("f32", "tf32", "bf16"), default="f32", help="of products; weights stay f32"
    )
    parser.add_argument("--compile", action="store_true", help="compile the network by torch.compile")
    kinds = [kind.value for kind in KINDS]
    parser.add_argument("--sharding", choices=kinds, help="of tables; without it TorchRec's planner decides")
    return parser.parse_args(arguments)


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of the spec, with those of the command line."""
    given = {name: getattr(options, name) for name in ("epochs", "batch", "seed") if getattr(options, name) is not None}
    settings = dataclasses.replace(SETTINGS, **given)
    if options.learning_rate is not None:
        optimizer = dataclasses.replace(settings.optimizer, learning_rate=options.learning_rate)
        settings = dataclasses.replace(settings, optimizer=optimizer)
    return settings


def check_rows(prepared: Prepared, package: dict) -> None:
    """Checks that the rows are those for which this package was made."""
    there, here = prepared.value["reads"]["spec"], package["rows"]["reads"]
    for what in {**here, **there}:
        if there.get(what) != here.get(what):
            before, now = there.get(what, "not read"), here.get(what, "not read")
            raise Trouble(
                f"{prepared.folder} was prepared for another spec: {what} was `{before}` there, and is `{now}` here; prepare "
                "the rows again"
            )


def run(arguments: list[str] | None = None) -> None:
    """One process of the training. Throws Trouble."""
    # TorchRec and PyTorch warn of what they themselves will change one day.
    warnings.filterwarnings("ignore", category=FutureWarning)
    for name in ("torchrec", "torch.fx"):
        logging.getLogger(name).setLevel(logging.ERROR)
    options = options_of(arguments)
    device = begin()
    torch.set_float32_matmul_precision("high" if options.precision == "tf32" else "highest")
    package = json.loads((PACKAGE / "dinc.json").read_text())
    settings = settings_of(options)
    with together():
        prepared = Prepared.read(options.rows)
        check_rows(prepared, package)
        for split in prepared.value["splits"]:
            check(prepared.shards(split)[rank() :: ranks()])
        if rank() == 0:
            options.out.mkdir(parents=True, exist_ok=True)
        if (options.out / "checkpoints" / "latest.json").exists() and not options.resume:
            raise Trouble(f"{options.out} has an unfinished training: continue with --resume, or name another folder")
    rows_hash = hashlib.sha256((options.rows / "prepared.json").read_bytes()).hexdigest()
    identity = {
        "spec": package["stepHash"],
        "prepared rows": rows_hash,
        "settings": json.loads(json.dumps(dataclasses.asdict(settings))),
        "precision": options.precision,
    }
    given = [spec.name for spec in model.TABLES if spec.given]
    if given and options.begin_from is None and not options.resume:
        raise Trouble(
            f"rows of `{given[0]}` begin as vectors of a file, which prepared rows do not have: begin with --from, "
            "weights that have them"
        )
    training = Options(options.sharding, options.compile, options.precision, options.keep_every)
    trainer = Trainer(prepared, settings, options.out, device, identity, training)
    if options.begin_from is not None:
        weights.load(options.begin_from, trainer.parallel, model.TABLES)
        # Of these rows, whichever the weights were trained on.
        tables.put_frequencies(trainer.parallel, model.TABLES, prepared.share)
    if options.resume and trainer.resume() and rank() == 0:
        say(f"goes on after epoch {trainer.progress.trained}, step {trainer.progress.step} of the next")
    trainer.train()
    write(trainer, package, rows_hash)
    if rank() == 0:
        say(f"wrote {options.out}: `dinc import {options.out.resolve()} --out run` makes a run of it")


def write(trainer: Trainer, package: dict, rows_hash: str) -> None:
    """The files that `dinc import` reads; trained.json is last, so that all other files are complete if it exists."""
    out, progress = trainer.out, trainer.progress
    weights.save(out / "weights.safetensors", trainer.parallel, model.TABLES)
    write_golden(trainer)
    with together():
        if rank() != 0:
            return_files = {}
        else:
            return_files = {
                name: outputs.hashed(out / name) for name in ("weights.safetensors", "metrics.jsonl", "golden.json")
            }
            copied = ("model", "parent", "params", "graphHash", "stepHash", "compiler", "spec")
            settings = {**package["settings"]}
            settings |= {
                "epochs": trainer.settings.epochs,
                "batch": trainer.settings.batch,
                "seed": trainer.settings.seed,
            }
            rate, optimizer = trainer.settings.optimizer.learning_rate, settings["optimizer"]
            rates = {name: rate for name in ("learningRate", "fullRate") if name in optimizer}
            settings["optimizer"] = {**optimizer, **rates}
            trained = {
                "version": 1,
                **{name: package.get(name) for name in copied},
                "settings": settings,
                "prepared": {"path": str(trainer.prepared.folder.resolve()), "sha256": rows_hash},
                "epoch": trainer.kept,
                "epochs": progress.trained,
                "steps": progress.total,
                "ranks": ranks(),
                "seconds": progress.seconds_before,
                "samplesPerSecond": trainer.rows * progress.trained / max(progress.seconds_before, 1e-9),
                "stopped": trainer.stopped(),
                "given": {},
                "environment": outputs.environment(trainer.device, ranks()),
                "files": return_files,
            }
            outputs.write_whole(out / "trained.json", outputs.json_of(trained) + "\n")


def write_golden(trainer: Trainer) -> None:
    """Some rows of rank 0, as PyTorch scores them by the weights that were written."""
    torch.set_float32_matmul_precision("highest")
    prepared = trainer.prepared
    split = next(split for split in ("test", "valid", "train") if prepared.has(split))
    with together():
        mine = prepared.shards(split)[rank() :: ranks()][:1]
        rows = feed.served(outputs.golden_rows(Rows.read(mine, feed.COLUMNS)) if mine else feed.blank())
    found, _ = scored_rows(trainer.parallel, rows, outputs.GOLDEN_ROWS, trainer.device)
    if rank() != 0:
        return
    golden = {
        "version": 1,
        "split": split,
        "rows": rows.length,
        "inputs": {name: outputs.listed(rows.columns[name]) for name in feed.FEATURES},
        "logits": {
            channel: found.logits[channel].reshape(-1).tolist()
            for name in model.LABELS
            for channel in model.CHANNELS[name]
        },
    }
    outputs.write_whole(trainer.out / "golden.json", outputs.json_of(golden) + "\n")


def main() -> None:
    leave(ended(f"{PACKAGE.name}.train", run))


if __name__ == "__main__":
    main()
