"""What a drill runs in the machines: a module of ``drills/guest``, with those it imports beside it.

One Python source that a bare ``python3`` runs. Modules keep their names, so that one finds another
as it does on the host.
"""

import ast
import json
from functools import cache
from importlib.resources import files

_PACKAGE = "pcapra_lab.drills.guest"
_LOADER = """\
import json, sys, types
for name in ("pcapra_lab", "pcapra_lab.drills", {package!r}):
    package = sys.modules[name] = types.ModuleType(name)
for name, source in json.loads({modules!a}):
    module = sys.modules[f"{{package.__name__}}.{{name}}"] = types.ModuleType(name)
    setattr(package, name, module)
    exec(compile(source, name, "exec"), vars(module))
module.main(*json.loads({arguments!a}))
"""


def program(name: str, *arguments: object) -> str:
    """A module of ``drills/guest`` as a program that calls its ``main``.

    Args:
        name: of the module.
        arguments: what ``main`` is given; anything that JSON holds.

    Returns:
        ASCII, whatever the arguments hold.
    """
    return _LOADER.format(
        package=_PACKAGE, modules=_with_imports(name), arguments=json.dumps(arguments)
    )


@cache
def _with_imports(name: str) -> str:
    """A module and those that it needs, these first: pairs of name and source, in JSON."""
    found: dict[str, str] = {}

    def add(wanted: str) -> None:
        if wanted in found:
            return
        source = files(_PACKAGE).joinpath(f"{wanted}.py").read_text(encoding="utf-8")
        for needed in _imported(source):
            add(needed)
        found[wanted] = source

    add(name)
    return json.dumps(list(found.items()))


def _imported(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == _PACKAGE:
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_PACKAGE}."):
            names.append((node.module or "").removeprefix(f"{_PACKAGE}."))
    return names
