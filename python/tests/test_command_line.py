"""The `dinc` command of the package."""

from __future__ import annotations

import subprocess
import sys

import dinc


def test_version_is_that_of_the_package() -> None:
    printed = subprocess.run([sys.executable, "-m", "dinc", "--version"], capture_output=True, text=True)
    assert printed.stdout.strip() == dinc.__version__
    assert printed.returncode == 0


def test_exit_codes_are_those_of_the_command() -> None:
    unknown = subprocess.run([sys.executable, "-m", "dinc", "no-command"], capture_output=True, text=True)
    assert unknown.returncode == 2
    assert "no-command" in unknown.stderr
