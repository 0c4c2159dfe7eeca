"""Makes the wheel one for a platform, of any Python 3. `build.py` adds the JavaScript first; pyproject.toml says the rest."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

if not (Path(__file__).parent / "src" / "dinc" / "_node").is_dir():
    raise SystemExit(
        "This folder lacks dinc's JavaScript. Build a wheel and install it: npm ci && npm run build && "
        "python python/build.py && pip install python/wheels/dinc-*.whl"
    )


class PlatformWheel(bdist_wheel):
    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


class WithLibraries(Distribution):
    def has_ext_modules(self) -> bool:
        return True


setup(cmdclass={"bdist_wheel": PlatformWheel}, distclass=WithLibraries)
