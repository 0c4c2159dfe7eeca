"""Tests import the package from the sources, also in the processes that they start."""

import os
import sys
from pathlib import Path

SOURCES = str(Path(__file__).resolve().parents[1] / "src")
sys.path.insert(0, SOURCES)
os.environ["PYTHONPATH"] = os.pathsep.join([SOURCES, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
