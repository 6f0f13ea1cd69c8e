"""The doctor's findings on hosts that lack something. No daemon is started: a double stands in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_doctor import FakeDaemons, find, make_installation
from fake_hypervisor import Domain

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.lab.accel import Verdict
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import Finding, Severity, examine, installer, software
from pcapra_lab.lab.doctor.software import PROGRAMS
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.images import namespace
from pcapra_lab.lab.images.catalog import ImageCatalog
from pcapra_lab.lab.leftovers import Kind
from pcapra_lab.lab.memory import domain_prefix
from pcapra_lab.lab.power import VmPower


@pytest.fixture
def daemons() -> FakeDaemons:
    return FakeDaemons()


@pytest.fixture
def installation(
    tmp_path: Path, daemons: FakeDaemons, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    return make_installation(tmp_path, daemons, monkeypatch)


def test_a_complete_host_has_nothing_blocking(installation: Installation) -> None:
    findings = list(examine(installation))
    assert [f.subject for f in findings] == [
        "système",
        "programmes",
        "QEMU",
        "libvirt (Python)",
        "espaces de noms",
        "mémoire",
        "disque",
        "langue",
        "terminal",
        "démon libvirt",
        "restes",
        "images",
        "lot du formateur",
        "accélération",
    ]
    assert "7.2.0" in find(installation, "programmes").seen
    assert find(installation, "images").remedy == "pcapra-lab image build"
    for finding in findings:
        assert finding.seen
        assert finding.severity is Severity.OK or finding.remedy, f"no remedy: {finding}"
        assert finding.severity is not Severity.BLOCKING or finding.blocks, f"blocks: {finding}"


def test_missing_programs_are_named_with_their_packages(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "bin/mmdebstrap").unlink()
    (tmp_path / "bin/apt-ftparchive").unlink()
    found = find(installation, "programmes")
    assert found.severity is Severity.BLOCKING
    assert "mmdebstrap" in found.seen and "apt-ftparchive" in found.seen
    assert found.packages == ("apt-utils", "mmdebstrap")
    assert found.remedy == "sudo apt install apt-utils mmdebstrap"
    assert found.blocks == "la construction des images"
    (tmp_path / "bin/libvirtd").unlink()
    assert find(installation, "programmes").blocks == "toutes les leçons"


def test_every_program_is_in_a_package_that_the_repository_installs() -> None:
    script = Path(installer()[-1])
    assert script.is_file()
    text = (script.parent / "debian-packages.txt").read_text(encoding="utf-8")
    packages = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(set(packages)) == len(packages)
    for program, package in PROGRAMS.items():
        assert any(p.startswith(package) for p in packages), f"{program}: {package}"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n', Severity.OK),
        ('ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n', Severity.OK),
        ('ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu"\n', Severity.WARNING),
        ('ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian 11"\n', Severity.BLOCKING),
        ("ID=arch\n", Severity.BLOCKING),
    ],
)
def test_systems(installation: Installation, tmp_path: Path, text: str, severity: Severity) -> None:
    (tmp_path / "os-release").write_text(text)
    assert find(installation, "système").severity is severity


# -- QEMU and name spaces -------------------------------------------------------------------


def test_qemu_is_started_and_greeted(installation: Installation) -> None:
    found = find(installation, "QEMU")
    assert (found.severity, found.seen) == (Severity.OK, "démarre et répond (version 7.2.22)")


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("echo libepoxy.so.0: not found >&2; exit 127", "libepoxy.so.0"),
        ("exec sleep 60", "n'a pas fini en"),
        ("echo QEMU emulator", "ne se présente pas (reçu : « QEMU emulator »)"),
        ("exit 0", "ne se présente pas"),
    ],
    ids=["broken", "hangs", "says-nothing-of-it", "mute"],
)
def test_a_qemu_that_does_not_really_start_is_blocking(
    installation: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    seen: str,
) -> None:
    monkeypatch.setattr(software, "START_SECONDS", 0.5)
    (tmp_path / "bin/sleep").symlink_to("/bin/sleep")
    (tmp_path / "bin/qemu-system-x86_64").write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo 7.2.0 && exit\n{body}\n'
    )
    found = find(installation, "QEMU")
    assert found.severity is Severity.BLOCKING
    assert seen in found.seen
    assert found.remedy == "sudo apt install --reinstall qemu-system-x86"
    assert found.blocks == "toutes les leçons"


def refuse(tmp_path: Path) -> None:
    (tmp_path / "bin/unshare").write_text(
        "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n"
    )


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
        ("user/max_user_namespaces", "127000", "la personne qui l'administre"),
    ],
)
def test_a_kernel_that_forbids_user_namespaces_is_found_by_making_one(
    installation: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    remedy: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(software, "namespace_argv", lambda: ["unshare", "--user", "--"])
    monkeypatch.setattr(software, "OWNERS", ["true"])
    assert find(installation, "espaces de noms").severity is Severity.OK
    refuse(tmp_path)
    (tmp_path / "sys" / setting).parent.mkdir(parents=True)
    (tmp_path / "sys" / setting).write_text(f"{value}\n")
    monkeypatch.setattr(software, "SETTINGS", tmp_path / "sys")
    found = find(installation, "espaces de noms")
    assert found.severity is Severity.BLOCKING
    assert "Operation not permitted" in found.seen
    assert remedy in found.remedy
    assert found.blocks == "la construction des images"


def test_a_namespace_where_no_file_can_be_given_away_is_none(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(
        software, "namespace_argv", lambda: ["/usr/bin/env", f"PATH={tmp_path}:/usr/bin:/bin"]
    )
    for said, severity in (("exit 0", Severity.OK), ("echo refusé >&2; exit 1", Severity.BLOCKING)):
        (tmp_path / "chown").write_text(f'#!/bin/sh\n[ "$1" = 1:1 ] && [ -f "$2" ] && {said}\n')
        (tmp_path / "chown").chmod(0o755)
        assert find(installation, "espaces de noms").severity is severity


def test_a_root_that_may_not_mount_is_told_so(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert find(installation, "espaces de noms").severity is Severity.OK
    refuse(tmp_path)
    found = find(installation, "espaces de noms")
    assert (found.severity, found.blocks) == (Severity.BLOCKING, "toutes les leçons")
    assert "Operation not permitted" in found.seen and "CAP_SYS_ADMIN" in found.remedy


# -- the daemon and the leftovers -----------------------------------------------------------


def test_a_daemon_that_fails_is_a_finding_not_a_crash(
    installation: Installation, daemons: FakeDaemons
) -> None:
    daemons.awake = False
    daemons.problem = EnvironmentProblem("libvirtd s'est arrêté", hint="lisez")
    found = find(installation, "démon libvirt")
    assert (found.severity, found.seen, found.remedy, found.blocks) == (
        Severity.BLOCKING,
        "libvirtd s'est arrêté",
        "lisez",
        "toutes les leçons",
    )
    assert find(installation, "restes").severity is Severity.OK


@pytest.mark.parametrize(
    ("awake", "power", "stops"),
    [(True, None, 0), (False, None, 1), (False, VmPower.RUNNING, 0)],
    ids=["there-before", "started-to-look", "took-up-machines-that-run"],
)
def test_a_daemon_started_for_the_look_is_stopped_again(
    installation: Installation,
    daemons: FakeDaemons,
    awake: bool,
    power: VmPower | None,
    stops: int,
) -> None:
    daemons.awake = awake
    if power is not None:
        daemons.hypervisor.domains["autre"] = Domain("autre", power)
    assert find(installation, "démon libvirt").severity is Severity.OK
    assert daemons.stopped == stops


def test_leftovers_of_disk_and_daemon_make_one_finding(
    installation: Installation, daemons: FakeDaemons
) -> None:
    assert find(installation, "restes") == Finding(Severity.OK, "restes", "aucun")
    half = installation.paths.labs / "borg/srv/racine.new"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"x" * 2**20)
    name = f"{domain_prefix('parti', str(installation.paths.data))}srv"
    daemons.hypervisor.domains[name] = Domain(name)
    found = find(installation, "restes")
    assert (found.severity, found.remedy) == (Severity.WARNING, "pcapra-lab doctor --fix")
    assert found.seen == "2 restes d'arrêts brutaux, 1 Mio à reprendre"
    assert [left.kind for left in found.leftovers] == [Kind.FILE, Kind.MACHINE]
    assert found.data()["leftovers"] == [
        {"kind": "fichier", "what": f"écriture interrompue : {half}", "bytes": 2**20},
        {"kind": "machine", "what": found.leftovers[1].what, "bytes": 0},
    ]


def test_unreadable_records_do_not_hide_the_daemon(
    installation: Installation, daemons: FakeDaemons
) -> None:
    daemons.awake = False
    installation.paths.state.mkdir(parents=True)
    (installation.paths.state / "daemons.json").write_text("{")
    assert find(installation, "démon libvirt").severity is Severity.OK
    found = find(installation, "restes")
    assert found.severity is Severity.WARNING and "daemons.json est illisible" in found.seen


# -- the accelerator ------------------------------------------------------------------------


def test_a_kvm_that_is_there_and_does_not_work_is_reported_and_blocks_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = "/dev/kvm existe, mais un noyau n'y démarre pas (n'a pas fini en 20 s)"
    monkeypatch.setattr(ImageCatalog, "ready", lambda _self: True)
    monkeypatch.setattr(Installation, "verdict", lambda _self: Verdict(Accelerator.TCG, reason))
    found = find(installation, "accélération")
    assert found.severity is Severity.WARNING
    assert found.seen == f"émulation logicielle (TCG), plus lente : {reason}"
    assert "groupe kvm" in found.remedy
    assert found.blocks == ""


def test_a_kvm_that_works_is_said(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageCatalog, "ready", lambda _self: True)
    verdict = Verdict(Accelerator.KVM, "un noyau de laboratoire y a démarré")
    monkeypatch.setattr(Installation, "verdict", lambda _self: verdict)
    found = find(installation, "accélération")
    assert found.severity is Severity.OK and "(KVM)" in found.seen


def test_an_accelerator_that_cannot_be_tried_yet_is_not_guessed(
    installation: Installation,
) -> None:
    found = find(installation, "accélération")
    assert (found.severity, found.remedy) == (Severity.WARNING, "pcapra-lab image build")


# -- sub-uid ranges -------------------------------------------------------------------------


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``/etc/subuid`` and ``/etc/subgid`` of an ordinary account called « elle »."""

    class Account:
        pw_name = "elle"

    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr("pwd.getpwuid", lambda _uid: Account)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/newuidmap")
    monkeypatch.setattr(namespace, "Path", lambda path: tmp_path / path.lstrip("/"))
    (tmp_path / "etc").mkdir()
    for name in ("subuid", "subgid"):
        (tmp_path / "etc" / name).write_text("")
    yield tmp_path / "etc"


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("elle:100000:65536\n", True),
        ("1234:100000:65536\n", True),
        ("elle:100000:1000\nelle:200000:65536\n", True),
        ("elle:100000:1000\n", False),
        ("lui:100000:65536\n", False),
        ("elle\n", False),
    ],
)
def test_sub_uid_ranges(tables: Path, line: str, good: bool) -> None:
    for name in ("subuid", "subgid"):
        (tables / name).write_text(line)
    problem = namespace.namespace_problem()
    assert (problem is None) is good
    if good:
        assert namespace.namespace_argv()[:2] == ["unshare", "--user"]
    else:
        assert problem is not None and "usermod --add-subuids" in problem.hint
        with pytest.raises(EnvironmentProblem, match="elle"):
            namespace.namespace_argv()


def test_root_needs_no_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert namespace.namespace_argv() == []
