"""libvirt's domain events: the loop that dispatches them, and a connection that hears them.

The loop must be registered before a connection is opened for that connection to hear events, and
must then run for ever (https://libvirt.org/html/libvirt-libvirt-event.html): such a connection
also agrees to answer the daemon's keepalives from it, and is cut off once it has missed five, 5 s
apart (libvirtd.conf). Closed with a callback still registered, it is leaked with its socket.

Hence a connection of its own for each watch, opened once the loop runs. The one that the lab works
with stays a plain one: a program that never watches starts no thread, and one that is suspended
(Ctrl+Z) in the middle of a long operation is not cut off. Measured with libvirt 9.0, the price for
who watches: 0.2 ms for the loop and its thread, once, then 1.5 ms for the connection.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from pcapra_lab.lab.hypervisor import PowerListener
from pcapra_lab.lab.libvirt_binding import load_libvirt
from pcapra_lab.lab.power import VmPower

if TYPE_CHECKING:
    import libvirt

_ONCE = threading.Lock()


def run_event_loop() -> None:
    """Make sure libvirt's event loop runs in this process.

    Raises:
        EnvironmentProblem: libvirt's binding is absent.
    """
    with _ONCE:
        _start_loop()


@cache
def _start_loop() -> None:
    libvirt = load_libvirt()
    libvirt.virEventRegisterDefaultImpl()

    def run() -> None:
        while True:
            libvirt.virEventRunDefaultImpl()

    # A daemon: it sleeps in poll(2) and has nothing to finish when the process exits.
    threading.Thread(target=run, name="libvirt-events", daemon=True).start()


class EventWatch:
    """Tells the changes of domains' power until it is stopped. Owns its connection.

    Args:
        connection: opened for this watch, after ``run_event_loop``.
        listener: called from the event loop's thread; must return at once.
        lost: called likewise, once, when the daemon is gone. Must not call libvirt, which holds
            a lock meanwhile. Not called by ``stop``.

    Raises:
        libvirt.libvirtError: the connection is closed, and was lost already.
    """

    def __init__(
        self,
        connection: "libvirt.virConnect",
        listener: PowerListener,
        lost: Callable[[], None],
    ) -> None:
        self._libvirt = load_libvirt()
        self._connection: libvirt.virConnect | None = connection
        self._listener = listener
        self._lost = lost
        self._lock = threading.Lock()
        self._callback: int | None = None
        try:
            connection.registerCloseCallback(self._closed, None)
            self._callback = connection.domainEventRegisterAny(
                None, self._libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._happened, None
            )
        except self._libvirt.libvirtError:
            self.stop()
            raise

    def stop(self) -> None:
        """Hear nothing more, and close the connection. Idempotent; not from a callback."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        # On a lost connection each call fails, after it has let go of what it held on our side.
        if self._callback is not None:
            with suppress(self._libvirt.libvirtError):
                connection.domainEventDeregisterAny(self._callback)
        with suppress(self._libvirt.libvirtError):
            connection.unregisterCloseCallback()
        with suppress(self._libvirt.libvirtError):
            connection.close()

    def _closed(self, _connection: object, _reason: int, _opaque: None) -> None:
        self._lost()

    def _happened(
        self,
        _connection: object,
        domain: "libvirt.virDomain",
        event: int,
        _detail: int,
        _opaque: None,
    ) -> None:
        power = self._power(event, active=domain.ID() != -1)
        if power is not None:
            self._listener(domain.name(), power)

    def _power(self, event: int, *, active: bool) -> VmPower | None:
        """What an event means; None when it changes no power."""
        lv = self._libvirt
        if event in (lv.VIR_DOMAIN_EVENT_STARTED, lv.VIR_DOMAIN_EVENT_RESUMED):
            return VmPower.RUNNING
        if event in (lv.VIR_DOMAIN_EVENT_SUSPENDED, lv.VIR_DOMAIN_EVENT_PMSUSPENDED):
            return VmPower.PAUSED
        if event in (lv.VIR_DOMAIN_EVENT_STOPPED, lv.VIR_DOMAIN_EVENT_CRASHED):
            return VmPower.STOPPED
        # A machine that is on can be redefined, or lose its definition, and goes on.
        if event == lv.VIR_DOMAIN_EVENT_DEFINED and not active:
            return VmPower.STOPPED
        if event == lv.VIR_DOMAIN_EVENT_UNDEFINED and not active:
            return VmPower.ABSENT
        # SHUTDOWN: the guest has finished, QEMU not yet; STOPPED follows.
        return None
