"""What goes into a guest, and what a proof stands on."""

import ast
import sys
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from local_guest import item

from pcapra_lab.content.checks import BaseCheck, Check
from pcapra_lab.grading.registry import fact_model, unit_of
from pcapra_lab.grading.sources import GUEST, closure, grading_modules, guest_modules, imports
from pcapra_lab.grading.transport import agent_source

TYPES = [model.model_fields["type"].annotation for model in get_args(get_args(Check)[0])]
NAMES: list[str] = [get_args(literal)[0] for literal in TYPES]


def test_a_guest_gets_only_what_its_items_need() -> None:
    modules = list(guest_modules(["file"]))
    assert modules == [f"{GUEST}.core", f"{GUEST}.file"]
    source = agent_source(("file",), {"items": [item("file")]})
    assert b"hashlib" in source
    assert b"dpkg" not in source


def test_modules_come_after_those_they_need() -> None:
    modules = list(guest_modules(["script", "command"]))
    assert modules.index(f"{GUEST}.process") < modules.index(f"{GUEST}.script")
    assert len(modules) == len(set(modules)) == 4


def test_the_core_names_no_type() -> None:
    units = {name for name in grading_modules([]) if ".units." in name or ".checks." in name}
    assert units == {"pcapra_lab.content.checks.base"}


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_a_whole_unit(name: str) -> None:
    unit = unit_of(name)
    assert fact_model(unit.guest) is unit.fact
    assert hasattr(import_module(f"{GUEST}.{unit.guest}"), "look")
    model = vars(import_module(f"pcapra_lab.content.checks.{name}"))
    assert any(
        isinstance(one, type) and issubclass(one, BaseCheck) and one is not BaseCheck
        for one in model.values()
    )


@pytest.mark.parametrize("name", NAMES)
def test_guest_modules_need_only_what_the_base_image_has(name: str) -> None:
    there = {*sys.stdlib_module_names, "jeepney"}
    for path in guest_modules([unit_of(name).guest]).values():
        for needed in imports(path):
            assert needed.startswith(GUEST) or needed.partition(".")[0] in there


def test_types_do_not_lean_on_one_another_by_accident() -> None:
    found = grading_modules(["package"])
    assert "pcapra_lab.grading.units.package" in found
    assert "pcapra_lab.grading.units.file" not in found
    # Shared on purpose: both speak of a file.
    assert "pcapra_lab.grading.units.file" in grading_modules(["file_identical"])


def test_closure_follows_both_forms_of_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pcapra_lab"
    for name, text in {
        "a": "import pcapra_lab.x.b\nfrom pcapra_lab.x import c\nimport json\n",
        "b": "from pcapra_lab.y import hors\n",
        "c": "from pcapra_lab.x.a import f\n",
    }.items():
        (package / "x").mkdir(parents=True, exist_ok=True)
        (package / "x" / f"{name}.py").write_text(text)
        ast.parse(text)
    monkeypatch.setattr("pcapra_lab.__file__", str(package / "__init__.py"))
    assert list(closure(["pcapra_lab.x.b"], ("pcapra_lab.x",))) == ["pcapra_lab.x.b"]
