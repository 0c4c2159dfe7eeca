"""Runs a library's own example as it is, once for each seed and part of its rows, and prints what it scored.

    python theirs.py SCRIPT FOLDER [OLD NEW]

FOLDER has the files that SCRIPT reads; OLD is a text of it that is replaced by NEW, such as the size of a batch. A part is the
rows on which the model is tested: `own`, those that the script itself chooses, or 0 to 4, every fifth row from that one on. Only
three things are replaced: the function that divides the rows, scikit-learn's AUC, which records the scores, and seeds. Prints
`RESULT {"seed", "part", "scored"}`, in which `scored` has a list for each label.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import sklearn.metrics
import sklearn.model_selection

script, folder, *change = sys.argv[1:]
SEEDS = range(2026, 2031)
source = Path(script).read_text(encoding="utf-8")
if change:
    source = source.replace(*change)
divide = sklearn.model_selection.train_test_split
library = "deepctr_torch" if "deepctr_torch" in source else "deepctr"
models = __import__(f"{library}.models", fromlist=["*"])
classes = {name: getattr(models, name) for name in ("DeepFM", "MMOE") if hasattr(models, name)}


def train(seed: int, part: "int | str") -> dict:
    scored = []

    def record(labels, scores):
        scored.append(np.ravel(scores).tolist())
        return float("nan")

    def parted(rows, **options):
        if part == "own":
            return divide(rows, **options)
        tested = np.arange(len(rows)) % 5 == part
        return rows[~tested], rows[tested]

    sklearn.model_selection.train_test_split = parted
    sklearn.metrics.roc_auc_score = record
    for name, model in classes.items():
        setattr(models, name, lambda *given, model=model, **named: model(*given, **{**named, "seed": seed}))
    if library == "deepctr":
        import tensorflow as tf

        tf.keras.backend.clear_session()
        tf.keras.utils.set_random_seed(seed)
    else:
        import torch

        torch.manual_seed(seed)
        np.random.seed(seed)
    exec(compile(source, script, "exec"), {"__name__": "__main__"})
    return {"seed": seed, "part": part, "scored": scored}


os.chdir(folder)
for seed in SEEDS:
    for part in ("own", *range(5)):
        print("\nRESULT", json.dumps(train(seed, part)), flush=True)
