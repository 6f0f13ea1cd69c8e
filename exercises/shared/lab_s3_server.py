"""A simulator of an S3 host, for what restic and rclone ask of one. Not an S3 server.

It answers the REST API of the Amazon S3 API Reference, path style, for: ListBuckets,
HeadBucket, GetBucketLocation, ListObjectsV2, ListObjects, ListObjectVersions; GetObject (one
range), HeadObject, PutObject, DeleteObject, each of the last two with versions; and a bucket's
versioning, Object Lock and policy. All else is refused (NotImplemented), multipart uploads among
them: restic makes one part of all that is under 200 MiB, and a pack is of 16 (restic 0.14,
internal/backend/s3/s3.go, ``PartSize``; doc/047_tuning_backup_parameters.rst, « Pack Size »).

It does not have what makes a host worth paying: several disks and rooms, lifecycle rules,
replication, bills. Users and keys come from its configuration: there is no IAM to ask.

The file of configuration, JSON::

    {"port": 443, "certificate": "…", "private_key": "…", "store": "/var/lib/…",
     "endpoints": [{"hosts": ["s3.eu-west-3.nuage.test"], "region": "eu-west-3",
                    "buckets": ["seau"],
                    "keys": [{"id": "…", "secret": "…", "user": "arn:…", "statements": […]}]}]}
"""

import json
import re
import secrets
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from lab_s3_admission import headers_of, length_of, name_of, refuse_unknown, signer, verify_body
from lab_s3_answer import Answer, refusal
from lab_s3_request import Endpoint, Request, User
from lab_s3_routes import perform
from lab_s3_store import Bucket
from lab_sigv4 import Refused


class Host(ThreadingHTTPServer):
    """The server: endpoints by the name that the client asks for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], configuration: dict[str, Any]):
        self.endpoints: dict[str, Endpoint] = {}
        store = Path(configuration["store"])
        for one in configuration["endpoints"]:
            endpoint = Endpoint(
                one["region"],
                {name: Bucket(store / one["region"] / name) for name in one["buckets"]},
                {
                    key["id"]: User(key["secret"], key["user"], tuple(key["statements"]))
                    for key in one["keys"]
                },
            )
            self.endpoints |= dict.fromkeys(one["hosts"], endpoint)
        self.tls: ssl.SSLContext | None = None
        if "certificate" in configuration:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(configuration["certificate"], configuration["private_key"])
        super().__init__(address, Handler)

    def get_request(self) -> Any:
        """A connection; the handshake is left to its own thread."""
        link, address = super().get_request()
        link.settimeout(120)
        if self.tls is not None:
            link = self.tls.wrap_socket(link, server_side=True, do_handshake_on_connect=False)
        return link, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves, or does not want our certificate, is no event."""
        print(f"{client_address[0]}: {sys.exc_info()[1]!r}", file=sys.stderr, flush=True)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Host
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "S3-simulator", ""

    def handle(self) -> None:
        """Requests, until the client leaves."""
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()
        super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Said in `_serve`, with who asked."""

    def _serve(self) -> None:
        self.asker, self.taken = "-", False
        try:
            answer = self._answer()
        except Refused as why:
            answer = refusal(why)
        except FileNotFoundError:
            answer = refusal(Refused(404, "NoSuchKey", "It has just been deleted."))
        except Exception as error:
            print(f"{self.command} {self.path}: {error!r}", file=sys.stderr, flush=True)
            answer = refusal(Refused(500, "InternalError", "We encountered an internal error."))
        left = self.headers.get("content-length", "0")
        if not self.taken and (left != "0" or "transfer-encoding" in self.headers):
            # What was not read would be taken for the next request; and closing upon it would
            # reset the connection before the client reads why.
            self.close_connection = True
            if re.fullmatch("[0-9]{1,6}", left):
                self.rfile.read(int(left))
        print(f"{self.asker} {self.command} {self.path} {answer.status}", flush=True)
        self.send_response(answer.status)
        self.send_header("x-amz-request-id", secrets.token_hex(8).upper())
        headers = dict(answer.headers or {})
        if answer.status != 204:
            headers.setdefault("Content-Length", str(len(answer.body)))
        if answer.body and "Content-Type" not in headers:
            headers["Content-Type"] = "application/xml"
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve

    def _answer(self) -> Answer:
        path, _, query = self.path.partition("?")
        heads = headers_of(self.headers.items())
        endpoint = self.server.endpoints.get(heads.get("host", "").partition(":")[0].lower())
        if endpoint is None:
            raise Refused(404, "NoSuchEndpoint", "No endpoint of this host has that name.")
        if not path.startswith("/"):
            raise Refused(400, "InvalidURI", "Couldn't parse the specified URI.")
        bucket, _, key = path[1:].partition("/")
        parameters = dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
        refuse_unknown(heads, parameters)
        user, signed = signer(endpoint, self.command, path, query, heads, parameters)
        self.asker = user.arn.rpartition("/")[2]
        length = length_of(self.command, heads)
        body = self.rfile.read(length)
        self.taken = True
        verify_body(body, length, signed, heads)
        parameters = {
            name: value for name, value in parameters.items() if not name.startswith("X-Amz-")
        }
        return perform(
            Request(
                self.command, name_of(bucket), name_of(key), parameters, heads, body, endpoint, user
            )
        )


def main(configuration: str) -> None:
    """Serve, until stopped."""
    settings = json.loads(Path(configuration).read_text())
    Host(("", settings["port"]), settings).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
