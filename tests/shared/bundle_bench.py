"""A bundle of made-up products, and a loopback HTTP server that offers them, or fails to."""

import hashlib
import os
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

from pcapra_lab.content.bundle import BundleFile, BundleKind, BundleRecipe, Licence, Product
from pcapra_lab.lab.bundle.library import Held, Library
from pcapra_lab.lab.bundle.register import Register
from pcapra_lab.lab.events import LabEvent

NOBODY = threading.Event()


@dataclass
class Site:
    """What the server offers, how it behaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    """Whether it can go on from the middle."""
    cut_after: int | None = None
    """The connection is cut after so many bytes of the answer's body."""
    silent: bool = False
    """It says nothing, or nothing more once the connection would be cut, until ``speaks``."""
    speaks: threading.Event = field(default_factory=threading.Event)
    stuck: threading.Event = field(default_factory=threading.Event)
    """Set once it has stopped speaking."""
    lengths: bool = True
    """Whether it says how much it sends."""
    asked: list[str] = field(default_factory=list)
    """The ``Range`` of each request, empty where there was none."""
    address: str = ""

    def keep_silent(self) -> None:
        self.stuck.set()
        self.speaks.wait()

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


@contextmanager
def upstream() -> Iterator[Site]:
    """An upstream's site, for as long as the block."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            site.asked.append(wanted)
            data = site.files.get(self.path.lstrip("/"))
            if data is None:
                self.send_error(404)
                return
            if site.silent and site.cut_after is None:
                site.keep_silent()
            start = 0
            if wanted and site.ranges:
                match = re.fullmatch(r"bytes=(\d+)-", wanted)
                assert match is not None, wanted
                start = int(match[1])
                if start >= len(data):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(data)}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(206)
                end = len(data) - 1
                self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
            else:
                self.send_response(200)
            if site.lengths:
                self.send_header("Content-Length", str(len(data) - start))
            self.send_header("Connection", "close")
            self.end_headers()
            with suppress(OSError):
                # The other end may leave first.
                self.wfile.write(data[start:][: site.cut_after])
                if site.silent:
                    site.keep_silent()
            self.close_connection = True

    with (
        patch.dict(os.environ, {"no_proxy": "127.0.0.1"}),
        ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        site.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield site
        finally:
            site.speaks.set()
            server.shutdown()
            thread.join()


@dataclass
class Bench:
    """A library on a folder of the test's own."""

    folder: Path
    files: list[BundleFile] = field(default_factory=list)
    events: list[LabEvent] = field(default_factory=list)

    @property
    def recipe(self) -> BundleRecipe:
        product = Product(
            id="essai",
            title="Essai",
            page="https://essai.invalid/telecharger",
            licence=Licence(name="MIT", url="https://essai.invalid/licence"),
            unlocks=["1-essai/01-essai"],
            files=self.files,
        )
        return BundleRecipe(schema_version=1, products=[product])

    @property
    def library(self) -> Library:
        """As a new process would see it."""
        register = Register(self.folder / "donnees" / "lot.json")
        return Library(self.folder / "lot", self.recipe, register)

    def held(self, name: str) -> Held:
        [found] = [one for one in self.library.held() if one.file.name == name]
        return found

    def declare(
        self,
        name: str,
        data: bytes | None = None,
        url: str | None = None,
        kind: BundleKind = BundleKind.BINARY,
        size: int | None = None,
    ) -> BundleFile:
        """A file of the product; ``data`` is what its digest in the course is computed from."""
        file = BundleFile(
            name=name,
            kind=kind,
            url=url,
            how=None if url else "Demandez-le.",
            sha256=None if data is None else sha256(data),
            size=size if data is None or size is not None else len(data),
        )
        self.files.append(file)
        return file

    def names(self) -> set[str]:
        """What is in the library's folder."""
        return {path.name for path in (self.folder / "lot").glob("*")}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def build_deb(folder: Path, name: str, version: str = "1.0") -> Path:
    """A real Debian package, that installs one file."""
    tree = folder / f".{name}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
        f"Maintainer: pcapra-lab <essai@pcapra.invalid>\nDescription: {name}\n"
    )
    (tree / f"usr/share/{name}").mkdir(parents=True)
    (tree / f"usr/share/{name}/preuve").write_text(f"{name} {version}\n")
    done = subprocess.run(
        ["dpkg-deb", "--build", "--root-owner-group", str(tree), str(folder)],
        check=True,
        capture_output=True,
    )
    assert done.returncode == 0
    return folder / f"{name}_{version}_all.deb"


def archive_of(path: Path, *files: Path) -> Path:
    """A plain tar archive."""
    with tarfile.open(path, "w") as tar:
        for file in files:
            tar.add(file, arcname=f"./{file.name}")
    return path
