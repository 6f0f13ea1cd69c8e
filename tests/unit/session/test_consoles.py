"""Web consoles: a page asked for over HTTP, through a forward, from a machine that is a fake."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

import paramiko
import pytest
from ssh_server import SshServer

from pcapra_lab.content.models import Console, Topology, Vm
from pcapra_lab.errors import LabError, VmError
from pcapra_lab.remote.link import SshLink
from pcapra_lab.session.consoles import Consoles, refusal

STATS = Console(id="stats", vm="lb1", title="Statistiques", port=8404, path="/stats")
SECRET = Console(id="secret", vm="lb1", title="Réservée", port=8443, scheme="https")
TOPOLOGY = Topology(
    schema_version=1,
    id="duo",
    title="Un répartiteur",
    vms=[Vm(name="lb1", title="répartiteur", address="192.168.1.10", memory_mib=256)],
)


def page(channel: paramiko.Channel) -> None:
    """Answer with the path that was asked for."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += channel.recv(4096)
    body = request.split()[1]
    channel.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    channel.close()


def get(url: str) -> tuple[int, Message, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


@pytest.fixture
def server() -> Iterator[SshServer]:
    opened = SshServer(services={("127.0.0.1", 8404): page})
    yield opened
    opened.stop()


@pytest.fixture
def consoles(server: SshServer) -> Iterator[Consoles]:
    link = SshLink(server.endpoint(), "stagiaire")
    opened = Consoles([STATS, SECRET], TOPOLOGY, lambda _vm: link)
    yield opened
    opened.close()
    link.close()


def test_a_console_has_no_address_until_it_is_opened(consoles: Consoles) -> None:
    assert [(one.id, one.url) for one in consoles.listed()] == [("stats", None), ("secret", None)]
    opened = consoles.open("stats")
    assert opened.url is not None
    status, _, body = get(opened.url)
    assert (status, body) == (200, "/stats")
    assert consoles.listed()[0] == opened
    assert consoles.listed()[1].url is None


def test_opened_again_it_keeps_its_address(consoles: Consoles) -> None:
    assert consoles.open("stats") == consoles.open("stats")


def test_an_https_console_has_an_https_address(consoles: Consoles) -> None:
    assert (consoles.open("secret").url or "").startswith("https://127.0.0.1:")
    assert refusal(SECRET, LabError("rien")) == b""


def test_what_does_not_answer_says_so_in_the_browser_and_asks_it_to_try_again(
    server: SshServer, consoles: Consoles
) -> None:
    url = consoles.open("stats").url or ""
    server.services = {}
    status, headers, body = get(url)
    assert status == 502
    assert headers["Cache-Control"] == "no-store"
    assert "rien n&#x27;accepte de connexion sur 192.168.1.10:8404" in body
    assert 'http-equiv="refresh"' in body
    server.services = {("192.168.1.10", 8404): page}
    assert get(url)[0] == 200


def test_a_message_is_text_not_html() -> None:
    assert b"&lt;script&gt;" in refusal(STATS, LabError("<script>", hint="<b>"))


def test_an_unknown_console_is_named_with_those_that_exist(consoles: Consoles) -> None:
    with pytest.raises(LabError, match="« grafana » n'existe pas") as caught:
        consoles.open("grafana")
    assert caught.value.hint == "consoles : stats, secret"


def test_a_machine_that_does_not_run_is_told_before_any_browser() -> None:
    def off(vm: str) -> SshLink:
        raise VmError(vm, "la machine est éteinte")

    consoles = Consoles([STATS], TOPOLOGY, off)
    with pytest.raises(VmError, match="éteinte"):
        consoles.open("stats")
    assert consoles.listed()[0].url is None


def test_closed_they_answer_no_more_and_can_be_opened_again(consoles: Consoles) -> None:
    url = consoles.open("stats").url or ""
    consoles.close()
    assert consoles.listed()[0].url is None
    with pytest.raises(urllib.error.URLError):
        get(url)
    assert get(consoles.open("stats").url or "")[2] == "/stats"
