"""Runs generated inputs.py files: python python.py CASES, a file of JSON. Prints what each case gives, a line each."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"m{abs(hash(path))}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def feeds_of(encoder: Any, error: type[Exception], request: Any) -> Any:
    """What inputs.ts gives, floats as their bits; or where an error is."""
    try:
        feeds = encoder.feeds(request)
    except error as refused:
        return {"field": refused.field, "said": str(refused)}
    return {
        name: {"type": str(values.dtype), "dims": list(values.shape), "data": values.reshape(-1).view(np.int32).tolist()}
        for name, values in feeds.items()
    }


def scores_of(folder: Path, encoder: Any, requests: list[Any]) -> Any:
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results = [session.run(names, encoder.feeds(request)) for request in requests]
    return [{name: np.ravel(values).tolist() for name, values in zip(names, result)} for result in results]


def main() -> None:
    for case in json.loads(Path(sys.argv[1]).read_text()):
        folder = Path(case["folder"])
        module = loaded(folder / "inputs.py")
        if case["kind"] == "functions":
            print(json.dumps({name: [getattr(module, name)(x) for x in given] for name, given in case["given"].items()}))
            continue
        encoder = module.Encoder((folder / "inputs.bin").read_bytes())
        if case["kind"] == "feeds":
            print(json.dumps([feeds_of(encoder, module.RankerInputError, request) for request in case["requests"]]))
        else:
            print(json.dumps(scores_of(folder, encoder, case["requests"])))


main()
