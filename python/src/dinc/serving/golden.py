"""Golden requests, which `dinc compile` writes: raw requests with the logits of the f64 reference."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .backend import Backend
from .errors import RankerInputError, RankerLoadError

NAMES = ("golden.json", "model.golden.json")


def check_golden(folder: Path, backend: Backend) -> None:
    """Scores the folder's golden requests. Raises RankerLoadError with the first that isn't close."""
    file = next((folder / name for name in NAMES if (folder / name).exists()), None)
    if file is None:
        raise RankerLoadError(
            f"{folder} has no golden requests to compare scores with: compile it again, or load it "
            "with check=False"
        )
    golden = json.loads(file.read_text(encoding="utf-8"))
    tolerance = golden["tolerance"]
    for r, each in enumerate(golden["requests"]):
        request = each["request"]
        try:
            logits = backend.logits(request, request["candidates"])
        except RankerInputError as error:
            raise RankerLoadError(f"{file}: golden request {r} cannot be scored: {error}") from None
        for label, expected in each["logits"]:
            found = np.ravel(logits[label] if isinstance(logits, dict) else logits).astype(np.float64)
            wanted = np.array(expected)
            # A request without a row for each candidate has the numbers once.
            width = max(1, len(wanted) // len(request["candidates"]))
            allowed = tolerance["absolute"] + tolerance["relative"] * np.abs(wanted)
            # NaN is not close to anything.
            for i in np.flatnonzero(~(np.abs(found - wanted) <= allowed))[:1]:
                of = f"candidate {i // width}" + (f", class {i % width}," if width > 1 else "")
                raise RankerLoadError(
                    f"{file}: golden request {r}: {of} has logit {found[i]} for {label} "
                    f"instead of {wanted[i]}"
                )
