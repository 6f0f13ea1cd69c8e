"""Corrupted files: what changes, what comes back, and what the trainee did since is left."""

import base64
import os
from pathlib import Path

import pytest
from fault_bench import FaultBench, fault, lift, make_fault_bench
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcapra_lab.errors import VmError
from pcapra_lab.lab.faults.guest import file_corruption
from pcapra_lab.lab.faults.guest.toolkit import Deed, Job
from pcapra_lab.lab.faults.ledger import Ledger
from pcapra_lab.lab.faults.model import FaultSpec
from pcapra_lab.lab.faults.record import Active, Owner, Undo


@pytest.fixture
def bench(tmp_path: Path) -> FaultBench:
    return make_fault_bench(tmp_path)


def corrupt(bench: FaultBench, path: Path, length: int = 64, seed: int = 0) -> Active:
    spec = fault("file-corruption", path=str(path), length=length, seed=seed)
    return bench.injector().inject(spec)


def test_corruption_changes_every_byte_of_a_row_and_neither_size_nor_dates(
    bench: FaultBench, tmp_path: Path
) -> None:
    target = tmp_path / "base é.db"
    original = os.urandom(5000)
    target.write_bytes(original)
    os.utime(target, ns=(10**18, 10**18 + 7))
    before = target.stat()
    one = corrupt(bench, target, length=100, seed=3)
    now, after = target.read_bytes(), target.stat()
    changed = [i for i, (a, b) in enumerate(zip(original, now, strict=True)) if a != b]
    assert changed == list(range(changed[0], changed[0] + 100))
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )
    assert lift(bench, one) == ""
    assert target.read_bytes() == original
    assert target.stat().st_mtime_ns == before.st_mtime_ns

    # The same seed, the same place; another seed, another.
    again = corrupt(bench, target, length=100, seed=3)
    assert target.read_bytes() == now
    lift(bench, again)
    other = corrupt(bench, target, length=100, seed=4)
    assert target.read_bytes() != now
    lift(bench, other)
    assert target.read_bytes() == original


def test_the_original_bytes_stay_on_the_host(bench: FaultBench, tmp_path: Path) -> None:
    secret = b"contenu a retrouver, octet pour octet"
    target = tmp_path / "canari"
    target.write_bytes(secret)
    one = corrupt(bench, target, length=4096)
    kept = one.undo["srv"]
    assert isinstance(kept, dict)
    assert base64.b64decode(str(kept["original"])) == secret
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "faults.json":
            assert secret not in path.read_bytes()
            assert str(kept["original"]).encode() not in path.read_bytes()


def test_a_short_file_changes_whole_and_a_link_is_followed(
    bench: FaultBench, tmp_path: Path
) -> None:
    target, link = tmp_path / "petit", tmp_path / "lien"
    target.write_bytes(b"abc")
    link.symlink_to(target)
    one = corrupt(bench, link)
    assert all(a != b for a, b in zip(target.read_bytes(), b"abc", strict=True))
    # The link leads elsewhere since: what was corrupted is mended all the same.
    link.unlink()
    link.symlink_to(tmp_path / "ailleurs")
    assert lift(bench, one) == ""
    assert target.read_bytes() == b"abc"


@pytest.mark.parametrize(
    ("after", "note"),
    [
        ("restored", "le fichier avait déjà son contenu d'origine"),
        ("replaced", "le contenu a été remplacé depuis : laissé tel quel"),
        ("truncated", "le contenu a été remplacé depuis : laissé tel quel"),
        ("removed", "le fichier a été supprimé ou déplacé depuis : rien à remettre"),
        ("a folder", "le contenu a été remplacé depuis : laissé tel quel"),
        ("a pipe", "le contenu a été remplacé depuis : laissé tel quel"),
    ],
)
def test_what_the_trainee_did_since_is_left_alone(
    bench: FaultBench, tmp_path: Path, after: str, note: str
) -> None:
    target = tmp_path / "base.db"
    original = os.urandom(400)
    target.write_bytes(original)
    one = corrupt(bench, target, length=200)
    content: bytes | None = None
    if after == "restored":
        content = original
    elif after == "replaced":
        content = os.urandom(600)
    elif after == "truncated":
        content = b""
    target.unlink()
    if content is not None:
        target.write_bytes(content)
    elif after == "a folder":
        target.mkdir()
    elif after == "a pipe":
        os.mkfifo(target)
    assert lift(bench, one) == note
    if content is not None:
        assert target.read_bytes() == content
    else:
        assert target.exists() is (after != "removed")
    assert bench.ledger.read().faults == []


