"""dinc: a declarative language and compiler for deep click-through models.

Importing it starts no process and loads neither pandas nor pyarrow.
"""

from typing import TYPE_CHECKING, Any

from ._version import VERSION as __version__

if TYPE_CHECKING:
    from .serving import Ranker, RankerInputError, RankerLoadError, load

__all__ = ["Ranker", "RankerInputError", "RankerLoadError", "__version__", "load"]

_OF_SERVING = frozenset({"Ranker", "RankerInputError", "RankerLoadError", "load"})


def __getattr__(name: str) -> Any:
    # Serving loads NumPy, which a command doesn't need.
    if name in _OF_SERVING:
        from . import serving

        return getattr(serving, name)
    raise AttributeError(f"module 'dinc' has no attribute {name!r}")
