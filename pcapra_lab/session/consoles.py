"""A lesson's web consoles: local ports through the machines' SSH links, opened when asked for."""

import html
import threading
from collections.abc import Callable, Iterable

from pcapra_lab.content.models import Console, Topology
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.remote.forward import Forward
from pcapra_lab.remote.link import SshLink
from pcapra_lab.session.api import WebConsole

_PAGE = _("""\
<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>{title}</title></head>
<body><h1>{title}</h1><p>{message}</p><p>{hint}</p>
<p>Cette page se recharge toute seule : laissez-la ouverte.</p></body></html>
""")


class Consoles:
    """``session.api.WebConsoles``. Thread-safe.

    Args:
        consoles: the lesson's.
        topology: the machines.
        link: gives the link to a machine; raises ``VmError`` when it does not run.
    """

    def __init__(
        self, consoles: Iterable[Console], topology: Topology, link: Callable[[str], SshLink]
    ) -> None:
        self._known = {console.id: console for console in consoles}
        self._addresses = {vm.name: vm.address for vm in topology.vms}
        self._link = link
        self._lock = threading.Lock()
        self._forwards: dict[str, Forward] = {}

    def listed(self) -> tuple[WebConsole, ...]:
        """See ``WebConsoles.listed``."""
        with self._lock:
            return tuple(self._seen(console) for console in self._known.values())

    def open(self, console_id: str) -> WebConsole:
        """See ``WebConsoles.open``."""
        console = self._known.get(console_id)
        if console is None:
            known = ", ".join(self._known) or _("aucune dans cette leçon")
            raise LabError(
                _("la console « {console_id} » n'existe pas").format(console_id=console_id),
                hint=_("consoles : {known}").format(known=known),
            )
        # Said here rather than by the browser: the machine does not run.
        self._link(console.vm)
        with self._lock:
            if console.id not in self._forwards:
                self._forwards[console.id] = self._forward(console)
            return self._seen(console)

    def close(self) -> None:
        """See ``WebConsoles.close``."""
        with self._lock:
            forwards = list(self._forwards.values())
            self._forwards.clear()
        for forward in forwards:
            forward.close()

    def _forward(self, console: Console) -> Forward:
        return Forward(
            lambda: self._link(console.vm),
            ("127.0.0.1", self._addresses[console.vm]),
            console.port,
            lambda error: refusal(console, error),
        )

    def _seen(self, console: Console) -> WebConsole:
        forward = self._forwards.get(console.id)
        url = None
        if forward is not None:
            url = f"{console.scheme}://127.0.0.1:{forward.port}{console.path}"
        return WebConsole(console.id, console.title, console.vm, console.port, url)


def refusal(console: Console, error: LabError) -> bytes:
    """What a browser is told when the console does not answer; it asks again by itself.

    Nothing in https: it would not be listened to.
    """
    if console.scheme == "https":
        return b""
    said = {"title": console.title, "message": error.message, "hint": error.hint}
    page = _PAGE.format(**{name: html.escape(text) for name, text in said.items()}).encode()
    head = (
        "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(page)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + page
