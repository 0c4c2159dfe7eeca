"""Runs plans in one Spark process on this machine: run_plan.py A.sql B.sql …

Prints a line of JSON for each: what Spark says where the plan fails, else null. Each has a session of its own.
"""

import json
import sys

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

# The rows are few: compiling code for them, and spreading them, would take longer than computing them.
settings = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
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
spark.sparkContext.setLogLevel("OFF")  # what a plan says, its line has
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as plan:
        statements = plan.read().split(";\n")
    session, failed = spark.newSession(), None
    try:
        for statement in statements:
            if any(line.strip() and not line.startswith("--") for line in statement.split("\n")):
                session.sql(statement)
    except (PySparkException, Py4JJavaError) as error:
        failed = str(error)
    print(json.dumps(failed), flush=True)
spark.stop()
