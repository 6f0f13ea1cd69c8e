"""Serves the port: requests in, workers forked, answers out."""

import base64
import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from lab_agent.program import PYTHON, Compiled, Program
from lab_agent.worker import CHUNK, work

PROTOCOL = 1
LINE_LIMIT = 32 * 2**20
"""Bytes of one request: a machine has little memory, and the host sends far less."""


class Agent:
    """Serves one port until the process ends."""

    def __init__(self, port: int, lost: Callable[[], None]) -> None:
        self._port = port
        self._lost = lost
        """Blocks until the host is there again."""
        self._selector = selectors.DefaultSelector()
        self._in = bytearray()
        self._out = bytearray()
        self._workers: dict[str, int] = {}
        """By request id: process id."""
        self._compiled = Compiled()

    def serve(self) -> NoReturn:
        """Obey for ever."""
        self._selector.register(self._port, selectors.EVENT_READ, self._listen)
        while True:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
            self._selector.modify(self._port, wanted, self._listen)
            for key, events in self._selector.select():
                key.data(key.fd, events)

    def _listen(self, port: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._send()
        if not events & selectors.EVENT_READ:
            return
        try:
            data = os.read(port, CHUNK)
        except BlockingIOError:
            return
        if not data:
            # Nobody on the host's side: what was half said is worth nothing to the next one.
            self._in.clear()
            self._out.clear()
            self._selector.unregister(port)
            self._lost()
            self._selector.register(port, selectors.EVENT_READ, self._listen)
            return
        self._in += data
        while (end := self._in.find(b"\n")) >= 0:
            line = bytes(self._in[:end])
            del self._in[: end + 1]
            self._obey(line)
        if len(self._in) > LINE_LIMIT:
            self._in.clear()

    def _send(self) -> None:
        try:
            sent = os.write(self._port, self._out[:CHUNK])
        except BlockingIOError:
            return
        except OSError:
            self._out.clear()
            return
        del self._out[:sent]

    def _answer(self, answer: dict[str, Any]) -> None:
        self._out += json.dumps(answer).encode() + b"\n"

    def _obey(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except ValueError:
            # The end of what an earlier host began.
            return
        if "hello" in request:
            # Ends the line that a saved state was taken in the middle of.
            self._out += b"\n"
            self._answer({"hello": request["hello"], "protocol": PROTOCOL})
        elif "cancel" in request:
            worker = self._workers.get(request["cancel"])
            if worker is not None:
                os.kill(worker, signal.SIGTERM)
        elif "clock" in request:
            self._answer({"id": request["id"], **set_clock(request["clock"])})
        else:
            self._begin(request)

    def _begin(self, request: dict[str, Any]) -> None:
        stdin = base64.b64decode(request.pop("stdin"))
        if request["argv"] == PYTHON:
            with suppress(SyntaxError, ValueError, TypeError):
                # What cannot be compiled says so where it runs.
                self._compiled.prepare(stdin)
        inside, outside = os.pipe()
        worker = os.fork()
        if worker == 0:
            os.close(inside)
            program = Program(request["argv"], stdin, self._compiled.codes)
            work(self._port, outside, request, program)
        os.close(outside)
        os.set_blocking(inside, False)
        self._workers[request["id"]] = worker
        report = bytearray()

        def collect(pipe: int, _events: int) -> None:
            data = os.read(pipe, CHUNK)
            report.extend(data)
            if data:
                return
            self._selector.unregister(pipe)
            os.close(pipe)
            os.waitpid(self._workers.pop(request["id"]), 0)
            if report:
                self._out += report
            else:
                self._answer({"id": request["id"], "error": "interrompue"})

        self._selector.register(inside, selectors.EVENT_READ, collect)


def set_clock(seconds: float) -> dict[str, Any]:
    """Set the time; what is to be answered."""
    try:
        time.clock_settime(time.CLOCK_REALTIME, seconds)
    except OSError as error:
        return {"error": str(error)}
    return {"exit": 0, "stdout": "", "stderr": ""}