def test_a_partly_rewritten_row_is_mended_where_it_is_still_corrupted(
    bench: FaultBench, tmp_path: Path
) -> None:
    target = tmp_path / "base.db"
    original = bytes(200)
    target.write_bytes(original)
    one = corrupt(bench, target, length=200)
    corrupted = target.read_bytes()
    # By chance, three bytes of what the service writes are the corrupted ones.
    chance = {155, 160, 161}
    written = bytes(b if i in chance else b ^ 1 for i, b in enumerate(corrupted))[150:170]
    with target.open("r+b") as stream:
        stream.seek(150)
        stream.write(written)
    assert lift(bench, one) == "une partie avait été réécrite depuis : seul le reste a été remis"
    assert target.read_bytes() == original[:150] + written + original[170:]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    original=st.binary(min_size=8, max_size=64),
    seed=st.integers(0, 2**31),
    length=st.integers(8, 64),
    later=st.none() | st.binary(max_size=80),
)
def test_undoing_restores_the_original_or_leaves_what_replaced_it(
    tmp_path: Path, original: bytes, seed: int, length: int, later: bytes | None
) -> None:
    target = tmp_path / "fichier"
    target.write_bytes(original)
    job: Job = {"path": str(target), "length": length, "seed": seed}
    job["undo"] = file_corruption.prepare(job, Deed())["undo"]
    assert file_corruption.undo(job, Deed()) == {"note": "file-mended"}, "armed only"
    file_corruption.act(job, Deed())
    corrupted = target.read_bytes()
    assert len(corrupted) == len(original)
    assert sum(a != b for a, b in zip(original, corrupted, strict=True)) == min(
        length, len(original)
    )
    if later is not None:
        target.write_bytes(later)
    reply = file_corruption.undo(job, Deed())
    if later is None or later == corrupted:
        assert (reply, target.read_bytes()) == ({}, original)
    else:
        now = target.read_bytes()
        touched = [i for i, (a, b) in enumerate(zip(now, later, strict=True)) if a != b]
        assert all(later[i] == corrupted[i] and now[i] == original[i] for i in touched)
        assert bool(touched) is (reply.get("note") == "file-partly")
    assert file_corruption.undo(job, Deed()).get("note"), "again: nothing more to do"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("nothing", "le fichier {path} n'existe pas"),
        ("empty", "le fichier {path} est vide"),
        ("folder", "{path} n'est pas un fichier ordinaire"),
        ("pipe", "{path} n'est pas un fichier ordinaire"),
        ("in a file", "le fichier {path} n'existe pas"),
    ],
)
def test_what_cannot_be_corrupted_is_refused_before_anything_is_recorded(
    bench: FaultBench, tmp_path: Path, make: str, said: str
) -> None:
    target = tmp_path / "cible"
    if make == "empty":
        target.touch()
    elif make == "folder":
        target.mkdir()
    elif make == "pipe":
        os.mkfifo(target)
    elif make == "in a file":
        target.touch()
        target = target / "dedans"
    with pytest.raises(VmError) as raised:
        corrupt(bench, target)
    assert said.format(path=target) in raised.value.message
    assert "pcapra-lab reset --vm srv" in raised.value.hint
    assert bench.ledger.read().faults == []


def test_a_file_that_changes_during_the_preparation_is_not_touched(
    bench: FaultBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "journal"
    target.write_bytes(bytes(64))
    arm = Ledger.arm

    def and_a_service_writes(ledger: Ledger, spec: FaultSpec, owner: Owner, undo: Undo) -> Active:
        target.write_bytes(b"\1" * 64)
        return arm(ledger, spec, owner, undo)

    monkeypatch.setattr(Ledger, "arm", and_a_service_writes)
    with pytest.raises(VmError, match="a changé pendant la préparation"):
        corrupt(bench, target)
    assert target.read_bytes() == b"\1" * 64
    assert bench.ledger.read().faults == []
