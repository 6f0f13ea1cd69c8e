"""Keys made on the host."""

import io
import os
from pathlib import Path

import paramiko
import pytest

from pcapra_lab.remote.keys import generate, load_or_create


def test_keys_are_in_openssh_formats_and_belong_together() -> None:
    pair = generate()
    assert pair.private.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(pair.private))
    assert pair.public == f"ssh-ed25519 {key.get_base64()}"
    assert generate() != pair


def test_a_kept_key_stays_the_same_and_private(tmp_path: Path) -> None:
    path = tmp_path / "cle"
    pair = load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_create(path) == pair
    assert path.with_suffix(".pub").read_text() == pair.public + "\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cle", "cle.pub"]


def test_a_kill_while_making_a_key_leaves_no_half_of_one(tmp_path: Path) -> None:
    path = tmp_path / "cle"
    path.with_suffix(".new").write_text("à moitié")
    path.with_suffix(".pub").write_text("ssh-ed25519 AAAA d'avant")
    pair = load_or_create(path)
    assert load_or_create(path) == pair
    assert pair.public.startswith("ssh-ed25519 AAAAC3")


def test_a_power_cut_of_the_host_leaves_no_half_of_one_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    flush = os.fsync

    def note(handle: int) -> None:
        flush(handle)
        written = Path(f"/proc/self/fd/{handle}").readlink()
        kept[written.name] = written.read_text()

    monkeypatch.setattr(os, "fsync", note)
    pair = load_or_create(tmp_path / "cle")
    assert kept == {"cle.new": pair.private, "cle.pub": pair.public + "\n"}
