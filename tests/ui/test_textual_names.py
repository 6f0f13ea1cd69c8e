"""Our widgets keep off the private names of Textual's: nothing else would tell of a clash."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache

import pytest
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

import pcapra_lab.ui

for module in pkgutil.walk_packages(pcapra_lab.ui.__path__, "pcapra_lab.ui."):
    importlib.import_module(module.name)


def below(kind: type[MessagePump]) -> Iterator[type[MessagePump]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


OURS = sorted(
    {one for one in below(MessagePump) if one.__module__.startswith("pcapra_lab.")},
    key=lambda one: f"{one.__module__}.{one.__qualname__}",
)


@cache
def private(kind: type) -> frozenset[str]:
    """Private names that a class's own source gives to its objects: methods, attributes."""
    source = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    found = set()
    for node in ast.walk(source):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                found.add(name)
    return frozenset(x for x in found if x.startswith("_") and not x.startswith("__"))


@pytest.mark.parametrize("kind", [MessagePump, Widget, Screen, App])
def test_textuals_own_names_are_seen(kind: type) -> None:
    assert len(private(kind)) > 10
    assert "_closed" in private(MessagePump), "the one that we once took"


@pytest.mark.parametrize("kind", OURS, ids=lambda one: one.__qualname__)
def test_no_private_name_of_textuals_is_taken(kind: type) -> None:
    theirs = [one for one in kind.__mro__ if one.__module__.startswith("textual.")]
    taken = {f"{one.__name__}.{name}" for one in theirs for name in private(kind) & private(one)}
    assert not taken
