"""Reads prepared rows as the ranks of a package do: groups.py INPUT, which is `{package, rows, by, batch, ranks}` as JSON.

Writes as JSON, by epoch and rank, the steps: the group and the number of each row.
"""

import json
import sys
from pathlib import Path

from ops import package

given = json.loads(Path(sys.argv[1]).read_text())
package(given["package"])
from package import data  # noqa: E402 (it exists from here on)

# Each rank is read alone, and knows the rows of its own steps only.
data.from_all = lambda value: [value]

prepared = data.Prepared.read(Path(given["rows"]))
prepared.require_groups(given["by"])
columns = [f"group/{given['by']}", "row/number"]
epochs: list[list] = []
for epoch in (1, 2):
    epochs.append([])
    for rank in range(given["ranks"]):
        reader = data.GroupReader(prepared, "train", columns, rank, given["ranks"], given["batch"], given["by"])
        reader.begin(epoch, 7)
        read = [rows for rows, _ in reader.batches(epoch, 7)]
        assert all(rows.length <= reader.most for rows in read)
        epochs[-1].append([[rows.columns[name].values.tolist() for name in columns] for rows in read])
json.dump(epochs, sys.stdout)
