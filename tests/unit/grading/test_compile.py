"""Binding, ordering, and what enters the guest."""

import json
from pathlib import Path

import pytest
from local_guest import make_check

from pcapra_lab.content.base import GuestUser
from pcapra_lab.content.checks import Check, CommandCheck, FileCheck
from pcapra_lab.content.models import GuestScript, Mutant
from pcapra_lab.errors import ContentError
from pcapra_lab.grading.compile import bind, check_items, plan
from pcapra_lab.grading.scripts import script_item
from pcapra_lab.grading.unit import Context, Item, Parameters


def check_item(check: Check, parameters: Parameters, folder: Path) -> Item:
    [item] = check_items(check, parameters, folder).values()
    return item


PARAMETERS = {"client": "dupont", "mon-canari": "a.b*\n"}


def test_placeholders_are_filled_everywhere() -> None:
    check = make_check(
        "command",
        run=["ls", "/srv/{{client}}"],
        env={"REPO": "/depot/{{client}}"},
        stdout_matches="^{{mon-canari}}$",
    )
    bound = bind(check, PARAMETERS)
    assert isinstance(bound, CommandCheck)
    assert bound.run == ["ls", "/srv/dupont"]
    assert bound.env == {"REPO": "/depot/dupont"}
    # Inside a regular expression a value stands for itself.
    assert bound.stdout_matches == "^a\\.b\\*\\\n$"


def test_other_braces_are_left_alone() -> None:
    check = make_check("command", run=["docker", "ps", "--format", "{{.Names}} {x}"])
    assert bind(check, PARAMETERS) is check


def test_unknown_placeholder_names_the_check() -> None:
    with pytest.raises(ContentError, match=r"« c1 » : paramètre « nom »"):
        bind(make_check("file", "c1", path="/srv/{{nom}}"), PARAMETERS)


def test_title_and_path_are_filled() -> None:
    bound = bind(make_check("file", path="/srv/{{client}}", title="{{client}} ?"), PARAMETERS)
    assert isinstance(bound, FileCheck)
    assert (bound.path, bound.title) == ("/srv/dupont", "dupont ?")


def test_checks_come_after_those_they_need() -> None:
    checks = [
        make_check("package", "c", name="c", needs=["b"]),
        make_check("package", "a", name="a"),
        make_check("package", "b", name="b", needs=["a"]),
    ]
    assert [one.check.id for one in plan(checks, {})] == ["a", "b", "c"]


def test_waves() -> None:
    checks = [
        make_check("package", "see", name="p"),
        make_check("command", "act", run=["true"], effect="act", needs=["see"]),
        make_check("package", "after-same-vm", name="p", needs=["act"]),
        make_check("package", "after-other-vm", name="p", needs=["act"], vm="web"),
        make_check("command", "act-again", run=["true"], effect="act", needs=["act"]),
        make_check("command", "act-alone", run=["true"], effect="act"),
    ]
    assert {one.check.id: one.wave for one in plan(checks, {})} == {
        "see": 0,
        "act": 1,
        "after-same-vm": 1,
        "after-other-vm": 2,
        "act-again": 2,
        "act-alone": 1,
    }


@pytest.mark.parametrize(
    ("needs", "message"), [(["b"], "a → b → a"), (["a"], "a → a"), (["z"], "« z », inconnu")]
)
def test_bad_needs(needs: list[str], message: str) -> None:
    checks = [
        make_check("package", "a", name="p", needs=needs),
        make_check("package", "b", name="p", needs=["a"]),
    ]
    with pytest.raises(ContentError, match=message):
        plan(checks, {})


def test_planted_text_never_enters_the_guest() -> None:
    check = make_check("file_identical", path="/srv/x", parameter="mon-canari")
    item = check_item(bind(check, PARAMETERS), PARAMETERS, Path("/"))
    assert item == {"id": "x", "timeout": 60.0, "kind": "file", "path": "/srv/x", "sha256": True}


def test_content_is_read_only_when_it_matters() -> None:
    assert not check_item(make_check("file", path="/x"), {}, Path("/"))["content"]
    assert check_item(make_check("file", path="/x", lacks="y"), {}, Path("/"))["content"]


def test_scripts_carry_their_source_and_parameters(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("#!/bin/sh\n# é\n")
    check = make_check("script", run="a.sh", args=["{{client}}"], user="stagiaire")
    item = check_item(bind(check, PARAMETERS), PARAMETERS, tmp_path)
    assert item["source"] == "#!/bin/sh\n# é\n"
    assert item["env"] == {"PCAPRA_CLIENT": "dupont", "PCAPRA_MON_CANARI": "a.b*\n"}
    assert (item["args"], item["user"]) == (["dupont"], "stagiaire")
    assert json.loads(json.dumps(item)) == item


def test_scripts_carry_what_they_import_of_the_course(tmp_path: Path) -> None:
    folder, shared = tmp_path / "memo", tmp_path / "shared"
    folder.mkdir()
    shared.mkdir()
    (shared / "lab_a.py").write_text("import json\nfrom lab_b import c\n")
    (shared / "lab_b.py").write_text("c = 1\n")
    (shared / "lab_other.py").write_text("")
    (folder / "a.py").write_text("#!/usr/bin/env python3\ndef late():\n    import lab_a\n")
    item = check_item(make_check("script", run="a.py"), {}, folder)
    assert item["beside"] == {
        "lab_a.py": "import json\nfrom lab_b import c\n",
        "lab_b.py": "c = 1\n",
    }


def test_a_script_that_is_no_python_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("#!/usr/bin/env python3\nsi vrai:\n")
    with pytest.raises(ContentError, match=r"a\.py : script illisible"):
        check_item(make_check("script", run="a.py"), {}, tmp_path)


def test_setup_and_mutant_items(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("#!/bin/sh\n")
    setup = GuestScript(vm="srv", script="a.sh", timeout="90s", user=GuestUser.STAGIAIRE)
    mutant = Mutant(id="m", title="M", vm="srv", script="a.sh", killed_by=["x"])
    context = Context({}, tmp_path)
    assert script_item(setup, context)["timeout"] == 90.0
    assert script_item(setup, context)["user"] == "stagiaire"
    assert script_item(mutant, context)["timeout"] == 300.0


def test_unreadable_script_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.sh").write_bytes(b"#!/bin/sh\n\xff")
    for name in ("none.sh", "bad.sh"):
        with pytest.raises(ContentError, match=name):
            check_item(make_check("script", run=name), {}, tmp_path)
