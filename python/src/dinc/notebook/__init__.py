"""dinc in a notebook: `%load_ext dinc` adds the cell magic `%%din`, with completions and hovers inside its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load_ipython_extension", "unload_ipython_extension"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%load_ext dinc`. Raises ImportError for an older IPython than 8.6."""
    try:
        from . import assistance
        from .magic import DincMagics
    except ImportError as error:
        raise ImportError("`%load_ext dinc` needs IPython 8.6 or newer: pip install -U ipython") from error
    shell.register_magics(DincMagics)
    assistance.install(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%unload_ext dinc` and `%reload_ext dinc`. The magic stays, because IPython can't remove one."""
    from . import assistance

    assistance.remove(shell)
