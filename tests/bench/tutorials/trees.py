"""LightGBM with its defaults on the rows of DeepCTR's examples, in the parts and the form of theirs.py.

    python trees.py census|criteo FOLDER

Columns of codes are categories. LightGBM's defaults draw nothing at random, so one seed says all.
"""

import json
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

name, folder = sys.argv[1], Path(sys.argv[2])
if name == "census":
    rows = pd.read_csv(folder / "census-income.sample", header=None, skipinitialspace=True).drop(columns=0)
    labels = [rows.pop(42) == "50000+.", rows.pop(8) == "Never married"]
    rows[[3, 4]] = rows[[3, 4]].astype(str)
else:
    rows = pd.read_csv(folder / "criteo_sample.txt")
    labels = [rows.pop("label") == 1]
for column in rows.columns[~rows.dtypes.map(pd.api.types.is_numeric_dtype)]:
    rows[column] = rows[column].astype("category")
places = np.arange(len(rows))
for part in ("own", *range(5)):
    tested = train_test_split(places, test_size=0.2, random_state=2020)[1] if part == "own" else places[part::5]
    known = np.setdiff1d(places, tested)
    scored = []
    for label in labels:
        model = lightgbm.LGBMClassifier(verbose=-1, n_jobs=1).fit(rows.iloc[known], label.iloc[known])
        scores = model.predict_proba(rows.iloc[tested])[:, 1]
        scored.append(scores.tolist())
    print("RESULT", json.dumps({"seed": 0, "part": part, "scored": scored}))
