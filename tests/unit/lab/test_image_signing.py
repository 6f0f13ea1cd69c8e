"""The depot's key and its signatures, as gpg sees them when the clock steps."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from pcapra_lab.lab.images import signing
from pcapra_lab.lab.images.store import Store

HOUR = 3600


def test_a_clock_that_steps_back_leaves_the_key_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signing.signing_key(Store(tmp_path / "images"))
    release, signed = tmp_path / "Release", tmp_path / "InRelease"
    release.write_text("Origin: pcapra-lab\n")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - HOUR)
    signing.sign(key, release, signed)
    assert "BEGIN PGP SIGNED MESSAGE" in signed.read_text()


def test_a_signature_is_younger_than_its_key_and_older_than_a_restored_guest(
    tmp_path: Path,
) -> None:
    key = signing.signing_key(Store(tmp_path / "images"))
    release, signed = tmp_path / "Release", tmp_path / "InRelease"
    release.write_text("Origin: pcapra-lab\n")
    signing.sign(key, release, signed)
    made, dated = created(key.file("public.gpg")), created(signed)
    assert made < dated <= int(time.time()) - signing.BACKDATED_SECONDS + 1


def created(path: Path) -> int:
    """When the last key or signature of an OpenPGP file was made (Unix seconds)."""
    home = path.parent / f".packets-{path.name}"
    home.mkdir(mode=0o700)
    said = subprocess.run(
        ["gpg", "--homedir", str(home), "--list-packets", str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ).stdout
    return max(int(date) for date in re.findall(r"created (\d+),", said))
