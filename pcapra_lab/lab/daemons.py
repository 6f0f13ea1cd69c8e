"""The libvirt daemon that the lab talks to, started by us when there is none.

As root: the system daemon. If none runs (a container, CI), ``libvirtd`` is started and recorded,
and stopped once no domain is left.

As a user: a session daemon of the lab's own, apart from the account's usual one, so that the
lab's machines never meet the account's. Its sockets live under a short folder: QEMU's monitor
socket must fit in 108 bytes (unix(7)), which a long home folder does not allow.
See https://libvirt.org/daemons.html.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import read_json, write_json
from pcapra_lab.lab.lease import Lease, alone, turn
from pcapra_lab.lab.libvirt_backend import LibvirtHypervisor
from pcapra_lab.lab.paths import Paths

START_TIMEOUT = 30.0
STOP_TIMEOUT = 15.0
KVM = Path("/dev/kvm")
_SYSTEM_SOCKET = Path("/run/libvirt/libvirt-sock")
QEMU_ACCOUNT = "libvirt-qemu"
"""Debian's account for QEMU under the system daemon."""
QEMU_CONF = 'stdio_handler = "file"\n'
"""QEMU writes its own log: one daemon less."""
_SBIN = "/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon we started: the start time tells its pid from a reused one."""

    name: str
    pid: int
    started: str


