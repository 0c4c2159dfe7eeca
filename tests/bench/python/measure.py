"""Trains and scores on DataFrames, and prints as JSON what that took: `measure.py pandas|polars SETTINGS SPLIT RUN`.

SETTINGS is a dinc.yaml in JSON, with absolute paths. DataFrames take the places of its files; reading them into memory isn't
measured, as a notebook has them already. Seconds are those of the calls; processor seconds include Node's and its children's.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import dinc
from dinc import _session


def frames(value: Any, library: Any) -> Any:
    """The settings, in which DataFrames take the places of files."""
    if isinstance(value, dict):
        return {name: frames(each, library) for name, each in value.items()}
    if isinstance(value, str) and os.path.isfile(value):
        return library.read_parquet(value) if value.endswith(".parquet") else library.read_csv(value)
    return value


def node() -> int | None:
    """The process of Node, once there is one."""
    return None if _session._process is None else _session._process.process.pid


def processor_seconds() -> float:
    ticks = 0
    if (process := node()) is not None:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
        ticks = sum(int(each) for each in fields[11:15])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def node_peak() -> int:
    lines = Path(f"/proc/{node()}/status").read_text().splitlines()
    (kilobytes,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes * 1024


def measured(call: Any) -> tuple[Any, dict[str, float]]:
    began, cpu = time.perf_counter(), processor_seconds()
    result = call()
    return result, {"seconds": time.perf_counter() - began, "cpu": processor_seconds() - cpu}


def main() -> None:
    name, settings, split, folder = sys.argv[1:]
    library = __import__(name)
    described = json.loads(Path(settings).read_text())
    data = frames(described["data"], library)
    rows = data.pop("train", None)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    def train() -> dinc.Run:
        model = dinc.Model.from_file(described["spec"])
        return model.train(rows, settings={"train": described["train"]}, **data, out=folder)

    run, training = measured(train)
    training["peak"] = node_peak()
    if rows is None:
        _, scoring = measured(lambda: run.predict(settings={"data": data}, split=split))
    else:
        _, scoring = measured(lambda: run.predict(rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result = {"train": training, "predict": scoring, "held": held, "python": peak, "node": node_peak()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
