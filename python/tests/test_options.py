"""Every option of the command line is an argument in Python, or is listed here with the reason why not."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

import dinc
from dinc import _requests

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

CALLS: dict[str, list[Callable[..., Any]]] = {
    "ablate": [dinc.Model.ablate],
    "calibrate": [dinc.Run.calibrate, dinc.Run.uncalibrate],
    "check": [dinc.check, dinc.Check.fix, dinc.Model.types],
    "compile": [dinc.Run.compile, dinc.Model.compile],
    "cost": [dinc.Model.cost, dinc.Run.cost],
    "diff": [dinc.Run.compare],
    "eval": [dinc.Run.evaluate],
    "explain": [dinc.explain],
    "export embeddings": [dinc.Run.embeddings],
    "export items": [dinc.Run.item_vectors],
    "fmt": [dinc.format],
    "graph": [dinc.Model.draw],
    "importance": [dinc.Run.importance],
    "init": [dinc.init],
    "lint": [dinc.check, dinc.Check.fix],
    "predict": [dinc.Run.predict],
    "prepare": [dinc.Model.prepare],
    "runs": [dinc.runs],
    "test-data": [dinc.Run.test_data],
    "train": [
        dinc.Model.train,
        dinc.Model.cross_validate,
        dinc.Model.train_seeds,
        dinc.Model.train_each,
        dinc.Model.explain_from,
    ],
    "tune": [dinc.Model.tune],
}
"""The calls that do what a command does."""

FURTHER: dict[str, Callable[..., Any]] = {
    "options": _requests.training,
    "rows": _requests.scoring,
    "read": _requests.reading,
}
"""The functions that take the further keywords of a call, by the name of those keywords."""

COMMANDS_ALONE = {
    "completion": "for a shell",
    "doctor": "for whoever installs",
    "import": "follows `torchrun` in a shell",
    "lsp": "for editors",
    "native install": "for whoever installs",
    "playground": "serves a page until it is stopped",
    "serve": "serves until it is stopped",
    "torch install": "for whoever installs",
    "weights apply": "patches files of servers",
    "weights diff": "compares files of servers",
}

NAMES = {
    "config": "settings",
    "checkpoint-every": "checkpoint_seconds",
    "evict-unseen": "evict_unseen_days",
    "from": "from_",
    "no-state": "keep_state",
    "no-test-first": "test_first",
    "rows": "prepared",
    "set": "settings",
    "try": "ranges",
}
"""Options that have another name in Python."""

METHODS = {
    ("calibrate", "remove"): dinc.Run.uncalibrate,
    ("check", "fix"): dinc.Check.fix,
    ("check", "types"): dinc.Model.types,
    ("lint", "fix"): dinc.Check.fix,
    ("train", "explain"): dinc.Model.explain_from,
}
"""Options that are methods."""

OBJECT = "an argument of the object"
RESULT = "the result is an object"
OPTIONS_ALONE = {
    ("*", "format"): RESULT,
    ("*", "param"): f"{OBJECT}: `Model(params=…)`",
    ("*", "variant"): f"{OBJECT}: `Model(variant=…)`",
    ("check", "deny"): "a condition on `diagnostics`",
    ("check", "stdin-filepath"): "`path`",
    ("compile", "emit"): "for whoever works on dinc",
    ("compile", "without-pass"): "for whoever works on dinc",
    ("export embeddings", "out"): RESULT,
    ("export items", "data"): "`items`",
    ("export items", "out"): RESULT,
    ("fmt", "check"): "compare the texts",
    ("fmt", "migrate"): "rewrites the files of a folder",
    ("graph", "out"): RESULT,
    ("lint", "deny"): "a condition on `diagnostics`",
    ("lint", "stdin-filepath"): "`path`",
    ("prepare", "plan"): "writes SQL for a cluster",
    ("prepare", "seal"): "belongs to `--plan`",
    ("test-data", "run"): OBJECT,
}


def commands() -> Iterator[tuple[str, list[str]]]:
    """The commands with their options, as docs/commands.md lists them from the table of commands."""
    page = PAGE.read_text(encoding="utf-8").split("<!-- options: ")[1]
    for section in page.split("\n### `dinc ")[1:]:
        usage = section.split("`")[0]
        name = " ".join(word for word in usage.split() if re.fullmatch(r"[a-z-]+", word))
        yield name, re.findall(r"^\| `(?:-\w, )?--([a-z-]+)", section, re.M)


def arguments(call: Callable[..., Any]) -> set[str]:
    """The names of a call's arguments, and of those that it passes on."""
    parameters = inspect.signature(call).parameters.values()
    own = {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}
    passed_on = (
        arguments(FURTHER[each.name])
        for each in parameters
        if each.kind is each.VAR_KEYWORD and each.name in FURTHER
    )
    return own.union(*passed_on)


