"""The seed disk: what it carries, and to whom."""

import io
import tarfile
from pathlib import Path

import pytest
from fake_lab import DUO

from pcapra_lab.lab.plan import LabPlan, plan_lab
from pcapra_lab.lab.seed import write_seed
from pcapra_lab.remote.keys import KeyPair, generate

KEYS = "etc/ssh/pcapra"


@pytest.fixture
def lab(tmp_path: Path) -> LabPlan:
    return plan_lab("duo", DUO, tmp_path, tmp_path / "depot.raw", "sel")


@pytest.fixture
def pairs() -> tuple[KeyPair, KeyPair, KeyPair]:
    return generate(), generate(), generate()


def seed(path: Path, lab: LabPlan, pairs: tuple[KeyPair, KeyPair, KeyPair]) -> bytes:
    host, lan, own = pairs
    write_seed(path, lab, lab.vm("srv"), host, lan, own.public)
    return path.read_bytes()


def read(data: bytes, name: str) -> str:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        stream = tar.extractfile(name)
        assert stream is not None
        return stream.read().decode()


def test_members_and_their_modes(
    tmp_path: Path, lab: LabPlan, pairs: tuple[KeyPair, KeyPair, KeyPair]
) -> None:
    data = seed(tmp_path / "seed.tar", lab, pairs)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        modes = {m.name: m.mode for m in tar}
        assert all(m.isfile() and (m.uid, m.gid) == (0, 0) for m in tar.getmembers())
    assert modes == {
        "etc/hostname": 0o644,
        "etc/hosts": 0o644,
        "etc/systemd/network/20-eth0.network": 0o644,
        "etc/systemd/network/20-mgmt.network": 0o644,
        f"{KEYS}/host_key": 0o600,
        f"{KEYS}/host_key.pub": 0o644,
        f"{KEYS}/authorized_keys.d/root": 0o644,
        f"{KEYS}/authorized_keys.d/stagiaire": 0o644,
        "etc/ssh/ssh_host_ed25519_key": 0o600,
        "etc/ssh/ssh_host_ed25519_key.pub": 0o644,
    }
    assert len(data) % 512 == 0, "a disk is made of sectors"


def test_private_keys_are_where_they_belong_and_the_labs_is_nowhere(
    tmp_path: Path, lab: LabPlan, pairs: tuple[KeyPair, KeyPair, KeyPair]
) -> None:
    host, lan, own = pairs
    data = seed(tmp_path / "seed.tar", lab, pairs)
    assert (tmp_path / "seed.tar").stat().st_mode & 0o777 == 0o600
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        secret = {m.name for m in tar if "PRIVATE KEY" in read(data, m.name)}
    assert secret == {f"{KEYS}/host_key", "etc/ssh/ssh_host_ed25519_key"}
    assert read(data, f"{KEYS}/host_key") == host.private
    assert read(data, "etc/ssh/ssh_host_ed25519_key") == lan.private
    assert own.private.encode() not in data
    assert read(data, f"{KEYS}/authorized_keys.d/root") == f"{own.public} pcapra-lab\n"


def test_every_machine_is_known_by_name_and_none_by_a_loopback(
    tmp_path: Path, lab: LabPlan, pairs: tuple[KeyPair, KeyPair, KeyPair]
) -> None:
    data = seed(tmp_path / "seed.tar", lab, pairs)
    lines = [line.split() for line in read(data, "etc/hosts").splitlines() if line]
    hosts = {name: address for address, *names in lines for name in names}
    assert hosts["srv"] == "192.168.1.10"
    assert hosts["web"] == "192.168.1.11"
    assert read(data, "etc/hostname") == "srv\n"


def test_no_link_has_a_gateway(
    tmp_path: Path, lab: LabPlan, pairs: tuple[KeyPair, KeyPair, KeyPair]
) -> None:
    data = seed(tmp_path / "seed.tar", lab, pairs)
    lan = read(data, "etc/systemd/network/20-eth0.network")
    mgmt = read(data, "etc/systemd/network/20-mgmt.network")
    assert "Address=192.168.1.10/24" in lan
    assert "Address=10.213.1.15/24" in mgmt
    for text in (lan, mgmt):
        assert "Gateway" not in text and "DHCP" not in text and "DNS" not in text


def test_the_same_identity_gives_the_same_bytes(
    tmp_path: Path, lab: LabPlan, pairs: tuple[KeyPair, KeyPair, KeyPair]
) -> None:
    one = seed(tmp_path / "a.tar", lab, pairs)
    assert seed(tmp_path / "b.tar", lab, pairs) == one
    assert seed(tmp_path / "a.tar", lab, pairs) == one, "an older seed is replaced"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tar", "b.tar"]


def test_its_keys_are_never_readable_by_others_not_even_while_it_is_written(
    tmp_path: Path,
    lab: LabPlan,
    pairs: tuple[KeyPair, KeyPair, KeyPair],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modes: set[int] = set()
    add = tarfile.TarFile.addfile

    def look(tar: tarfile.TarFile, info: tarfile.TarInfo, data: io.BytesIO) -> None:
        add(tar, info, data)
        modes.update(path.stat().st_mode & 0o777 for path in tmp_path.glob("seed.*"))

    monkeypatch.setattr(tarfile.TarFile, "addfile", look)
    seed(tmp_path / "seed.tar", lab, pairs)
    assert modes == {0o600}
    assert (tmp_path / "seed.tar").stat().st_mode & 0o777 == 0o600
