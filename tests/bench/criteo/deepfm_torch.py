"""DeepFM of deepfm.din in PyTorch, as one who cares for speed would write it: the second of two epochs is timed.

    python deepfm_torch.py FOLDER dense|sparse|compiled

dense: fused Adam for all. sparse: SparseAdam for the tables. compiled: dense, with `torch.compile`. Prints RESULT
{"samples_s", "auc"}. Rows are encoded before anything is timed, as dinc's are.
"""

import json
import os
import sys
import time

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

folder, kind = sys.argv[1:]
WIDTH, BATCH = 10, 4096
NUMBERS = [f"i{k}" for k in range(1, 14)]
IDS = [f"c{k}" for k in range(1, 27)]
torch.set_num_threads(2)
torch.manual_seed(2026)

train, test = (pd.read_csv(os.path.join(folder, f"{part}.csv"), dtype=dict.fromkeys(IDS, str)) for part in ("train", "test"))
offsets, size = [], 0
encoded = {"train": [], "test": []}
for name in IDS:
    counts = train[name].value_counts()
    # 0 is unknown.
    known = {value: i + 1 for i, value in enumerate(counts.index[counts >= 2])}
    for part, rows in (("train", train), ("test", test)):
        encoded[part].append(rows[name].map(known).fillna(0).to_numpy(np.int64) + size)
    size += len(known) + 1
logs = [np.log1p(rows[NUMBERS].fillna(0).clip(0, 1_000_000).to_numpy(np.float32)) for rows in (train, test)]
mean, deviation = logs[0].mean(0), logs[0].std(0)
numbers = {part: torch.from_numpy((values - mean) / deviation) for part, values in zip(("train", "test"), logs, strict=True)}
ids = {part: torch.from_numpy(np.stack(columns, 1)) for part, columns in encoded.items()}
labels = {"train": torch.from_numpy(train["click"].to_numpy(np.float32)), "test": test["click"].to_numpy()}


class DeepFM(nn.Module):
    def __init__(self, *, sparse: bool) -> None:
        super().__init__()
        self.table = nn.Embedding(size, WIDTH, sparse=sparse)
        self.weight = nn.Embedding(size, 1, sparse=sparse)
        self.of_numbers = nn.Parameter(torch.randn(len(NUMBERS), WIDTH) * 0.01)
        self.linear = nn.Linear(len(NUMBERS), 1)
        layers, width = [], (len(NUMBERS) + len(IDS)) * WIDTH
        for units in (400, 400, 400):
            layers += [nn.Linear(width, units), nn.ReLU()]
            width = units
        self.deep = nn.Sequential(*layers, nn.Linear(width, 1))
        for table in (self.table, self.weight):
            nn.init.normal_(table.weight, 0, 0.01)

    def forward(self, numbers: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        fields = torch.cat([numbers.unsqueeze(-1) * self.of_numbers, self.table(ids)], 1)
        total = fields.sum(1)
        pairs = 0.5 * (total * total - (fields * fields).sum(1)).sum(1)
        linear = self.linear(numbers).squeeze(-1) + self.weight(ids).sum((1, 2))
        return linear + pairs + self.deep(fields.flatten(1)).squeeze(-1)


model = DeepFM(sparse=kind == "sparse")
if kind == "sparse":
    tables = [model.table.weight, model.weight.weight]
    others = [p for p in model.parameters() if all(p is not table for table in tables)]
    optimizers = [torch.optim.SparseAdam(tables, 1e-3), torch.optim.Adam(others, 1e-3, fused=True)]
else:
    optimizers = [torch.optim.Adam(model.parameters(), 1e-3, fused=True)]
forward = torch.compile(model) if kind == "compiled" else model
loss_of = nn.BCEWithLogitsLoss()
rows = len(labels["train"])
seconds = 0.0
for _ in range(2):
    order = torch.randperm(rows)
    began = time.perf_counter()
    for start in range(0, rows - BATCH + 1, BATCH):
        batch = order[start : start + BATCH]
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss = loss_of(forward(numbers["train"][batch], ids["train"][batch]), labels["train"][batch])
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    seconds = time.perf_counter() - began
with torch.no_grad():
    scores = torch.cat([model(numbers["test"][i : i + BATCH], ids["test"][i : i + BATCH]) for i in range(0, len(labels["test"]), BATCH)])
print("RESULT", json.dumps({"samples_s": (rows // BATCH) * BATCH / seconds, "auc": roc_auc_score(labels["test"], scores.numpy())}))
