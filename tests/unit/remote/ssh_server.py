"""An SSH server in this process, on 127.0.0.1: enough of sshd for the link's tests.

A command is a Python function of the channel; it runs in a thread and ends the channel.
"""

import io
import shlex
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)

from pcapra_lab.remote.keys import KeyPair, generate
from pcapra_lab.remote.link import Endpoint

Program = Callable[[paramiko.Channel, list[str]], int]
Service = Callable[[paramiko.Channel], None]
"""What listens on a TCP port of the machine: it talks to one client, and ends the channel."""


@dataclass
class SshServer:
    """Serves until ``stop``; ``programs`` are found by the first word of a command."""

    programs: dict[str, Program] = field(default_factory=dict)
    host: KeyPair = field(default_factory=generate)
    client: KeyPair = field(default_factory=generate)
    port: int = 0
    """The kernel's choice when 0."""
    connections: list[paramiko.Transport] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    resized: threading.Event = field(default_factory=threading.Event)
    environment: dict[str, str] = field(default_factory=dict)
    services: dict[tuple[str, int], Service] = field(default_factory=dict)
    """By address and port."""
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = int(self._listener.getsockname()[1])
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def endpoint(self, host_key: str | None = None, private_key: str | None = None) -> Endpoint:
        return Endpoint(
            "srv", self.port, host_key or self.host.public, private_key or self.client.private
        )

    def drop(self) -> None:
        """Cut every connection, as a power cut does."""
        for transport in self.connections:
            transport.close()

    def stop(self) -> None:
        # Wakes accept(), which close() alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(10)
        self.drop()

    def _accept(self) -> None:
        key = paramiko.Ed25519Key.from_private_key(io.StringIO(self.host.private))
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(sock)
            transport.add_server_key(key)
            self.connections.append(transport)
            # With an event, start_server returns at once and handshakes in its own thread.
            door = _Door(self)
            transport.start_server(event=threading.Event(), server=door)
            threading.Thread(target=door.serve, args=(transport,), daemon=True).start()


class _Door(paramiko.ServerInterface):
    def __init__(self, server: SshServer) -> None:
        self._server = server
        self._wanted: dict[int, Service] = {}
        self._kept: list[paramiko.Channel] = []

    def serve(self, transport: paramiko.Transport) -> None:
        """Give each TCP channel to its service."""
        while transport.is_active():
            channel = transport.accept(0.2)
            if channel is None:
                continue
            # The transport holds its channels weakly: one that nobody keeps is closed.
            self._kept.append(channel)
            if service := self._wanted.pop(channel.chanid, None):
                threading.Thread(target=service, args=(channel,), daemon=True).start()

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        self._server.dialled.append(destination)
        service = self._server.services.get(destination)
        if service is None:
            return OPEN_FAILED_CONNECT_FAILED
        self._wanted[chanid] = service
        return OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = self._server.client.public.split()[1]
        good = username in ("root", "stagiaire") and key.get_base64() == known
        return AUTH_SUCCESSFUL if good else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        argv = shlex.split(command.decode())
        program = self._server.programs[argv[0]]
        # The client sends its input, or its end, once it was told that the command runs: a
        # program that ends before that would close the channel ahead of the answer.
        told = threading.Event()
        channel.in_buffer.set_event(told)

        def serve() -> None:
            try:
                told.wait(20)
                channel.send_exit_status(program(channel, argv))
            finally:
                channel.close()

        threading.Thread(target=serve, daemon=True).start()
        return True

    def check_channel_env_request(
        self, channel: paramiko.Channel, name: bytes, value: bytes
    ) -> bool:
        self._server.environment[name.decode()] = value.decode()
        return True

    def check_channel_pty_request(
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        self._server.environment["TERM"] = term.decode()
        self._server.sizes.append((width, height))
        return True

    def check_channel_window_change_request(
        self, channel: paramiko.Channel, width: int, height: int, pixelwidth: int, pixelheight: int
    ) -> bool:
        self._server.sizes.append((width, height))
        self._server.resized.set()
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        def echo() -> None:
            # A client that is gone ends the echo, at any of these calls.
            with suppress(EOFError, OSError):
                while data := channel.recv(4096):
                    if data == b"exit\r":
                        break
                    channel.sendall(data)
                channel.close()

        threading.Thread(target=echo, daemon=True).start()
        return True
