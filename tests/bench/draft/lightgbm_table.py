"""Trains LightGBM on the rows of a table and scores those held apart, as `npm run bench -- draft` compares.

    python lightgbm_table.py FOLDER '{"label": ..., "codes": [...], "times": [...]}'

A `RESULT {...}` line for its defaults, and one for 400 trees of 63 leaves: AUC, log loss, seconds of the clock
and of the processor. Columns of codes are categories, times are seconds.
"""

import json
import os
import sys
import time

import lightgbm
import numpy as np
import pandas as pd

folder, table = sys.argv[1], json.loads(sys.argv[2])
train, test = (pd.read_csv(os.path.join(folder, f"{part}.csv")) for part in ("train", "test"))
label = table["label"]
for column in table["times"]:
    for rows in (train, test):
        rows[column] = pd.to_datetime(rows[column]).astype("int64") // 10**9
for column in train.columns.difference([label, *table["codes"], *table["times"]]):
    for rows in (train, test):
        rows[column] = pd.to_numeric(rows[column], errors="coerce")
for column in table["codes"]:
    for rows in (train, test):
        rows[column] = rows[column].astype(str)
    known = pd.CategoricalDtype(train[column].unique())
    for rows in (train, test):
        rows[column] = rows[column].where(rows[column].isin(known.categories)).astype(known)


def auc(scores, labels):
    order = pd.Series(scores).rank()
    positives = int(labels.sum())
    return (order[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def log_loss(scores, labels):
    scores = np.clip(scores, 1e-15, 1 - 1e-15)
    return -np.mean(labels * np.log(scores) + (1 - labels) * np.log(1 - scores))


for name, settings in (
    ("defaults", {}),
    ("400 trees of 63 leaves", {"n_estimators": 400, "num_leaves": 63}),
):
    clock, processor = time.perf_counter(), time.process_time()
    model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1, random_state=2026, **settings)
    model.fit(train.drop(columns=label), train[label])
    seconds = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
    scores = model.predict_proba(test.drop(columns=label))[:, 1]
    labels = test[label].to_numpy()
    print("RESULT", json.dumps({"name": name, "auc": auc(scores, labels), "logLoss": log_loss(scores, labels), **seconds}))
