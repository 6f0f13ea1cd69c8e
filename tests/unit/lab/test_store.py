"""The cache of built artifacts: whole or absent, whatever happens to the builder."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pcapra_lab.errors import Cancelled, LabBusy, LabError
from pcapra_lab.lab.images.depot import backdated
from pcapra_lab.lab.images.store import MANIFEST, Artifact, Store

ONE, TWO = "1" * 64, "2" * 64
BUILD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from pcapra_lab.lab.images.store import Store
with Store(Path(sys.argv[1])).building("image", "base", "1" * 64) as build:
    (build.folder / "disk.raw").write_text("à moitié")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    # Nothing here belongs to another account: no sub-uid range is needed to delete it.
    monkeypatch.setattr("pcapra_lab.lab.images.store.namespace_argv", list)
    return Store(tmp_path / "images")


def build(store: Store, digest: str, text: str = "disque", identifier: str = "base") -> Artifact:
    with store.building("image", identifier, digest) as made:
        (made.folder / "disk.raw").write_text(text)
        return made.commit()


def scratch(store: Store) -> list[Path]:
    return list(store.root.glob(".build-*"))


def test_a_committed_build_is_found_by_its_digest_only(store: Store) -> None:
    assert store.find("image", "base", ONE) is None
    made = build(store, ONE)
    found = store.find("image", "base", ONE)
    assert found == made
    assert found.file("disk.raw").read_text() == "disque"
    assert (found.manifest.kind, found.manifest.id, found.manifest.digest) == ("image", "base", ONE)
    assert found.manifest.bytes > 0
    assert store.find("image", "base", TWO) is None
    assert store.find("systeme", "base", ONE) is None
    assert scratch(store) == []


def test_a_failed_build_leaves_nothing(store: Store) -> None:
    with pytest.raises(LabError, match="échec"), store.building("image", "base", ONE) as made:
        (made.folder / "disk.raw").write_text("à moitié")
        raise LabError("échec")
    assert store.find("image", "base", ONE) is None
    assert store.all() == []
    assert scratch(store) == []


def test_a_killed_builders_scratch_is_not_found_and_is_swept(store: Store) -> None:
    dead = subprocess.run([sys.executable, "-c", BUILD_AND_DIE, str(store.root)], check=False)
    assert dead.returncode == -9
    assert len(scratch(store)) == 1
    assert store.find("image", "base", ONE) is None
    assert store.all() == []
    build(store, TWO)
    assert scratch(store) == []


def test_a_living_builders_scratch_is_left_alone(store: Store) -> None:
    with store.building("image", "base", ONE) as made:
        build(store, TWO, identifier="autre")
        assert made.folder.is_dir()
        made.commit()
    assert len(store.all()) == 2


def test_two_builders_of_one_artifact_take_turns(store: Store) -> None:
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.wait(10)
        with store.building("image", "base", ONE):
            order.append("second")

    other = threading.Thread(target=second)
    other.start()
    with store.building("image", "base", ONE) as made:
        entered.set()
        other.join(0.2)
        order.append("first")
        made.commit()
    other.join(10)
    assert order == ["first", "second"]


def test_waiting_for_another_builder_can_be_cancelled_and_has_an_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = threading.Event()
    cancel.set()
    with store.building("image", "base", ONE) as made:
        with pytest.raises(Cancelled), store.building("image", "base", ONE, cancel):
            raise AssertionError("two builders at once")
        monkeypatch.setattr("pcapra_lab.lab.images.store.LOCK_TIMEOUT", 0.0)
        with pytest.raises(LabBusy, match="image-base"), store.building("image", "base", ONE):
            raise AssertionError("two builders at once")
        made.commit()
    assert store.find("image", "base", ONE) is not None


def test_building_the_same_again_replaces_it(store: Store) -> None:
    build(store, ONE, "vieux")
    assert build(store, ONE, "neuf").file("disk.raw").read_text() == "neuf"
    assert len(store.all()) == 1


def test_prune_keeps_what_it_is_told_and_what_is_no_artifact(store: Store) -> None:
    old, kept = build(store, ONE), build(store, TWO)
    debs = store.root / "debs"
    debs.mkdir()
    (debs / "borg.deb").write_text("paquet")
    assert store.prune({kept.folder}) == [old]
    assert store.all() == [kept]
    assert (debs / "borg.deb").exists()


def test_artifacts_are_listed_oldest_first(store: Store) -> None:
    assert [build(store, ONE), build(store, TWO)] == store.all()


def test_an_unreadable_manifest_names_its_folder(store: Store) -> None:
    made = build(store, ONE)
    (made.folder / MANIFEST).write_text("{}")
    with pytest.raises(LabError, match="illisible") as caught:
        store.find("image", "base", ONE)
    assert str(made.folder) in caught.value.hint


def test_a_release_is_dated_before_any_guest_and_never_expires() -> None:
    release = (
        "Origin: pcapra-lab\nDate: Mon, 23 Nov 2026 07:00:00 UTC\n"
        "Valid-Until: Tue, 24 Nov 2026 07:00:00 UTC\nSHA256:\n abc 12 Packages\n"
    )
    assert backdated(release) == (
        "Origin: pcapra-lab\nDate: Sat, 01 Jan 2022 00:00:00 UTC\nSHA256:\n abc 12 Packages\n"
    )
