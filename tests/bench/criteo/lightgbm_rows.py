"""LightGBM on the rows of criteo.mjs: its defaults on two threads, columns of ids as categories.

    python lightgbm_rows.py FOLDER

Prints RESULT {"samples_s", "auc"}, the rows a second of the whole `fit`. Ids that come once are unknown, as in deepfm.din.
"""

import json
import os
import sys
import time

import lightgbm
import pandas as pd
from sklearn.metrics import roc_auc_score

folder = sys.argv[1]
IDS = [f"c{k}" for k in range(1, 27)]
train, test = (pd.read_csv(os.path.join(folder, f"{part}.csv"), dtype=dict.fromkeys(IDS, str)) for part in ("train", "test"))
for name in IDS:
    counts = train[name].value_counts()
    known = pd.CategoricalDtype(counts.index[counts >= 2])
    for rows in (train, test):
        rows[name] = rows[name].where(rows[name].isin(known.categories)).astype(known)
model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=2, random_state=2026)
began = time.perf_counter()
model.fit(train.drop(columns="click"), train["click"])
seconds = time.perf_counter() - began
scores = model.predict_proba(test.drop(columns="click"))[:, 1]
print("RESULT", json.dumps({"samples_s": len(train) / seconds, "auc": roc_auc_score(test["click"], scores)}))
