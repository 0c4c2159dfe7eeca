"""Checks ONNX models with onnx's own checker, and the types that they declare with those that it infers.

check.py MODEL…: prints a JSON object for each model, in their order: what is wrong, and how much was compared.
"""

import json
import sys

import onnx


def axes(value):
    return [d.dim_value if d.HasField("dim_value") else None for d in value.type.tensor_type.shape.dim]


def compare(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    declared = {value.name: axes(value) for value in model.graph.value_info}
    del model.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    found = {value.name: axes(value) for value in inferred.graph.value_info}
    wrong = []
    sizes = 0
    for name, wanted in declared.items():
        given = found.get(name)
        if given is None or len(given) != len(wanted):
            wrong.append(f"{name}: {given}, not {wanted}")
            continue
        for ours, theirs in zip(wanted, given):
            if theirs is not None:
                sizes += 1
                if ours != theirs:
                    wrong.append(f"{name}: {given}, not {wanted}")
    return {"wrong": wrong, "values": len(declared), "sizes": sizes}


def checked(path):
    try:
        return compare(path)
    except Exception as error:
        return {"wrong": [str(error)], "values": 0, "sizes": 0}


for path in sys.argv[1:]:
    print(json.dumps(checked(path)))