class Daemons:
    """Finds, starts and stops libvirt's daemons for this account."""

    def __init__(self, paths: Paths) -> None:
        self._record = paths.state / "daemons.json"
        self._log = paths.state / "libvirtd.log"
        self._paths = paths
        self.privileged = os.geteuid() == 0

    @property
    def uri(self) -> str:
        """The libvirt URI that reaches the daemon."""
        if self.privileged:
            return "qemu:///system"
        return f"qemu+unix:///session?socket={self._socket}"

    def connect(self) -> LibvirtHypervisor:
        """A connection; the daemon is started if it must be, and not stopped meanwhile.

        Raises:
            EnvironmentProblem: the daemon is not installed or does not start.
        """
        self.retire_outdated()
        lease = Lease(self._locks / "libvirt.lock")
        try:
            with turn(self._locks / "libvirt.start"):
                if not answers(self._socket):
                    self._start()
            return LibvirtHypervisor(self.uri, lease)
        except BaseException:
            lease.release()
            raise

    def running(self) -> bool:
        """Whether a daemon answers now."""
        return answers(self._socket)

    def retire_outdated(self) -> bool:
        """End a daemon that cannot open ``/dev/kvm``, which this account may open since, unless it
        is needed; whether such a daemon goes on.

        A process keeps the groups that it was started with (credentials(7)), and hands them on to
        its QEMUs: the next daemon has today's.
        """
        if self._lacks_kvm():
            self.stop_if_idle()
        return self._lacks_kvm()

    def _lacks_kvm(self) -> bool:
        if self.privileged or not KVM.exists() or _by_list(KVM):
            return False
        status = KVM.stat()
        if status.st_mode & 0o006 == 0o006 or status.st_gid not in groups_of(os.getpid()):
            return False
        ours = [d.pid for d in self._recorded() if start_time(d.pid) == d.started]
        return any(status.st_gid not in groups_of(pid) for pid in ours)

    def stop_if_idle(self) -> None:
        """End the daemons we started, unless a domain runs on them or someone is connected."""
        with alone(self._locks / "libvirt.lock") as nobody:
            if not nobody or not self._recorded():
                return
            if answers(self._socket):
                hypervisor = LibvirtHypervisor(self.uri)
                try:
                    if hypervisor.active():
                        return
                finally:
                    hypervisor.close()
            self.stop_ours()

    def stop_ours(self) -> None:
        """End the daemons we started. The caller has checked that nothing needs them."""
        for daemon in reversed(self._recorded()):
            if start_time(daemon.pid) != daemon.started:
                continue
            # The reaper ends by itself with its daemon, at any moment from here.
            with suppress(ProcessLookupError):
                os.kill(daemon.pid, signal.SIGTERM)
                if not _gone(daemon):
                    os.kill(daemon.pid, signal.SIGKILL)
        self._record.unlink(missing_ok=True)
        if not self.privileged:
            shutil.rmtree(self._short, ignore_errors=True)

    @property
    def _socket(self) -> Path:
        return _SYSTEM_SOCKET if self.privileged else self._short / "run/libvirt/libvirt-sock"

    @property
    def _locks(self) -> Path:
        # One system daemon serves all of root's installations; an account's are one a folder.
        return Path("/run/pcapra-lab") if self.privileged else self._paths.data

    @property
    def _short(self) -> Path:
        # Not TMPDIR: two values of it would make two daemons on one configuration.
        tag = hashlib.sha256(str(self._paths.data).encode()).hexdigest()[:8]
        return Path("/tmp") / f"pcapra-{os.geteuid()}-{tag}"  # noqa: S108 - checked private

    def _start(self) -> None:
        self._paths.create()
        if self.privileged:
            self._spawn("libvirtd", [], dict(os.environ), _SYSTEM_SOCKET, self._private_etc())
        else:
            environment = self._session_environment()
            with self._spared() as lock:
                options = ["--timeout", "0"]
                self._spawn("libvirtd", options, environment, self._socket, kept=[lock])

    def _session_environment(self) -> dict[str, str]:
        private_folder(self._short)
        run = self._short / "run"
        run.mkdir(mode=0o700, exist_ok=True)
        config = self._paths.data / "libvirt"
        (config / "libvirt").mkdir(mode=0o700, parents=True, exist_ok=True)
        (config / "libvirt" / "qemu.conf").write_text(QEMU_CONF)
        link = self._short / "c"
        if not link.is_symlink():
            link.symlink_to(config)
        return {
            **os.environ,
            "XDG_RUNTIME_DIR": str(run),
            "XDG_CONFIG_HOME": str(link),
            "XDG_CACHE_HOME": str(link),
        }

    @contextmanager
    def _spared(self) -> Iterator[int]:
        """A lock on the short folder, for the daemon to inherit: nobody ages its files meanwhile.

        systemd-tmpfiles empties /tmp of what is old (ten days on Debian 13), the record of machines
        that run among it, but leaves a locked folder alone (tmpfiles.d(5), « Age »).
        """
        handle = os.open(self._short, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield handle
        finally:
            os.close(handle)

    def _private_etc(self) -> list[str]:
        """The prefix that gives libvirtd a mount namespace with our ``qemu.conf``.

        It also hides a ``/dev/kvm`` which QEMU's account may not open: libvirt probes QEMU with
        the right to open anything, then sees that its account cannot, throws its cached
        capabilities away and probes again at each call, 4 s a time.
        """
        config = self._paths.state / "qemu.conf"
        # No namespace per machine: it could not be set up over the hidden device. No control
        # group either: a lab sets no limit, and the kernel refuses the filter of devices that
        # libvirt loads (« BPF prog: Resource temporarily unavailable ») when a signal comes.
        config.write_text(f"{QEMU_CONF}namespaces = []\ncgroup_controllers = []\n")
        mounts = 'mount --bind "$1" /etc/libvirt/qemu.conf'
        closed = self._paths.state / "kvm-ferme"
        if KVM.exists() and not _opens_kvm(QEMU_ACCOUNT):
            closed.touch(mode=0o000)
            mounts += ' && mount --bind "$2" /dev/kvm'
        script = f'{mounts} && shift 2 && exec "$@"'
        # A disk mounted later must be seen: the namespace follows the host's, not the reverse.
        apart = ["unshare", "--mount", "--propagation", "slave"]
        return [*apart, "--", "sh", "-c", script, "sh", str(config), str(closed)]

    def _spawn(
        self,
        name: str,
        options: list[str],
        env: dict[str, str],
        ready: Path,
        prefix: Sequence[str] = (),
        kept: Sequence[int] = (),
    ) -> None:
        env["PATH"] = f"{env.get('PATH', '/usr/bin:/bin')}:{_SBIN}"
        program = shutil.which(name, path=env["PATH"])
        if program is None:
            raise EnvironmentProblem(
                _("le démon {name} n'est pas installé").format(name=name),
                hint="pcapra-lab doctor --fix",
            )
        pid_file = self._paths.state / f"{name}.pid"
        reaper = reaper_argv()
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [*prefix, *reaper, program, "--pid-file", str(pid_file), *options],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=kept,
                cwd="/",
            )
        outer = reaper[0] if reaper else name
        self._remember(Daemon(Path(outer).name, process.pid, start_time(process.pid) or ""))
        settled = await_true(
            lambda: answers(ready) or process.poll() is not None, timeout=START_TIMEOUT
        )
        if not settled:
            raise self._failure(
                name,
                _("n'a pas ouvert son socket en {start_timeout:.0f} s").format(
                    start_timeout=START_TIMEOUT
                ),
            )
        if not answers(ready):
            raise self._failure(
                name, _("s'est arrêté (code {process})").format(process=process.poll())
            )
        if reaper:
            pid = int(pid_file.read_text())
            self._remember(Daemon(name, pid, start_time(pid) or ""))

    def _failure(self, name: str, what: str) -> EnvironmentProblem:
        tail = self._log.read_text(errors="replace").splitlines()[-3:]
        return EnvironmentProblem(
            f"{name} {what}\n" + "\n".join(tail),
            hint=_("son journal : {log}").format(log=self._log),
        )

    def _recorded(self) -> list[Daemon]:
        return [Daemon(**entry) for entry in read_json(self._record) or []]

    def _remember(self, daemon: Daemon) -> None:
        alive = [d for d in self._recorded() if start_time(d.pid) == d.started]
        write_json(
            self._record,
            [{"name": d.name, "pid": d.pid, "started": d.started} for d in [*alive, daemon]],
        )


