"""A host's disk that refuses to write: what is lost, what is said, and the way out."""

import os
import threading
from pathlib import Path

import pytest
from fake_lab import Bench, make_bench

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab import files
from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.files import NotWritten, write_json
from pcapra_lab.lab.manifest import PREPARED
from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.power import VmPower


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = make_bench(tmp_path, monkeypatch)
    made.up()
    return made


def fill(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From now on, files of that name find no room."""
    write = files.write_atomic

    def full(path: Path, text: str, mode: int = 0o600) -> None:
        if path.name == name:
            raise OSError(28, "No space left on device")
        write(path, text, mode)

    monkeypatch.setattr(files, "write_atomic", full)


def test_a_file_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(NotWritten, match=r"f/lab\.json ne peut pas être écrit") as caught:
        write_json(tmp_path / "f" / "lab.json", {})
    assert "image prune" in caught.value.hint


def test_a_write_that_fails_leaves_no_scratch_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left"):
        write_json(tmp_path / "lab.json", {})
    assert list(tmp_path.iterdir()) == []


def test_a_home_where_nothing_can_be_made_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    home = tmp_path / "home"
    with pytest.raises(EnvironmentProblem, match="home/cache") as caught:
        Paths(home / "cache", home / "data", home / "state").create()
    assert "PCAPRA_HOME" in caught.value.hint


def test_a_duration_that_cannot_be_kept_keeps_no_lab_awake(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(monkeypatch, "durations.json")
    bench.lab().down(bench.events.append)
    assert set(bench.lab().power().values()) == {VmPower.SAVED}
    Durations(bench.folder / "durations.json").record("boot", 1.0)


def test_a_state_that_cannot_be_named_is_none_and_the_machines_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = bench.lab()
    lab.checkpoint("etape-un")
    name = lab.manifest.next_snapshot("etape-un")
    monkeypatch.setattr(type(lab.manifest), "next_snapshot", lambda *_: name)
    fill(monkeypatch, "lab.json")
    with pytest.raises(NotWritten, match=r"lab\.json"):
        lab.checkpoint("etape-un")
    assert set(lab.power().values()) == {VmPower.RUNNING}
    assert lab.manifest.sets == bench.manifest.sets
    for vm in bench.plan.vms:
        kept = bench.hypervisor.snapshots(vm.domain)
        assert {saved.snapshot for saved in lab.manifest.sets.values()} == set(kept)


def test_a_lab_can_be_deleted_from_a_full_disk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = bench.lab()
    with monkeypatch.context() as patch:
        fill(patch, "lab.json")
        lab.delete()
    assert not any(vm.root_disk.path.exists() for vm in bench.plan.vms)
    assert PREPARED not in bench.manifest.sets
    assert bench.lab().up(bench.prepare, bench.events.append, threading.Event())
