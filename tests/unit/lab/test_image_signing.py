"""The depot's key and its signatures, as gpg sees them when the clock steps."""

import os
import re
import subprocess
import tempfile
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
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    public = key.file("public.gpg")
    gpg(home, "--import", public)
    # https://github.com/gpg/gnupg/blob/master/doc/DETAILS: the sixth field of a "pub" line, and
    # the third word after VALIDSIG, are dates in Unix seconds.
    made = re.search(r"^pub:(?:[^:]*:){4}(\d+):", gpg(home, "--show-keys", public), re.M)
    dated = re.search(r"VALIDSIG \S+ \S+ (\d+)", gpg(home, "--verify", signed))
    assert made and dated
    assert int(made[1]) < int(dated[1]) <= int(time.time()) - signing.BACKDATED_SECONDS + 1


def test_the_homes_of_killed_signers_are_swept_and_those_in_use_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mine = tmp_path / "a-moi"
    mine.mkdir()
    (mine / "precieux").touch()
    (tmp_path / "pcapra-gpg-lien").symlink_to(mine)
    # As its maker leaves it for an instant, unlocked.
    fresh = tmp_path / "pcapra-gpg-neuf"
    fresh.mkdir(mode=0o700)
    dead = tmp_path / "pcapra-gpg-mort"
    (dead / "private-keys-v1.d").mkdir(parents=True)
    with signing._home() as alive:
        (alive / "pubring.kbx").touch()
        assert not dead.exists() and fresh.exists() and (mine / "precieux").exists()
        with signing._home():
            assert (alive / "pubring.kbx").exists()
    assert not alive.exists()


def test_the_home_of_another_account_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    other = tmp_path / "pcapra-gpg-autre"
    (other / "private-keys-v1.d").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: other.stat().st_uid + 1)
    with signing._home():
        assert other.exists()


def gpg(home: Path, verb: str, path: Path) -> str:
    """What gpg prints for programs."""
    # No agent: it would outlive the test.
    options = ["--batch", "--no-autostart", "--with-colons", "--status-fd=1"]
    return subprocess.run(
        ["gpg", "--homedir", home, *options, verb, path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    ).stdout
