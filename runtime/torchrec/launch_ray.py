"""Starts the training on a Ray cluster instead of by torchrun: python -m NAME.launch_ray --workers 4 --gpus -- --rows ROWS --out OUT

The arguments after `--` are those of NAME.train. ROWS and OUT must be folders that all nodes see, and the package must be
on all of them; paths are relative to the folder in which this is started, where a node has that folder. Needs `pip install "ray[train]"`; nothing else of the package knows of Ray.
"""

import argparse
import importlib
import os
from contextlib import suppress

from ray.train import RunConfig, ScalingConfig  # pyright: ignore[reportMissingImports] (no requirement of the package)
from ray.train.torch import TorchConfig, TorchTrainer  # pyright: ignore[reportMissingImports]

PACKAGE = __package__


def work(config: dict) -> None:
    """One process, whose group Ray has made."""
    with suppress(FileNotFoundError):  # Ray starts it in a folder of its own
        os.chdir(config["folder"])
    importlib.import_module(f"{config['package']}.train").run(config["arguments"])


def main() -> None:
    parser = argparse.ArgumentParser(prog=f"{PACKAGE}.launch_ray", description="Trains on a Ray cluster.")
    parser.add_argument("--workers", type=int, required=True, help="processes, one for each GPU")
    parser.add_argument("--gpus", action="store_true", help="whether each has one")
    parser.add_argument("--storage", help="a folder for Ray's own records, which all nodes see")
    parser.add_argument("arguments", nargs="+", help="after `--`: those of the training")
    options = parser.parse_args()
    trainer = TorchTrainer(
        work,
        train_loop_config={"package": PACKAGE, "folder": os.getcwd(), "arguments": options.arguments},
        torch_config=TorchConfig(backend="cpu:gloo,cuda:nccl" if options.gpus else "gloo"),
        scaling_config=ScalingConfig(num_workers=options.workers, use_gpu=options.gpus),
        run_config=RunConfig(storage_path=options.storage),
    )
    trainer.fit()


if __name__ == "__main__":
    main()
