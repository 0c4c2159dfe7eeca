"""Writes as JSON the names that every nn.Module has, but for those that begin with two `_`."""

import json
import sys

from torch import nn

json.dump(sorted(name for name in dir(nn.Module()) if not name.startswith("__")), sys.stdout)
