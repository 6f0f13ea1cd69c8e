"""Properties of systemd's units, asked of systemd itself.

Over its private socket, as systemctl does for root, and by its D-Bus interface
(org.freedesktop.systemd1(5)): under emulation, starting systemctl costs more than all the other
looks of a step together.
"""

import socket
from pathlib import Path

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Properties
from jeepney.io.blocking import prep_socket
from jeepney.low_level import Parser

from pcapra_lab.grading.guest.core import Failure

PRIVATE = Path("/run/systemd/private")
_NAME = "org.freedesktop.systemd1"
_UNIT = f"{_NAME}.Unit"
_OF_EVERY_UNIT = frozenset({"LoadState", "ActiveState", "SubState", "UnitFileState"})
_TYPES = frozenset({"automount", "mount", "path", "scope", "service", "slice", "socket", "swap"})
_TYPES |= {"target", "timer"}


def properties(unit: str, names: tuple[str, ...], timeout: float) -> dict[str, str]:
    """Properties of ``unit`` as text, empty where its type has none.

    A unit that does not exist has a ``LoadState``, ``not-found``. A name without a type is a
    service's, as for systemctl(1).

    Raises:
        Failure: systemd does not answer.
    """
    name, dot, type_ = unit.rpartition(".")
    if not dot or type_ not in _TYPES:
        name, type_ = unit, "service"
    path = f"/org/freedesktop/systemd1/unit/{label(f'{name}.{type_}')}"
    of_all = DBusAddress(path, _NAME, _UNIT)
    of_type = DBusAddress(path, _NAME, f"{_NAME}.{type_.capitalize()}")
    questions = [Properties(of_all if one in _OF_EVERY_UNIT else of_type).get(one) for one in names]
    try:
        with prep_socket(str(PRIVATE), timeout=timeout) as link:
            link.settimeout(timeout)
            return dict(zip(names, _answers(link, questions), strict=True))
    except TimeoutError as error:
        raise Failure("deadline") from error
    except OSError as error:
        raise Failure("tool", f"systemd : {error}") from error


def _answers(link: socket.socket, questions: list[Message]) -> list[str]:
    """Ask everything at once. Nobody says Hello to this socket: it leads to no message bus."""
    link.sendall(b"".join(one.serialise(serial) for serial, one in enumerate(questions, 1)))
    parser, told = Parser(), dict.fromkeys(range(1, len(questions) + 1), "")
    for _ in questions:
        while (reply := parser.get_next_message()) is None:
            if not (data := link.recv(4096)):
                raise ConnectionError("connexion close")
            parser.add_data(data)
        # An error says that a unit of this type has no such property.
        if reply.header.message_type is MessageType.method_return:
            told[reply.header.fields[HeaderFields.reply_serial]] = str(reply.body[0][1])
    return list(told.values())


def label(name: str) -> str:
    """A name as the last part of an object's path.

    sd_bus_path_encode(3): every byte but ASCII letters and digits, and a digit in front, as ``_``
    and its hexadecimal digits.
    """
    text = "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isalnum() else f"_{byte:02x}"
        for byte in name.encode()
    )
    return f"_{ord(text[0]):02x}{text[1:]}" if text[:1].isdigit() else text
