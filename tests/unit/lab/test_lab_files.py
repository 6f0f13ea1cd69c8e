"""Small files of a lab: atomic writes, the manifest, durations, the console, folders."""

import json
import stat
from pathlib import Path

import pytest

from pcapra_lab.errors import LabError
from pcapra_lab.lab.console import last_lines
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.files import read_json, write_atomic, write_json
from pcapra_lab.lab.host import free_disk_mib, free_memory_mib
from pcapra_lab.lab.manifest import PREPARED, SCHEMA, Manifest, SavedSet
from pcapra_lab.lab.paths import ROOT_HOME, Paths, default_paths


def test_an_atomic_write_replaces_and_sets_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("ancien")
    write_atomic(path, "nouveau é")
    assert path.read_text() == "nouveau é"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    write_atomic(path, "ancien")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, "nouveau")
    assert path.read_text() == "ancien"


def test_json_is_none_when_absent_and_refused_when_broken(tmp_path: Path) -> None:
    assert read_json(tmp_path / "absent") is None
    write_json(tmp_path / "f", {"é": [1]})
    assert read_json(tmp_path / "f") == {"é": [1]}
    (tmp_path / "f").write_text("{")
    with pytest.raises(LabError, match="illisible") as caught:
        read_json(tmp_path / "f")
    assert str(tmp_path / "f") in caught.value.hint


def test_a_manifest_round_trips_and_an_absent_one_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "labs/duo/lab.json"
    blank = Manifest.load(path)
    assert (blank.key, blank.sets, blank.asleep) == ("", {}, False)
    blank.key, blank.asleep = "clé", True
    blank.sets[PREPARED] = SavedSet(PREPARED, "prepare-1", 12.5)
    blank.save()
    assert Manifest.load(path) == blank


def test_snapshot_names_never_come_back_even_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "lab.json"
    first = Manifest.load(path).next_snapshot("veille")
    second = Manifest.load(path).next_snapshot("veille")
    assert first != second
    assert Manifest.load(path).sets == {}, "a name is not yet a state"


def test_a_manifest_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lab.json"
    Manifest(path).save()
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"schema": SCHEMA + 1}))
    with pytest.raises(LabError, match=f"schéma {SCHEMA + 1}") as caught:
        Manifest.load(path)
    assert "mettez pcapra-lab à jour" in caught.value.hint


def test_durations_are_remembered_by_name(tmp_path: Path) -> None:
    path = tmp_path / "durations.json"
    assert Durations(path).expected("boot") is None
    Durations(path).record("boot", 24.123)
    Durations(path).record("save", 3.0)
    Durations(path).record("boot", 22.0)
    assert Durations(path).expected("boot") == 22.0
    assert Durations(path).expected("save") == 3.0


def test_console_lines_come_without_control_sequences(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_bytes(
        b"SeaBIOS\r\n\x1b[2J\x1b[1;1H\r\n"
        b"[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mssh\x1b[0m.\r\n"
        b"\r\n\x1b]0;titre\x07\x1b(B\x07login: \r\n\xff\xfe\r\n"
    )
    assert last_lines(log, 3) == ["[  OK  ] Started ssh.", "login:", "\ufffd\ufffd"]
    assert last_lines(log, 1) == ["\ufffd\ufffd"]


def test_console_of_any_length_is_read_from_its_end(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_text("é" * 100_000 + "\n" + "".join(f"ligne {n}\n" for n in range(2000)))
    assert last_lines(log, 2) == ["ligne 1998", "ligne 1999"]


def test_an_absent_console_is_no_failure(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "absent", 5) == []


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path))
    paths = default_paths()
    for folder in (paths.images, paths.labs, paths.progress, paths.log, paths.state):
        assert folder.is_relative_to(tmp_path)
    paths.create()
    paths.create()
    assert paths.images.is_dir() and paths.labs.is_dir()
    assert stat.S_IMODE(paths.state.stat().st_mode) == 0o700


@pytest.mark.parametrize("uid", [0, 1000])
def test_root_and_accounts_have_their_own_places(
    uid: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PCAPRA_HOME", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    wanted = (
        Paths(ROOT_HOME / "cache", ROOT_HOME / "data", ROOT_HOME / "state")
        if uid == 0
        else Paths(*(tmp_path / f"{x}/pcapra-lab" for x in "cds"))
    )
    assert default_paths() == wanted


def test_what_the_host_has_free_is_a_plausible_number(tmp_path: Path) -> None:
    total = next(
        int(line.split()[1]) // 1024
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal:")
    )
    assert 0 < free_memory_mib() <= total
    assert free_disk_mib(tmp_path / "pas/encore/là") > 0
