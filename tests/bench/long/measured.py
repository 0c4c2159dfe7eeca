"""Measures the steps of a process of `long`."""

import json
import resource
import time
from collections.abc import Callable


def print_measured(step: Callable[[], None], count: int, rows: int) -> None:
    """Prints the processor milliseconds of a sample, after a first step, and the most memory in megabytes."""
    step()
    before = time.process_time()
    for _ in range(count):
        step()
    milliseconds = (time.process_time() - before) * 1000 / count / rows
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"milliseconds": milliseconds, "megabytes": megabytes}))
