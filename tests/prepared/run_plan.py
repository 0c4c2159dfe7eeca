"""Runs plans in one Spark process on this machine: run_plan.py A.sql B.sql …"""

import sys

from pyspark.sql import SparkSession

# The rows are few: compiling code for them, and spreading them, would take longer than computing them.
settings = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.warehouse.dir": "spark-warehouse",
}
builder = SparkSession.builder.master("local[1]")
for name, value in settings.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as plan:
        statements = plan.read().split(";\n")
    for statement in statements:
        if any(line.strip() and not line.startswith("--") for line in statement.split("\n")):
            spark.sql(statement)
spark.stop()
