"""Serving without Node: `dinc.load(folder)` ranks with what `dinc compile` wrote."""

from .backend import About, Scores
from .errors import RankerInputError, RankerLoadError
from .ranker import Ranker, Session, load
from .tables import Attention, Input, Output, Top

__all__ = [
    "About",
    "Attention",
    "Input",
    "Output",
    "Ranker",
    "RankerInputError",
    "RankerLoadError",
    "Scores",
    "Session",
    "Top",
    "load",
]
