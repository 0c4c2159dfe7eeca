"""Runs the Python of ops' samples, each over several rows, in f64 and f32: values, and autograd's gradients of Σ r · y.

Reads `{package, imports, samples}` as JSON and writes for each sample and run what came out, f64 first.
"""

import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import torch


def package(folder: str) -> None:
    """Makes the files of a folder importable as a package, whatever the folder is called."""
    spec = importlib.util.spec_from_file_location(
        "package", f"{folder}/__init__.py", submodule_search_locations=[folder]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["package"] = module
    spec.loader.exec_module(module)


def run(function, arguments: list, values: dict, dtype: torch.dtype, training: bool) -> dict:
    torch.set_default_dtype(dtype)
    given, leaves = [], []
    for argument in arguments:
        value = values[argument["name"]]
        if argument["kind"] == "steps":
            lengths = torch.bincount(torch.tensor(value["row_of"], dtype=torch.int64), minlength=value["rows"])
            given.append(Steps.of_lengths(lengths))
            continue
        numbers = torch.tensor(value["numbers"], dtype=dtype if argument["kind"] == "float" else torch.int64)
        numbers = numbers.reshape(value["shape"])
        if argument["kind"] == "float":
            numbers.requires_grad_()
            leaves.append(numbers)
        given.append(numbers)
    out = function(SimpleNamespace(training=training), *given)
    r = torch.tensor(values["r"], dtype=dtype).reshape(out.shape)
    gradients = [None] * len(leaves)
    if out.requires_grad:
        gradients = torch.autograd.grad((out * r).sum(), leaves, allow_unused=True)
    zeros = [torch.zeros_like(leaf) if found is None else found for leaf, found in zip(leaves, gradients)]
    return {
        "shape": list(out.shape),
        "value": out.detach().flatten().tolist(),
        "gradients": [found.flatten().tolist() for found in zeros],
    }


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text())
    package(given["package"])
    scope = {}
    exec("\n".join(given["imports"]).replace("from .", "from package."), scope)
    global Steps
    from package.ops import Steps

    results = []
    for sample in given["samples"]:
        exec(sample["source"], scope)
        function = scope[sample["name"]]
        results.append(
            [
                [
                    run(function, sample["arguments"], values, dtype, sample["training"])
                    for dtype in (torch.float64, torch.float32)
                ]
                for values in sample["runs"]
            ]
        )
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
