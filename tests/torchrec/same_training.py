"""Trains packages one after the other in one group of processes: torchrun same_training.py TRAININGS

TRAININGS is a JSON file: a list of {package, arguments}. What `shuffled` draws is what dinc draws, so that trainings are the same.
Writes a line of JSON for each that ended with an error: {place, said}, its place in the list, and the package's sentence or a stack
trace. With several processes an error ends them.
"""

import importlib
import json
import logging
import sys
import traceback
from pathlib import Path

import torch

MASK = 0xFFFFFFFF


def multiplied(a: int, b: int) -> int:
    return (a * b) & MASK


def rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & MASK


class Stream:
    """compiler/common/random.ts: xoshiro128**, whose state splitmix32 fills."""

    def __init__(self, seed: int, purpose: str) -> None:
        hashed = 0x811C9DC5
        for letter in purpose.encode():
            hashed = multiplied(hashed ^ letter, 0x01000193)
        at = multiplied(seed, 0x85EBCA6B) ^ hashed
        self.state = []
        for _ in range(4):
            at = (at + 0x9E3779B9) & MASK
            mixed = multiplied(at ^ (at >> 16), 0x21F0AAAD)
            mixed = multiplied(mixed ^ (mixed >> 15), 0x735A2D97)
            self.state.append(mixed ^ (mixed >> 15))

    def bits(self) -> int:
        a, b, c, d = self.state
        found = multiplied(rotated(multiplied(b, 5), 7), 9)
        shifted = (b << 9) & MASK
        c, d = c ^ a, d ^ b
        b, a = b ^ c, a ^ d
        self.state = [a, b, c ^ shifted, rotated(d, 11)]
        return found

    def order(self, count: int) -> list[int]:
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            limit = (1 << 32) - ((1 << 32) % (i + 1))
            while (bits := self.bits()) >= limit:
                pass
            j = bits % (i + 1)
            order[i], order[j] = order[j], order[i]
        return order


class Draws:
    """In the place of a package's `ops.draws`."""

    def __init__(self) -> None:
        self.seed, self.step = 0, 0

    def order(self, layer: str, rows: int) -> torch.Tensor:
        return torch.tensor(Stream(self.seed, f"order/{layer} step {self.step}").order(rows), dtype=torch.int64)


if __name__ == "__main__":
    for name in ("torchrec", "torch.fx"):
        logging.getLogger(name).setLevel(logging.ERROR)
    draws = Draws()
    for place, training in enumerate(json.loads(Path(sys.argv[1]).read_text())):
        package = training["package"]
        for module in ("ops", "trainer"):
            importlib.import_module(f"{package}.{module}").draws = draws
        try:
            importlib.import_module(f"{package}.train").run(training["arguments"])
        except Exception as error:
            if importlib.import_module(f"{package}.distributed").ranks() > 1:
                raise
            said = str(error) if type(error).__name__ == "Trouble" else traceback.format_exc()
            print(json.dumps({"place": place, "said": said}), flush=True)
    importlib.import_module(f"{package}.distributed").leave(0)
