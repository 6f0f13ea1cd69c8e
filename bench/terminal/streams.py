"""What programs write: plain lines, coloured listings, cells addressed one by one."""

import random
from collections.abc import Callable

WORDS = (
    *("sauvegarde", "restauration", "archive", "dépôt", "réplication", "bascule", "quorum"),
    *("journal", "témoin", "eth0", "systemd", "sshd", "borg", "rsync", "nftables"),
)
COLUMNS, ROWS = 120, 40


def plain(size: int) -> bytes:
    """Numbered log lines in French."""
    words = random.Random(1)  # noqa: S311
    return _filled(size, lambda n: f"nov. 25 04:{n % 60:02} srv [{n}]: {_words(words, 9)}\n")


def coloured(size: int) -> bytes:
    """Listings whose every word has a colour of its own, of 16, 256 or all."""
    words = random.Random(2)  # noqa: S311

    def line(number: int) -> str:
        shown = []
        for word in _words(words, 8).split():
            n = words.randrange(256)
            colour = (f"1;{30 + n % 8}", f"38;5;{n}", f"38;2;{n};{255 - n};90")[n % 3]
            shown.append(f"\x1b[{colour}m{word}\x1b[0m")
        return f"{number:6} {'  '.join(shown)}\n"

    return _filled(size, line)


def addressed(size: int) -> bytes:
    """Words put anywhere on the screen, as a full-screen program does."""
    words = random.Random(3)  # noqa: S311

    def word(number: int) -> str:
        y, x = words.randrange(ROWS) + 1, words.randrange(COLUMNS - 20) + 1
        return f"\x1b[{y};{x}H\x1b[{number % 2}m{_words(words, 1)}"

    return _filled(size, word)


STREAMS: dict[str, Callable[[int], bytes]] = {
    "plain": plain,
    "coloured": coloured,
    "cursor-addressed": addressed,
}


def _words(words: random.Random, count: int) -> str:
    return " ".join(words.choices(WORDS, k=count))


def _filled(size: int, piece: Callable[[int], str]) -> bytes:
    """Whole pieces, at least ``size`` bytes of them."""
    out = bytearray()
    number = 0
    while len(out) < size:
        out += piece(number).encode()
        number += 1
    return bytes(out)
