"""dinc: a declarative language and compiler for deep click-through models.

Importing it starts no process and loads neither pandas nor pyarrow.
"""

from typing import TYPE_CHECKING, Any

from ._version import VERSION as __version__
from .checks import Check, check, explain, format
from .comparisons import Comparison, DataTest, runs
from .costs import Cost
from .drafts import Draft, init
from .errors import (
    Diagnostic,
    DincError,
    DincWarning,
    InternalError,
    SessionEnded,
    Stopped,
    UsageError,
)
from .frames import Rows
from .measured import Embeddings, Evaluation
from .model import Model, tune
from .results import Ablation, CrossValidation, Periods, Seeds, Tuned
from .run import Run

if TYPE_CHECKING:
    from .serving import Ranker, RankerInputError, RankerLoadError, load

__all__ = [
    "Ablation",
    "Check",
    "Comparison",
    "Cost",
    "CrossValidation",
    "DataTest",
    "Diagnostic",
    "DincError",
    "DincWarning",
    "Draft",
    "Embeddings",
    "Evaluation",
    "InternalError",
    "Model",
    "Periods",
    "Ranker",
    "RankerInputError",
    "RankerLoadError",
    "Rows",
    "Run",
    "Seeds",
    "SessionEnded",
    "Stopped",
    "Tuned",
    "UsageError",
    "__version__",
    "check",
    "explain",
    "format",
    "init",
    "load",
    "runs",
    "tune",
]

_OF_SERVING = frozenset({"Ranker", "RankerInputError", "RankerLoadError", "load"})
_OF_NOTEBOOK = frozenset({"load_ipython_extension", "unload_ipython_extension"})


def __getattr__(name: str) -> Any:
    if name in _OF_NOTEBOOK:
        from . import notebook

        return getattr(notebook, name)
    # Serving loads NumPy, which a command doesn't need.
    if name in _OF_SERVING:
        from . import serving

        return getattr(serving, name)
    raise AttributeError(f"module 'dinc' has no attribute {name!r}")
