"""A systemd that answers on a socket as its private one does: this machine has none."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.low_level import Message, Parser

Told = dict[tuple[str, str, str], tuple[str, object]]
"""By object path, interface and property: D-Bus type and value."""


class FakeSystemd:
    """Answers ``Get`` from ``told``, and an error for anything else.

    Args:
        path: where it listens.
        told: what it knows.
        silent: it takes what is said, and never answers.
    """

    def __init__(self, path: Path, told: Told, *, silent: bool = False) -> None:
        self._told = told
        self._silent = silent
        self.asked: list[tuple[str, str, str]] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, suppress(OSError):
                self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        # The D-Bus specification, « Authentication Protocol ».
        heard = b""
        while b"BEGIN\r\n" not in heard:
            data = client.recv(1024)
            if not data:
                return
            heard += data
            if not self._silent and heard.endswith(b"\r\n") and b"AUTH EXTERNAL" in data:
                client.sendall(b"OK 1234deadbeef\r\n")
        parser = Parser()
        parser.add_data(heard.partition(b"BEGIN\r\n")[2])
        while True:
            while (message := parser.get_next_message()) is not None:
                client.sendall(self._answer(message).serialise(message.header.serial))
            data = client.recv(4096)
            if not data:
                return
            parser.add_data(data)

    def _answer(self, message: Message) -> Message:
        assert message.header.message_type is MessageType.method_call
        interface, name = message.body
        question = (str(message.header.fields[HeaderFields.path]), interface, name)
        self.asked.append(question)
        if (value := self._told.get(question)) is None:
            error = "org.freedesktop.DBus.Error.UnknownProperty"
            return new_error(message, error, "s", (f"Unknown property {name}",))
        return new_method_return(message, "v", (value,))
