"""The host's system and programs, and whether those that matter most really work."""

import json
import os
import shutil
from pathlib import Path

from pcapra_lab.content.locate import program_root
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.accel import QEMU, qemu_version
from pcapra_lab.lab.doctor.findings import ALL_LESSONS, Finding, Severity
from pcapra_lab.lab.images.namespace import namespace_argv, namespace_problem
from pcapra_lab.lab.libvirt_binding import load_libvirt
from pcapra_lab.lab.process import ProcessFailed, run

SUPPORTED = {("debian", "12"), ("debian", "13")}
LIKELY = {("ubuntu", "24.04")}
RELEASE = Path("/etc/os-release")
PROGRAMS = {
    QEMU: "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "libvirtd": "libvirt-daemon",
    "mmdebstrap": "mmdebstrap",
    "apt-ftparchive": "apt-utils",
    "gpg": "gpg",
    "gpg-agent": "gpg-agent",
    "mke2fs": "e2fsprogs",
}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
BUILDERS = {"mmdebstrap", "apt-ftparchive", "gpg", "gpg-agent", "mke2fs", KEYRING.name}
"""Programs that only building the images asks for."""
BUILDING = _("la construction des images")
INSTALLER = "setup/host.sh"
START_SECONDS = 20.0
"""For what takes a fraction of a second on an idle host."""
_QMP = b'{"execute": "qmp_capabilities"}\n{"execute": "quit"}\n'
OWNERS = ("sh", "-c", 'f=$(mktemp) && trap "rm -f \\"$f\\"" EXIT && chown 1:1 "$f"')
"""What building does in a user namespace. Ubuntu 24.04 lets any program make one, and gives it no
right there."""
_SWITCHES = {
    "kernel/unprivileged_userns_clone": ("0", "kernel.unprivileged_userns_clone=1"),
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "user/max_user_namespaces": ("0", "user.max_user_namespaces=15000"),
}
"""Kernel settings that forbid user namespaces: the value that does, and the one that does not."""
SETTINGS = Path("/proc/sys")


def installer() -> list[str]:
    """The command that installs whatever the lab lacks; it asks for root's rights by itself."""
    # The program's own, whatever course is taught.
    return ["sh", str(program_root() / INSTALLER)]


def system() -> Finding:
    """The distribution."""
    values = {}
    for line in RELEASE.read_text(encoding="utf-8").splitlines():
        name, __, value = line.partition("=")
        values[name] = value.strip('"')
    release = (values.get("ID", "?"), values.get("VERSION_ID", "?"))
    name = values.get("PRETTY_NAME", " ".join(release))
    if release in SUPPORTED:
        return Finding(Severity.OK, _("système"), name)
    if release in LIKELY:
        return Finding(
            Severity.WARNING,
            _("système"),
            _("{name} : jamais vérifié").format(name=name),
            _("signalez ce qui ne marche pas"),
        )
    return Finding(
        Severity.BLOCKING,
        _("système"),
        _("{name} n'est pas pris en charge").format(name=name),
        _("Debian 12 ou 13"),
        ALL_LESSONS,
    )


def programs() -> Finding:
    """Whether everything is installed."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = {p: d for p, d in PROGRAMS.items() if shutil.which(p, path=path) is None}
    if not KEYRING.exists():
        missing[KEYRING.name] = "debian-archive-keyring"
    if not missing:
        return Finding(Severity.OK, _("programmes"), qemu_version())
    packages = tuple(sorted(set(missing.values())))
    return Finding(
        Severity.BLOCKING,
        _("programmes"),
        _("il manque {missing}").format(missing=", ".join(missing)),
        f"sudo apt install {' '.join(packages)}",
        BUILDING if set(missing) <= BUILDERS else ALL_LESSONS,
        packages,
    )


def qemu() -> Finding:
    """Start QEMU without a machine, greet it, and let it go.

    See the QEMU Machine Protocol, https://www.qemu.org/docs/master/interop/qmp-spec.html.
    """
    argv = [QEMU, "-machine", "none", "-display", "none", "-nodefaults", "-S", "-qmp", "stdio"]
    hint = f"sudo apt install --reinstall {PROGRAMS[QEMU]}"
    greeting = run(argv, timeout=START_SECONDS, stdin=_QMP, hint=hint).partition("\n")[0]
    try:
        version = json.loads(greeting)["QMP"]["version"]["qemu"]
    except (ValueError, TypeError, KeyError):
        return Finding(
            Severity.BLOCKING,
            "QEMU",
            _("démarre, mais ne se présente pas (reçu : « {greeting} »)").format(
                greeting=greeting[:80]
            ),
            hint,
            ALL_LESSONS,
        )
    number = ".".join(str(version[part]) for part in ("major", "minor", "micro"))
    return Finding(
        Severity.OK, "QEMU", _("démarre et répond (version {number})").format(number=number)
    )


def binding() -> Finding:
    """libvirt's Python module."""
    try:
        number = load_libvirt().getVersion()
    except LabError as error:
        return Finding(
            Severity.BLOCKING,
            "libvirt (Python)",
            error.message,
            error.hint,
            ALL_LESSONS,
            ("python3-libvirt",),
        )
    version = f"libvirt {number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
    return Finding(Severity.OK, "libvirt (Python)", version)


def namespaces() -> Finding:
    """Make one: of mounts when root (for the daemon), of users otherwise (for the images)."""
    if os.geteuid() == 0:
        return _mount_namespace()
    if problem := namespace_problem():
        return Finding(
            Severity.BLOCKING,
            _("espaces de noms"),
            problem.message,
            problem.hint,
            BUILDING,
            ("uidmap",),
        )
    try:
        run([*namespace_argv(), *OWNERS], timeout=START_SECONDS)
    except ProcessFailed as error:
        return Finding(
            Severity.BLOCKING,
            _("espaces de noms"),
            _("ce compte ne peut pas en créer ({last_line})").format(last_line=_last_line(error)),
            _allow_namespaces(),
            BUILDING,
        )
    return Finding(Severity.OK, _("espaces de noms"), _("un espace de noms utilisateur a été créé"))


def _mount_namespace() -> Finding:
    try:
        run(["unshare", "--mount", "--", "true"], timeout=START_SECONDS)
    except ProcessFailed as error:
        return Finding(
            Severity.BLOCKING,
            _("espaces de noms"),
            _("root ne peut pas en créer ({last_line})").format(last_line=_last_line(error)),
            _("donnez CAP_SYS_ADMIN à ce conteneur, ou travaillez sous un compte ordinaire"),
            ALL_LESSONS,
        )
    return Finding(
        Severity.OK,
        _("espaces de noms"),
        _("root : démon système, tout est dans /var/lib/pcapra-lab"),
    )


def _allow_namespaces() -> str:
    for name, (forbids, setting) in _SWITCHES.items():
        path = SETTINGS / name
        if path.exists() and path.read_text().strip() == forbids:
            return f"sudo sysctl --write {setting}"
    return _("dans un conteneur, demandez les espaces de noms à la personne qui l'administre")


def _last_line(error: LabError) -> str:
    return error.message.splitlines()[-1][:120]
