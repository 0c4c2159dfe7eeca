"""Measures rows by the metrics of packages. Reads `{package, cases}` as JSON; writes by case what each of its metrics is, null where it is not defined."""

import json
import math
import sys
from pathlib import Path

import numpy as np
from ops import package

given = json.loads(Path(sys.argv[1]).read_text())
package(given["package"])
from package import metrics, objective  # noqa: E402 (it exists from here on)

found = []
for case in given["cases"]:
    labels = np.array(case["labels"], np.float32)
    logits = np.array(case["logits"], np.float32)
    rows = metrics.Measured(
        logits.reshape(len(labels), -1) if case["outcome"] == "class" else logits,
        labels,
        {name: np.array(column, np.int32) for name, column in case["groups"].items()},
        case["outcome"],
        None if case["counts"] is None else np.array(case["counts"], np.float32),
    )
    values = [metrics.measured(objective.Metric(title="", **metric), rows) for metric in case["metrics"]]
    found.append([None if math.isnan(value) else value for value in values])
json.dump(found, sys.stdout)
