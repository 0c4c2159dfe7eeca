"""The folder of runs that nobody named."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile


def temporary_run(name: str) -> str:
    """The path of a new run there, for a model of that name."""
    return os.path.join(tempfile.mkdtemp(prefix=f"{name}-", dir=temporary_folder()), "run")


@functools.lru_cache(maxsize=1)
def temporary_folder() -> str:
    """The folder of runs that nobody named. It is removed when Python ends."""
    folder = tempfile.mkdtemp(prefix="dinc-runs-")
    owner = os.getpid()

    def remove() -> None:
        # A child of a fork leaves it to its parent.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
