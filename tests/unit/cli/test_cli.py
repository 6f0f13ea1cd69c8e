"""The command line as a person or a program meets it, without a machine or a daemon."""

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pcapra_lab import __version__
from pcapra_lab.cli.main import cli
from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.errors import ContentError, LabError
from pcapra_lab.lab.daemons import Daemons
from pcapra_lab.lab.lock import LabLock
from pcapra_lab.lab.paths import default_paths


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and no way to a daemon."""

    def never(_self: Daemons) -> None:
        raise AssertionError("a test must not start a daemon")

    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(Daemons, "connect", never)
    monkeypatch.setattr(Daemons, "running", lambda _self: False)
    return tmp_path / "home"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, list(arguments), prog_name="pcapra-lab")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{name} is listed and cannot be had"
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_a_command_is_called_by_the_name_it_gives_itself() -> None:
    for path in commands(cli):
        command = found(path)
        assert command.name == path[-1]


def found(path: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        member = command.get_command(click.Context(command), name)
        assert member is not None
        command = member
    return command


def test_the_help_lists_every_command_with_its_summary() -> None:
    lines = run("--help").output.partition("Commandes:")[2].splitlines()
    listed = dict(line.split(maxsplit=1) for line in lines if line.strip())
    assert set(listed) == {path[0] for path in commands(cli) if len(path) == 1}
    assert all(listed.values())


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=" ".join)
def test_every_command_teaches_itself(path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert f"Usage : {' '.join(('pcapra-lab', *path))}" in result.output
    command = found(path)
    said = (command.help or "").strip()
    assert len(said.split()) >= 4, f"« {said} » teaches nothing"
    assert said[0].isupper() and said.splitlines()[0].rstrip().endswith((".", ":", ")"))
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in {"help", "version"}:
            assert option.help, f"{option.opts} of {path} has no help"


def test_the_version() -> None:
    assert __version__ in run("--version").output


@pytest.mark.parametrize(
    "command", [["up"], ["down"], ["reset"], ["status"], ["check"], ["hint"], ["solve"], ["replay"]]
)
def test_an_unknown_exercise_is_named_with_those_that_exist(command: list[str]) -> None:
    result = run(*command, "borgbakcup")
    assert result.exit_code == LabError.exit_code
    assert "« borgbakcup » n'existe pas" in result.stderr
    catalogue = Catalogue.load(content_root())
    assert f"→ exercices : {', '.join(catalogue.proved_ids())} (" in result.stderr
    assert result.stdout == ""


def test_a_hint_needs_no_machine() -> None:
    result = run("hint", "borgbackup")
    assert result.exit_code == 0
    assert result.output.startswith("Indice 1/")


@pytest.mark.parametrize("command", ["check", "solve"])
def test_a_lab_that_is_not_up_is_told_with_the_command_to_type(command: str) -> None:
    result = run(command, "borgbackup")
    assert result.exit_code == 1
    assert "n'est pas démarré" in result.stderr
    assert "→ pcapra-lab up borgbackup" in result.stderr


def test_broken_content_is_told_whole_with_files_and_lines(tmp_path: Path) -> None:
    module = tmp_path / "cours/modules/1-sauvegarde/module.yaml"
    module.parent.mkdir(parents=True)
    module.write_text(
        "schema_version: 1\nid: 1-sauvegarde\nnumber: '1'\ntitle: Sauvegarder\n"
        "sumary: faute de frappe\nlessons: oui\n"
    )
    for name in ("exercises", "vm-images"):
        (tmp_path / "cours" / name).mkdir()
    result = run("--content", str(tmp_path / "cours"), "list")
    assert result.exit_code == ContentError.exit_code == 3
    assert f"{module}:5: sumary" in result.stderr
    assert f"{module}:6: lessons" in result.stderr
    assert re.search(r"→ \S", result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("name", ["vide", "absent"])
def test_a_folder_that_holds_no_course_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "vide").mkdir()
    result = run("--content", str(tmp_path / name), "list")
    assert result.exit_code == ContentError.exit_code
    assert f"{tmp_path / name}, qui ne contient pas" in result.stderr


def test_lint_tells_the_same_problems_and_fails(tmp_path: Path) -> None:
    module = tmp_path / "cours/modules/1-sauvegarde/module.yaml"
    module.parent.mkdir(parents=True)
    module.write_text("schema_version: 1\nid: 1-sauvegarde\n")
    for name in ("exercises", "vm-images"):
        (tmp_path / "cours" / name).mkdir()
    result = run("--content", str(tmp_path / "cours"), "lint", "--no-proofs")
    assert result.exit_code == 1
    assert str(module) in result.output
    assert "en ordre" not in result.output


def test_the_repositorys_course_is_in_order() -> None:
    result = run("lint", "--no-proofs")
    assert (result.exit_code, result.output) == (0, "Le cours est en ordre.\n")


def test_lint_needs_nothing_of_this_hosts(tmp_path: Path) -> None:
    assert run("lint", "--no-proofs").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_progress_of_a_newer_program_stops_only_what_reads_it() -> None:
    progress = default_paths().progress
    progress.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(progress)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert "version plus récente" in run("list").stderr
    assert run("image", "list").exit_code == 0


def test_the_course_as_a_list() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "Module 1" in result.output
    assert "[borgbackup]" in result.output and "0/" in result.output
    assert "(en préparation)" in result.output


def test_the_course_as_json() -> None:
    modules = json.loads(run("list", "--json").stdout)
    lessons = [lesson for module in modules for lesson in module["lessons"]]
    [borg] = [lesson for lesson in lessons if lesson["exercise"] == "borgbackup"]
    assert borg["steps_total"] > 0 and borg["steps_done"] == borg["earned"] == 0
    assert borg["prepared"] is False
    assert {"id", "number", "title", "ready", "level", "total", "seconds"} <= set(borg)
    for lesson in lessons:
        assert lesson["ready"] or lesson["exercise"] is None


def test_a_status_as_text_and_as_json() -> None:
    text = run("status", "borgbackup")
    assert text.exit_code == 0
    assert "192.168.1.10" in text.output and "○ pas créée" in text.output
    assert "▶ en cours" in text.output
    state = json.loads(run("status", "borgbackup", "--json").stdout)
    assert state["exercise"] == "borgbackup" and state["ready"] is False
    assert state["earned"] == 0 and state["total"] > 0
    assert state["current_step"] == state["steps"][0]["id"]
    assert {vm["power"] for vm in state["vms"]} == {"absent"}
    assert [s["state"] for s in state["steps"]] == ["current"] + ["locked"] * (
        len(state["steps"]) - 1
    )


def test_a_status_works_beside_an_open_application_and_a_check_does_not(home: Path) -> None:
    with LabLock(home / "data/labs/borgbackup"):
        assert run("status", "borgbackup").exit_code == 0
        result = run("check", "borgbackup")
    assert result.exit_code == 5
    assert "déjà utilisé par" in result.stderr


def test_a_shell_asks_for_a_terminal() -> None:
    result = run("shell", "srv")
    assert result.exit_code == 1
    assert "demande un terminal" in result.stderr


def test_without_a_command_nor_a_terminal_the_help_is_pointed_to() -> None:
    result = run()
    assert result.exit_code == 1
    assert "pcapra-lab --help" in result.stderr


def test_a_replay_until_an_unknown_step_builds_nothing(home: Path) -> None:
    result = run("replay", "borgbackup", "--until", "instalation")
    assert result.exit_code == 1
    assert "« instalation » n'existe pas" in result.stderr
    assert list((home / "cache/images").iterdir()) == []


def test_a_number_of_mutants_is_a_number() -> None:
    result = run("replay", "borgbackup", "--mutants", "beaucoup")
    assert result.exit_code == 2
    assert "un nombre, ou « tous »" in result.output


@pytest.mark.parametrize("arguments", [["image", "list"], ["image", "prune"]])
def test_an_empty_store_is_no_failure(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert "Rien n'est construit" in result.output or "0 élément(s)" in result.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_this_program(shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_PCAPRA_LAB_COMPLETE" in result.output
    assert "pcapra-lab" in result.output


def test_completion_answers_with_the_commands() -> None:
    env = {
        "_PCAPRA_LAB_COMPLETE": "bash_complete",
        "COMP_WORDS": "pcapra-lab re",
        "COMP_CWORD": "1",
    }
    program = "from pcapra_lab.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
    )
    assert sorted(done.stdout.split()) == [
        "plain,record",
        "plain,replay",
        "plain,report",
        "plain,reset",
        "plain,resume",
        "plain,rewind",
    ]
