"""The agent, run for real on this machine."""

import os
import select
import shutil
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from local_guest import LocalGuest, item

from pcapra_lab.grading.facts import ErrorFact, Fact, RunFact
from pcapra_lab.grading.transport import ask
from pcapra_lab.grading.units.file import FileFact
from pcapra_lab.grading.units.package import PackageFact

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
with_dpkg = pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs dpkg")


def fact_of(**fields: Any) -> Fact:
    return ask(LocalGuest(), "srv", [item(**fields)])["x"]


def run_of(**fields: Any) -> RunFact:
    fact = fact_of(**fields)
    assert isinstance(fact, RunFact), fact
    return fact


def file_of(path: Path, **fields: Any) -> FileFact:
    fact = fact_of(kind="file", path=str(path), **fields)
    assert isinstance(fact, FileFact), fact
    return fact


def script(source: str, **fields: Any) -> RunFact:
    return run_of(kind="script", name="checks/essai.sh", source=source, **fields)


def test_command_reports_status_and_both_streams() -> None:
    fact = run_of(kind="command", argv=["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (fact.exit, fact.stdout, fact.stderr) == (3, "out\n", "err\n")


def test_command_arguments_meet_no_shell() -> None:
    hostile = "$(id) `id` ; 'x' \"y\" \\ é \n z"
    assert run_of(kind="command", argv=["printf", "%s", hostile]).stdout == hostile


def test_command_not_found_is_a_fact_not_an_error() -> None:
    fact = run_of(kind="command", argv=["pcapra-no-such-program"])
    assert fact.exit == 127


def test_command_environment_is_fixed_and_extended() -> None:
    fact = run_of(kind="command", argv=["env"], env={"BORG_REPO": "/srv/é"})
    lines = fact.stdout.splitlines()
    assert "BORG_REPO=/srv/é" in lines
    assert "LANG=C.UTF-8" in lines
    assert any(line.startswith("HOME=/") for line in lines)


def test_standard_input_is_empty() -> None:
    assert run_of(kind="command", argv=["cat"]).stdout == ""


def test_huge_output_is_bounded_and_marked() -> None:
    fact = run_of(kind="command", argv=["head", "-c", "50000000", "/dev/zero"])
    assert fact.exit == 0
    assert fact.truncated
    assert len(fact.stdout) == 64 * 1024


def test_tail_keeps_the_end() -> None:
    fact = run_of(kind="command", argv=["seq", "1", "200000"], tail=True)
    assert fact.truncated
    assert fact.stdout.endswith("199999\n200000\n")


def test_output_that_is_not_utf8_is_kept_readable() -> None:
    assert run_of(kind="command", argv=["printf", r"\377caf\303\251"]).stdout == "\\xffcafé"


def test_deadline_kills_the_whole_group(tmp_path: Path) -> None:
    fifo = tmp_path / "held"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        source = f"""#!/bin/sh
            exec 9>{fifo}
            (trap '' TERM; sleep 600) &
            echo started
            sleep 600
        """
        fact = script(source, timeout=2.0)
        assert fact.timed_out
        assert fact.stdout == "started\n"
        # Readable and empty: every process that held the FIFO open for writing is gone.
        assert select.select([reader], [], [], 20)[0]
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


def test_background_process_outlives_its_script_and_is_not_waited_for() -> None:
    fact = script("#!/bin/sh\nsleep 600 & echo $!\n")
    background = int(fact.stdout)
    os.kill(background, signal.SIGKILL)
    assert not fact.timed_out
    assert fact.exit == 0


def test_script_lives_in_a_private_folder_that_goes_away() -> None:
    fact = script('#!/bin/sh\nstat -c %a "$(dirname "$0")" "$0"\necho "$0"\n')
    folder_mode, script_mode, path = fact.stdout.splitlines()
    assert (folder_mode, script_mode) == ("700", "700")
    assert not Path(path).parent.exists()


def test_script_gets_arguments_environment_and_interpreter() -> None:
    source = "#!/usr/bin/env python3\nimport os, sys\nprint(sys.argv[1:], os.environ['PCAPRA_X'])\n"
    fact = script(source, args=["a b", "'"], env={"PCAPRA_X": "é"})
    assert fact.stdout == """['a b', "'"] é\n"""


def test_script_imports_what_comes_beside_it() -> None:
    source = "#!/usr/bin/env python3\nfrom lab_mots import MOT\nprint(MOT)\n"
    fact = script(source, beside={"lab_mots.py": "MOT = 'é'\n", "../../evade.py": ""})
    assert fact.stdout == "é\n", fact.stderr


@as_root
def test_what_comes_beside_a_script_is_its_account_s() -> None:
    source = "#!/usr/bin/env python3\nfrom lab_mots import MOT\nprint(MOT)\n"
    fact = script(source, user="nobody", beside={"lab_mots.py": "MOT = 1\n"})
    assert fact.stdout == "1\n", fact.stderr


@pytest.mark.parametrize("source", ["echo", "#!", "#! \n"])
def test_script_without_interpreter_is_an_error(source: str) -> None:
    fact = fact_of(kind="script", name="a.sh", source=source)
    assert isinstance(fact, ErrorFact)
    assert fact.reason == "no-shebang"


@as_root
def test_script_as_another_user() -> None:
    fact = script('#!/bin/sh\nid -un\ncat "$0" >/dev/null && echo lu\n', user="nobody")
    assert fact.stdout == "nobody\nlu\n", fact.stderr


def test_deadline_kills_what_left_the_group_but_spares_daemons(tmp_path: Path) -> None:
    fifo = tmp_path / "held"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # The daemon's parent ends before the deadline; the job's parent waits for it.
        source = f"""#!/bin/sh
            setsid sh -c 'sleep 600 & echo $!'
            exec 9>{fifo}
            setsid --wait sh -c "trap '' TERM; sleep 600; sleep 600"
        """
        fact = script(source, timeout=2.0)
        daemon = int(fact.stdout)
        state = Path(f"/proc/{daemon}/stat").read_text().rpartition(")")[2].split()[0]
        os.kill(daemon, signal.SIGKILL)
        assert state == "S"
        assert fact.timed_out
        assert select.select([reader], [], [], 20)[0]
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


@as_root
def test_deadline_kills_through_runuser(tmp_path: Path) -> None:
    fact = run_of(kind="command", argv=["sleep", "600"], user="nobody", timeout=1.0)
    assert fact.timed_out
    assert fact.seconds < 15


def test_unknown_user_is_an_error() -> None:
    fact = fact_of(kind="command", argv=["true"], user="pcapra-nobody")
    assert isinstance(fact, ErrorFact)
    assert fact.reason == "no-user"


def test_file_facts(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"caf\xc3\xa9 \xff")
    path.chmod(0o640)
    fact = file_of(path, content=True)
    assert (fact.type, fact.mode, fact.owner) == ("file", "0640", path.owner())
    assert (fact.group, fact.size, fact.content) == (path.group(), 7, "café \\xff")
    assert fact.sha256 is None


@pytest.mark.parametrize(
    "name", ["a\nb", "'; rm -rf ~ #", '"""', "é\u202e", "\\", "{{x}}", "-rf", "\U0001f4a5"]
)
def test_hostile_file_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("ici")
    assert file_of(tmp_path / name, content=True).content == "ici"


def test_name_with_nul_breaks_only_its_own_item(tmp_path: Path) -> None:
    bad, good = item("file", path="/a\0b"), item("file", path=str(tmp_path)) | {"id": "y"}
    facts = ask(LocalGuest(), "srv", [bad, good])
    assert isinstance(facts["x"], ErrorFact)
    assert isinstance(facts["y"], FileFact)


def test_absent_broken_and_looping_links(tmp_path: Path) -> None:
    assert file_of(tmp_path / "none").type == "absent"
    (tmp_path / "broken").symlink_to("nowhere")
    assert file_of(tmp_path / "broken").type == "broken-link"
    (tmp_path / "loop").symlink_to("loop")
    fact = fact_of(kind="file", path=str(tmp_path / "loop"))
    assert isinstance(fact, ErrorFact)
    assert fact.detail == "ELOOP"


def test_special_files_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A socket's address is at most 108 bytes; a temporary folder's may be longer.
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for name in ("fifo", "socket"):
            fact = file_of(tmp_path / name, content=True, sha256=True)
            assert (fact.type, fact.content, fact.sha256) == ("other", None, None)


def test_huge_file_is_neither_read_whole_nor_hashed(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    content = file_of(path, content=True)
    assert content.truncated
    assert content.content is not None
    assert len(content.content) == 256 * 1024
    hashed = file_of(path, sha256=True)
    assert (hashed.sha256, hashed.size) == (None, 1 << 40)


@with_dpkg
def test_package_states() -> None:
    installed = fact_of(kind="package", name="base-files")
    assert isinstance(installed, PackageFact)
    assert installed.status == "installed"
    assert installed.version
    absent = fact_of(kind="package", name="pcapra-no-such-package")
    assert isinstance(absent, PackageFact)
    assert absent.status == "absent"


def test_order_is_kept_and_a_failure_stops_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "log"
    items = [
        item("command", argv=["sh", "-c", f"echo {number} >>{log}; exit {status}"])
        | {"id": str(number)}
        for number, status in ((1, 0), (2, 5), (3, 0))
    ]
    facts = ask(LocalGuest(), "srv", items, stop_on_failure=True)
    assert list(facts) == ["1", "2"]
    assert log.read_text() == "1\n2\n"