def reaper_argv() -> list[str]:
    """A parent that collects dead QEMUs at once, for want of an init that does.

    libvirt detaches QEMU, then calls it dead once its zombie is gone. The first process of a
    container may collect seconds late, or never. See tini(1), « subreaper ».
    """
    tini = shutil.which("tini")
    return [tini, "-s", "--"] if tini else []


def answers(path: Path) -> bool:
    """Whether something accepts connections on a unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def start_time(pid: int) -> str | None:
    """A process's start time in clock ticks since boot (proc(5), field 22); None if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]


def groups_of(pid: int) -> set[int]:
    """The groups that a process has (proc(5), « status »); none once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return set()
    words = [line.split() for line in lines]
    # Of « Gid », the effective one.
    gids = [w[2:3] if w[0] == "Gid:" else w[1:] for w in words if w[0] in ("Gid:", "Groups:")]
    return {int(gid) for some in gids for gid in some}


def _by_list(path: Path) -> bool:
    """Whether a list says who may open it (acl(5)), as for whoever sits at the computer."""
    try:
        os.getxattr(path, "system.posix_acl_access")
    except OSError:
        return False
    return True


def _opens_kvm(account: str) -> bool:
    """Whether an account's user or groups may read and write ``/dev/kvm``."""
    try:
        user = pwd.getpwnam(account)
    except KeyError:
        return False
    status = KVM.stat()
    groups = os.getgrouplist(account, user.pw_gid)
    if status.st_uid == user.pw_uid:
        return status.st_mode & 0o600 == 0o600
    if status.st_gid in groups:
        return status.st_mode & 0o060 == 0o060
    return status.st_mode & 0o006 == 0o006


def private_folder(path: Path) -> None:
    """Make a folder that only this account can enter, or make sure it is one.

    Raises:
        EnvironmentProblem: someone else owns a folder of that name.
    """
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise EnvironmentProblem(
            _("{path} n'est pas un dossier privé de ce compte").format(path=path),
            hint=_("supprimez {path}, puis relancez").format(path=path),
        )


def await_true(condition: Callable[[], bool], *, timeout: float) -> bool:
    """Wait until ``condition`` holds; False once ``timeout`` seconds have passed."""
    waiter = Retrying(
        retry=retry_if_result(lambda held: not held),
        stop=stop_after_delay(timeout),
        wait=wait_fixed(0.05),
        retry_error_callback=lambda _state: False,
    )
    return bool(waiter(condition))


def _gone(daemon: Daemon) -> bool:
    def ended() -> bool:
        # A daemon this very process started stays a zombie until it is waited for.
        with suppress(ChildProcessError):
            os.waitpid(daemon.pid, os.WNOHANG)
        return start_time(daemon.pid) != daemon.started

    return await_true(ended, timeout=STOP_TIMEOUT)
