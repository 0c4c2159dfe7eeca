"""The package holds a library for one platform, which its wheel's name says; any Python 3 loads it."""

import pathlib
import subprocess
import sys

from setuptools import setup
from setuptools.dist import Distribution

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70.1
    from wheel.bdist_wheel import bdist_wheel

here = pathlib.Path(__file__).resolve().parent
(package,) = here.glob("*_ranker")
if not any(package.glob("*.weights.bin")):
    if subprocess.run([sys.executable, "-m", package.name, "build"], cwd=here).returncode != 0:
        sys.exit(f"{package.name} has no library")


class OfPlatform(Distribution):
    def has_ext_modules(self):
        return True


class WheelOfPlatform(bdist_wheel):
    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


setup(distclass=OfPlatform, cmdclass={"bdist_wheel": WheelOfPlatform})
