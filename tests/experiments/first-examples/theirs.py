"""Runs a library's own example as it is, once for each seed and part of its rows, and prints what it scored.

    python theirs.py SCRIPT FOLDER [OLD NEW]

FOLDER has the files that SCRIPT reads; OLD is a text of it that is replaced by NEW, such as the size of a batch. A part is the rows on which the model is tested: `own`, those that the script itself
chooses, or 0 to 4, every fifth row from that one on. Only three things are replaced: the function that divides the rows, the
functions of scikit-learn that compute scores, which record their arguments, and seeds. Prints `RESULT {"seed", "part", "tested",
"scored"}`: the places of the tested rows in the file, and labels and scores of each metric in its order.
"""

import json
import os
import sys

import numpy as np
import sklearn.metrics
import sklearn.model_selection

script, folder, *change = sys.argv[1:]
SEEDS = range(2026, 2031)
source = open(script, encoding="utf-8").read()
if change:
    source = source.replace(*change)
divide = sklearn.model_selection.train_test_split
metrics = {name: getattr(sklearn.metrics, name) for name in ("roc_auc_score", "mean_squared_error")}
library = "deepctr_torch" if "deepctr_torch" in source else "deepctr"
models = __import__(f"{library}.models", fromlist=["*"])
classes = {name: getattr(models, name) for name in ("DeepFM", "MMOE", "FLEN") if hasattr(models, name)}


def train(seed: int, part: "int | str") -> dict:
    scored, tested = [], []

    def record(labels, scores):
        scored.append([np.ravel(labels).tolist(), np.ravel(scores).tolist()])
        return float("nan")

    def parted(rows, **options):
        places = np.arange(len(rows))
        held_out = divide(places, **options)[1] if part == "own" else places[part::5]
        tested.extend(held_out.tolist())
        return rows.iloc[np.setdiff1d(places, held_out)] if part != "own" else divide(rows, **options)[0], rows.iloc[held_out]

    sklearn.model_selection.train_test_split = parted
    for name in metrics:
        setattr(sklearn.metrics, name, record)
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
    return {"seed": seed, "part": part, "tested": tested, "scored": scored}


os.chdir(folder)
for seed in SEEDS:
    for part in ("own", *range(5)):
        print("\nRESULT", json.dumps(train(seed, part)), flush=True)