COMMANDS = dict(commands())


def choices() -> Iterator[tuple[str, str, list[str]]]:
    """The commands with the choices of their options, as docs/commands.md lists them."""
    page = PAGE.read_text(encoding="utf-8").split("<!-- options: ")[1]
    for section in page.split("\n### `dinc ")[1:]:
        name = " ".join(word for word in section.split("`")[0].split() if re.fullmatch(r"[a-z-]+", word))
        for option, of in re.findall(
            r"^\| `(?:-\w, )?--([a-z-]+)[^|]*\|[^|]*: ((?:`[^`]+`(?: \(default\))?(?:, )?)+) \|$",
            section,
            re.M,
        ):
            yield name, option, re.findall(r"`([^`]+)`", of)


def literals(call: Callable[..., Any]) -> dict[str, set[Any]]:
    """The choices of a call's arguments, by their names, and of those that it passes on."""
    found: dict[str, set[Any]] = {}
    for each in inspect.signature(call).parameters.values():
        if each.kind is each.VAR_KEYWORD and each.name in FURTHER:
            found |= literals(FURTHER[each.name])
        if not isinstance(each.annotation, str):
            continue
        try:
            hint = eval(each.annotation, vars(sys.modules[call.__module__]))
        except (NameError, TypeError):  # a type for type checkers alone
            continue
        parts = [hint, *get_args(hint)]
        of = {value for part in parts if get_origin(part) is Literal for value in get_args(part)}
        if of:
            found[each.name] = of
    return found


def test_every_command_is_a_call_or_says_why_not() -> None:
    assert set(COMMANDS) == set(CALLS) | set(COMMANDS_ALONE)


@pytest.mark.parametrize("command", sorted(CALLS))
def test_every_option_is_an_argument_or_says_why_not(command: str) -> None:
    known = set().union(*(arguments(call) for call in CALLS[command]))
    missing = [
        option
        for option in COMMANDS[command]
        if NAMES.get(option, option.replace("-", "_")) not in known
        and (command, option) not in METHODS
        and (command, option) not in OPTIONS_ALONE
        and ("*", option) not in OPTIONS_ALONE
    ]
    assert missing == []


def test_arguments_have_the_choices_of_options() -> None:
    compared = 0
    for command, option, of in choices():
        for call in CALLS.get(command, []):
            known = literals(call).get(NAMES.get(option, option.replace("-", "_")))
            if known is not None:
                compared += 1
                assert known == set(of), (call.__qualname__, option)
    assert compared > 10


def test_no_exception_is_out_of_date() -> None:
    for command, option in [*METHODS, *OPTIONS_ALONE]:
        of_command = [*COMMANDS.values()] if command == "*" else [COMMANDS[command]]
        assert any(option in options for options in of_command), (command, option)
        if command != "*" and (command, option) in OPTIONS_ALONE:
            known = set().union(*(arguments(call) for call in CALLS[command]))
            assert NAMES.get(option, option.replace("-", "_")) not in known, (command, option)


PUBLIC = [
    call
    for name in dinc.__all__
    if callable(found := getattr(dinc, name))
    for call in [
        found,
        *(each for key, each in vars(found).items() if inspect.isfunction(each) and not key.startswith("_")),
    ]
    if getattr(call, "__module__", "").startswith("dinc") and "serving" not in call.__module__
]


@pytest.mark.parametrize("call", PUBLIC, ids=lambda call: call.__qualname__)
def test_public_names_have_docstrings(call: Callable[..., Any]) -> None:
    assert inspect.getdoc(call)
