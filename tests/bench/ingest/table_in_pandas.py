"""What pandas takes for the rows of generate-table.mjs: reads the CSV and factorizes each column of ids."""

import sys

import pandas

rows = pandas.read_csv(sys.argv[1])
for name in rows.columns:
    if name.startswith("c") and name != "click":
        rows[name] = pandas.factorize(rows[name])[0]
