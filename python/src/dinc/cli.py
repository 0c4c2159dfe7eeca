"""The `dinc` command: dinc's command line, in Node.js. On POSIX systems Node replaces the Python process."""

from __future__ import annotations

import os
import subprocess
import sys

from . import _package


def main() -> int:
    """Runs the command line with the arguments of this process."""
    node = _package.node()
    command = [node, str(_package.javascript() / "bin" / "dinc.js"), *sys.argv[1:]]
    if os.name == "nt":
        return subprocess.run(command).returncode
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(node, command)
