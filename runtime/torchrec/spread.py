"""Where the row of an id lies in its table: not beside that of the next id.

dinc numbers ids by how often they occur, and a table that is sharded by rows is cut into blocks of neighbouring rows, so that the first
block would have all popular ids. Id i of n therefore lies in row i · m mod n, where m is the number nearest to 0.618 n that shares no
divisor with n. Multiples of the golden ratio lie evenly between 0 and 1 however many of them there are: so any run of neighbouring ids
is spread over the blocks of any number of ranks. Rows depend on n alone: a table lies in a checkpoint in the same way whatever the
ranks are and however it is sharded. Weights that are written and read are in the order of ids (weights.py).
"""

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

GOLDEN = (math.sqrt(5) - 1) / 2


@lru_cache
def factor(rows: int) -> int:
    """m of a table with so many rows."""
    near = round(GOLDEN * rows)
    candidates = (near + sign * distance for distance in range(rows + 1) for sign in (1, -1))
    return next(m for m in candidates if m > 0 and math.gcd(m, rows) == 1)


def rows_of(ids: Tensor, rows: int) -> Tensor:
    """The rows of ids, int64."""
    return ids.long() * factor(rows) % rows


def by_rows(of_ids: np.ndarray) -> np.ndarray:
    """What belongs to each id, in the order in which their rows lie."""
    found = np.empty_like(of_ids)
    found[rows_of(torch.arange(len(of_ids)), len(of_ids)).numpy()] = of_ids
    return found
