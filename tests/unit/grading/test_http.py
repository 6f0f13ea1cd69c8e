"""``http``: a real server on this machine, real refusals, and the verdict."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from local_guest import LocalGuest, item, judged, make_check, make_step

from pcapra_lab.grading.facts import ErrorFact
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.results import CheckResult, Outcome
from pcapra_lab.grading.runner import Grader
from pcapra_lab.grading.units.http import HttpFact, at_path, http_item

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR
SECRET = "Basic c2VjcmV0"
PATRONI = '{"state": "running", "role": "primary", "members": [{"lag": 0, "ok": true}]}'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = 200, PATRONI
        if self.path == "/prive" and self.headers["Authorization"] != SECRET:
            status, body = 401, "mot de passe ?"
        if self.path == "/huge":
            body = "x" * (300 * 1024)
        self.send_response(status)
        self.send_header("X-Serveur", "web1")
        self.send_header("X-Host", self.headers["Host"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: it would go to the tests' output."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()
        thread.join()


def fact_of(url: str, **fields: Any) -> HttpFact:
    fact = evaluate(item("http") | http_item(url) | fields)
    return HttpFact.model_validate_json(json.dumps(fact))


def graded(url: str, folder: Path, **fields: Any) -> CheckResult:
    """Through the real agent, on this machine."""
    step = make_step(make_check("http", url=url, **fields))
    [result] = Grader(LocalGuest()).grade(step, {}, folder).results
    return result


@pytest.mark.parametrize(
    ("path", "fields", "expected", "observed"),
    [
        ("", {}, PASS, "réponse 200"),
        ("/prive", {}, FAIL, "réponse 401"),
        ("/prive", {"status": None}, PASS, "réponse 401"),
        ("/", {"body_matches": "primary"}, PASS, "réponse 200"),
        ("/", {"body_matches": "replica"}, FAIL, "la réponse : {"),
        ("/", {"body_lacks": "runn\\w+"}, FAIL, "la réponse contient « running »"),
        ("/", {"json_values": {"state": "running", "members[0].lag": 0}}, PASS, "réponse 200"),
        ("/", {"json_values": {"members[0].ok": True}}, PASS, "réponse 200"),
        ("/", {"json_values": {"members[0].ok": 1}}, FAIL, "members[0].ok = true"),
        ("/", {"json_values": {"role": "replica"}}, FAIL, 'role = "primary"'),
        ("/", {"json_values": {"members[1].lag": 0}}, FAIL, "members[1].lag = absent"),
        ("/prive", {"status": 401, "json_values": {"a": 1}}, FAIL, "la réponse n'est pas du JSON"),
        ("/", {"response_headers": {"x-serveur": "web1"}}, PASS, "réponse 200"),
        ("/", {"response_headers": {"X-Serveur": "web2"}}, FAIL, "en-tête X-Serveur : web1"),
        ("/", {"response_headers": {"Autre": "x"}}, FAIL, "en-tête Autre : absent"),
        (
            "/",
            {
                "headers": {"Host": "client.example"},
                "response_headers": {"X-Host": "client.example"},
            },
            PASS,
            "réponse 200",
        ),
        ("/prive", {"headers": {"Authorization": SECRET}, "bare_status": 401}, PASS, "réponse 200"),
        (
            "/",
            {"headers": {"Authorization": SECRET}, "bare_status": 401},
            FAIL,
            "sans authentification : réponse 200",
        ),
        ("/huge", {"body_matches": "y"}, ERROR, "la réponse dépasse"),
        ("/huge", {"json_values": {"a": 1}}, ERROR, "la réponse dépasse"),
        ("/", {"refused": True}, FAIL, "réponse 200"),
    ],
)
def test_answers(
    server: str,
    tmp_path: Path,
    path: str,
    fields: dict[str, Any],
    expected: Outcome,
    observed: str,
) -> None:
    result = graded(server + path, tmp_path, **fields)
    assert result.outcome is expected, result
    assert result.observed.startswith(observed)
    assert (result.hint == "") == (expected is PASS)


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_refused_connection_fails_or_is_what_was_asked(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{unused()}/"
    result = graded(url, tmp_path)
    assert (result.outcome, result.observed) == (FAIL, "connexion refusée")
    assert graded(url, tmp_path, refused=True).outcome is PASS


def test_a_server_that_says_nothing_fails_in_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        fact = fact_of(f"http://127.0.0.1:{mute.getsockname()[1]}/", wait=0.2)
    assert fact.failure == "timeout"
    assert fact.seconds < 5


def test_what_does_not_speak_http_fails() -> None:
    def answer(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link:
            link.recv(65536)
            link.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        fact = fact_of(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert fact.failure == "protocol"


def test_an_unknown_name_fails_but_proves_no_refusal() -> None:
    fact = fact_of("http://nom.invalide/")
    assert fact.failure == "unknown-name"
    assert judged(make_check("http", url="http://nom.invalide/"), fact).outcome is FAIL
    refused = make_check("http", url="http://nom.invalide/", refused=True)
    assert judged(refused, fact).outcome is ERROR


def test_an_address_that_is_no_url_is_an_error(tmp_path: Path) -> None:
    result = graded("ftp://x", tmp_path)
    assert result.outcome is ERROR
    assert "ftp://x" in result.observed


def test_the_authority_must_be_the_one_named(tmp_path: Path) -> None:
    key, certificate = tmp_path / "cle.pem", tmp_path / "ac.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", *options.split(), *names, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            url = f"https://127.0.0.1:{httpd.server_address[1]}/"
            trusted = fact_of(url, ca_file=str(certificate))
            unknown = fact_of(url)
            absent = fact_of(url, ca_file=str(tmp_path / "absent.pem"))
            plain = fact_of(url.replace("https", "http"))
        finally:
            httpd.shutdown()
            thread.join()
    assert (trusted.status, trusted.failure) == (200, "")
    assert (unknown.failure, absent.failure) == ("tls", "no-ca")
    assert "self" in unknown.detail
    assert plain.failure in ("protocol", "reset")


def test_an_error_fact_stays_an_error() -> None:
    fact = ErrorFact(kind="error", reason="os", detail="ENOMEM")
    assert judged(make_check("http", url="http://x/"), fact).outcome is ERROR


@pytest.mark.parametrize(
    ("path", "found"), [("a", 1), ("b[1].c", "x"), ("b[0]", [2]), ("b[0][0]", 2)]
)
def test_paths(path: str, found: object) -> None:
    assert at_path({"a": 1, "b": [[2], {"c": "x"}]}, path) == found
