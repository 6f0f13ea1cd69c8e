"""What an HTTP server answers to this machine."""

import http.client
import ssl
import time
from urllib.parse import urlsplit

from pcapra_lab.grading.guest.core import Fact, Failure, Item, within
from pcapra_lab.grading.guest.network import word

BODY_LIMIT = 256 * 1024


def look(item: Item) -> Fact:
    """Ask ``url``, giving up on a server that spells its headers out for ever."""
    return within(item, _look)


def _look(item: Item) -> Fact:
    """Ask, and once more without ``headers`` when ``bare`` is true."""
    started = time.monotonic()
    fact = {"kind": "http", **_ask(item, item["headers"])}
    if item.get("bare"):
        bare = _ask(item, {})
        fact["bare_status"] = bare["status"]
        fact["bare_failure"] = bare["failure"]
    return {**fact, "seconds": time.monotonic() - started}


def _ask(item: Item, headers: dict[str, str]) -> Fact:
    fact: Fact = {"failure": "", "detail": "", "status": 0, "headers": {}, "body": ""}
    try:
        return fact | _exchange(item, headers)
    except http.client.HTTPException as error:
        return fact | {"failure": "protocol", "detail": type(error).__name__}
    except OSError as error:
        if not (failure := word(error)):
            raise
        detail = getattr(error, "verify_message", "") or getattr(error, "reason", "")
        return fact | {"failure": failure, "detail": str(detail or "")}


def _exchange(item: Item, headers: dict[str, str]) -> Fact:
    url = urlsplit(item["url"])
    if url.scheme not in ("http", "https") or not url.hostname:
        raise Failure("url", item["url"])
    deadline = time.monotonic() + item["wait"]
    link: http.client.HTTPConnection
    if url.scheme == "https":
        try:
            trust = ssl.create_default_context(cafile=item.get("ca_file"))
        except OSError:
            # Absent, or not a certificate.
            return {"failure": "no-ca", "detail": item.get("ca_file") or ""}
        link = http.client.HTTPSConnection(
            url.hostname, url.port, timeout=item["wait"], context=trust
        )
    else:
        link = http.client.HTTPConnection(url.hostname, url.port, timeout=item["wait"])
    try:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        link.request(item["method"], target, headers={"Connection": "close", **headers})
        answer = link.getresponse()
        body = bytearray()
        # A server that gives a byte now and then would outlast any timeout of the socket's.
        while len(body) <= BODY_LIMIT and (chunk := answer.read1(65536)):
            body += chunk
            if time.monotonic() > deadline:
                return {"failure": "timeout"}
        return {
            "status": answer.status,
            # Repeated fields are one list (RFC 9110, 5.3); names have no case.
            "headers": {name.lower(): answer.headers.get_all(name) for name in answer.headers},
            "body": body[:BODY_LIMIT].decode("utf-8", "backslashreplace"),
            "truncated": len(body) > BODY_LIMIT,
        }
    finally:
        link.close()
