"""Loads Python code of a folder that dinc compiled."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .errors import RankerLoadError

_loaded: dict[str, ModuleType] = {}


def module_of(file: Path) -> ModuleType:
    """A module, or the package of an `__init__.py`.

    The same code is loaded once: folders of one spec, such as those of one day after the other, share it.
    """
    is_package = file.name == "__init__.py"
    files = sorted(file.parent.glob("*.py")) if is_package else [file]
    try:
        digest = hashlib.sha256(b"\0".join(each.read_bytes() for each in files)).hexdigest()
    except OSError as error:
        raise RankerLoadError(f"{file} cannot be read: {error.strerror}") from None
    name = f"dinc_compiled_{digest[:32]}"
    known = _loaded.get(name)
    if known is not None:
        return known
    places = [str(file.parent)] if is_package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise RankerLoadError(f"{file} is not a module of Python")
    module = importlib.util.module_from_spec(spec)
    # Its own imports find the package there.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise RankerLoadError(f"{file} cannot be loaded: {error}") from error
    return module


def keep(module: ModuleType) -> None:
    """Remembers a module that works."""
    _loaded[module.__name__] = module
