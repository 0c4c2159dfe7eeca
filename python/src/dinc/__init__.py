"""dinc: a declarative language and compiler for deep click-through models.

Importing it starts no process and loads neither pandas nor pyarrow.
"""

from ._version import VERSION as __version__

__all__ = ["__version__"]
