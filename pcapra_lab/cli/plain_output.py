"""A shell's bytes as linear text, and what they tell of who reads the keyboard."""

import codecs
import re
from enum import Enum, auto

_ESCAPE = re.compile(
    r"""
    \x1b\[ (?P<csi>[0-?]*) [ -/]* (?P<final>[@-~])      # CSI
    | \x1b\] [^\x07\x1b]* (?: \x07 | \x1b\\ )           # OSC, such as a window's title
    | \x1b[PX^_] [^\x1b]* \x1b\\                        # DCS, SOS, PM, APC
    | \x1b (?P<keep>[78])                               # DECSC, DECRC
    | \x1b [ -/]* [0-OQ-WYZ\\`-~]                        # anything else
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    r"\x1b (?: \[ [0-?]* [ -/]* | \] [^\x07\x1b]* \x1b? | [PX^_] [^\x1b]* \x1b? | [ -/]* )",
    re.VERBOSE,
)
"""What may still become one of these."""
_UNFINISHED_LIMIT = 4096
"""Characters after which a sequence without an end is taken for noise."""

_QUESTION = re.compile(r"(\?|:|\[[^\[\]/]+/[^\[\]]+\])\s*$")
_COUNTER = re.compile(r"^\s*[\d.,]+ ?(%|[kMGT]?B\b)")
"""Progress of apt or borg: it may end in a colon, and awaits nobody."""


class Reader(Enum):
    """Who reads what is typed."""

    PROMPT = auto()
    PROGRAM = auto()


class PlainOutput:
    """Keeps the text that programs write one line after the other.

    Left out: colours and cursor moves, what a prompt echoes while it is typed at, what is drawn
    between a saved cursor and its return (apt's progress bar), and full-screen programs. Of a
    line written over by carriage returns, only the last writing is told.

    readline sets DECSET 2004 at its prompt and resets it while a command runs
    (https://tiswww.case.edu/php/chet/readline/readline.html, enable-bracketed-paste).
    """

    def __init__(self) -> None:
        self.reader = Reader.PROGRAM
        self.full_screen = False
        """A program has the alternate screen (DECSET 1049)."""
        self.prompts = 0
        """How many times a prompt has come."""
        self.prompt = ""
        """The prompt's last line, so far."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._raw = ""
        self._line = ""
        self._told = 0
        self._returned = False
        """A carriage return came: what follows is written over the line, unless it ends it."""
        self._aside = False

    def feed(self, data: bytes) -> str:
        """Take bytes in; the whole lines that they end."""
        self._raw += self._decoder.decode(data)
        out: list[str] = []
        while self._raw:
            start = self._raw.find("\x1b")
            if start:
                text = self._raw if start < 0 else self._raw[:start]
                self._raw = self._raw[len(text) :]
                out.append(self._text(text))
                continue
            match = _ESCAPE.match(self._raw)
            if match is None:
                if len(self._raw) < _UNFINISHED_LIMIT and _UNFINISHED.fullmatch(self._raw):
                    break
                self._raw = self._raw[1:]
                continue
            self._raw = self._raw[match.end() :]
            out.append(self._obey(match))
        return "".join(out)

    def rest(self) -> str:
        """What was not told yet of the line under way: a question, a counter that stands still."""
        new = self._line[self._told :]
        self._told = len(self._line)
        return new

    @property
    def asking(self) -> bool:
        """The line under way looks like a question to whoever is at the keyboard."""
        line = self._line
        return bool(_QUESTION.search(line)) and not _COUNTER.match(line)

    def _obey(self, escape: re.Match[str]) -> str:
        if escape["keep"]:
            self._aside = escape["keep"] == "7"
        elif escape["final"] in ("h", "l") and escape["csi"].startswith("?"):
            on = escape["final"] == "h"
            modes = escape["csi"][1:].split(";")
            if "1049" in modes:
                self.full_screen = on
            if "2004" in modes and not self.full_screen:
                return self._turn(Reader.PROMPT if on else Reader.PROGRAM)
        return ""

    def _turn(self, reader: Reader) -> str:
        self.reader = reader
        self.prompts += reader is Reader.PROMPT
        # What a command wrote last may lack its newline.
        out = self.rest() + "\n" if self._line.strip() else ""
        self._begin_line()
        self.prompt = ""
        return out

    def _text(self, text: str) -> str:
        if self._aside or self.full_screen:
            return ""
        if self.reader is Reader.PROMPT:
            lines = (self.prompt + text).replace("\r", "\n").split("\n")
            self.prompt = "".join(c for c in lines[-1] if c >= " ")
            return ""
        out: list[str] = []
        for part in re.split(r"(\r*\n|\r+|\x08)", text):
            if part.endswith("\n"):
                out.append(self.rest() + "\n")
                self._begin_line()
            elif part.startswith("\r"):
                self._returned = True
            elif part == "\x08":
                self._erase(out)
            elif part:
                if self._returned:
                    # Told already: what is written over it becomes a line of its own.
                    out.append("\n" if self._told else "")
                    self._begin_line()
                self._line += "".join(c for c in part if c >= " " or c == "\t")
        return "".join(out)

    def _begin_line(self) -> None:
        self._line, self._told, self._returned = "", 0, False

    def _erase(self, out: list[str]) -> None:
        if self._told and self._told >= len(self._line):
            out.append("\x08 \x08")
            self._told -= 1
        self._line = self._line[:-1]
