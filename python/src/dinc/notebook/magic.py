"""The cell magic `%%din`: defines a model."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from ..checks import Check, check
from ..errors import DincError, DincWarning, UsageError
from ..model import Model


@magics_class
class DincMagics(Magics):  # type: ignore[misc]
    """The magics of dinc."""

    @magic_arguments()
    @argument("name", help="the variable for the model")
    @argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="overrides a param of the spec"
    )
    @argument("--variant", help="the variant of the spec to define")
    @argument("--lint", action="store_true", help="also shows advice")
    @argument("--fix", action="store_true", help="applies the certain fixes to the cell")
    @cell_magic
    def din(self, line: str, cell: str) -> None:
        """Defines a model by the spec in the cell, and shows its findings and its drawing.

        A spec with errors raises them, and leaves the variable undefined. Imports are relative to the current
        folder, which is the notebook's.
        """
        wanted = parse_argstring(self.din, line)
        if not wanted.name.isidentifier():
            raise UsageError(
                f"%%din takes the name of a variable, such as `model`; Python can't call one `{wanted.name}`"
            )
        names = self.shell.user_ns
        was_defined = names.pop(wanted.name, None) is not None
        options: dict[str, Any] = {
            "path": f"{wanted.name}.din",
            "params": _params(wanted.param) or None,
            "variant": wanted.variant,
        }
        if wanted.fix:
            cell = check(cell, **options).fix()
            self.shell.set_next_input(f"%%din {_without_fix(line)}\n{cell}", replace=True)
        found = check(cell, **options, lint=wanted.lint)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DincWarning)
                model = Model(cell, **options)
        except DincError:
            if was_defined:
                print(f"`{wanted.name}` is undefined until this cell has no errors.")
            if _is_mendable(found):
                print(f"`%%din {line} --fix` applies the certain fixes.")
            raise
        if found.diagnostics:
            display(found)
        names[wanted.name] = model
        display(model)


def _params(written: list[str]) -> dict[str, Any]:
    found = {}
    for each in written:
        name, is_given, value = each.partition("=")
        if not is_given:
            raise UsageError(f"--param takes NAME=VALUE, such as rate=1e-3, and not `{each}`")
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found


def _without_fix(line: str) -> str:
    return re.sub(r"\s*--fix\b", "", line)


def _is_mendable(found: Check) -> bool:
    return any(fix.certain for each in found.diagnostics for fix in each.fixes)
