"""Markdown and terminal bytes as linear text."""

import random

import pytest

from pcapra_lab.cli.plain_output import PlainOutput, Reader
from pcapra_lab.cli.plain_prose import WIDTH, prose

AT_PROMPT, RUNNING = b"\x1b[?2004h", b"\x1b[?2004l"


def told(*chunks: bytes) -> str:
    output = PlainOutput()
    return "".join(output.feed(chunk) for chunk in chunks) + output.rest()


def test_prose_loses_its_signs_and_keeps_its_commands() -> None:
    text = prose("Un **mot**, un *autre* et `ls -l`,\n[la page](https://x.org).\n\n### Sous-titre")
    assert text == "Un mot, un autre et `ls -l`, la page (https://x.org).\n\nSous-titre"


def test_prose_is_wrapped_without_cutting_a_command() -> None:
    text = prose("mot " * 17 + "`borg list --last 1 --short /sauvegarde/depot` fin " * 3)
    lines = text.splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= WIDTH
    assert sum(line.count("`borg list --last 1 --short /sauvegarde/depot`") for line in lines) == 3


def test_lists_are_numbered_and_nested() -> None:
    text = prose("3. trois\n4. quatre\n   - dedans\n   - encore\n\n> cité")
    assert text.split("\n\n") == ["3. trois", "4. quatre", "  - dedans", "  - encore", "    cité"]


def test_a_table_reads_row_by_row_with_its_columns_named() -> None:
    text = prose("| Sigle | Sens |\n|---|---|\n| RTO | durée |\n| RPO | perte |")
    assert text == "- Sigle : RTO ; Sens : durée\n\n- Sigle : RPO ; Sens : perte"


def test_colours_titles_and_the_prompt_are_left_out() -> None:
    output = PlainOutput()
    said = output.feed(b"\x1b]0;titre\x07" + AT_PROMPT + b"\x1b[32mstagiaire@srv\x1b[0m:~$ ")
    assert (said, output.reader, output.prompts) == ("", Reader.PROMPT, 1)
    assert output.prompt == "stagiaire@srv:~$ "
    said = output.feed(b"ls\r\n" + RUNNING + b"\r\x1b[1;34mdossier\x1b[0m\r\nfin")
    assert (said, output.reader) == ("dossier\n", Reader.PROGRAM)
    assert output.feed(AT_PROMPT + b"$ ") == "fin\n"
    assert (output.prompts, output.prompt) == (2, "$ ")


def test_a_counter_is_told_once() -> None:
    assert told(b"10 %\r20 %\r100 %\r", b"\nfini\r\n") == "100 %\nfini\n"


def test_what_is_written_over_a_told_line_is_a_new_line() -> None:
    output = PlainOutput()
    output.feed(b"10 %")
    assert output.rest() == "10 %"
    assert output.feed(b"\r20 %\r\n") == "\n20 %\n"


def test_apt_s_bar_below_the_text_is_left_out() -> None:
    bar = b"\x1b7\x1b[24;0f\x1b[42mProgress: [ 40%]\x1b[49m [####..] \x1b8"
    assert told(b"Unpacking borg" + bar + b"backup\r\n") == "Unpacking borgbackup\n"


def test_a_full_screen_program_is_not_told_and_its_prompts_are_none() -> None:
    output = PlainOutput()
    output.feed(RUNNING + b"\x1b[?1049h" + AT_PROMPT + b"~ vim ~")
    assert output.full_screen
    assert output.reader is Reader.PROGRAM
    assert output.feed(b"\x1b[?1049l" + b"sorti\r\n") == "sorti\n"


def test_an_erased_letter_is_erased_where_it_was_told() -> None:
    output = PlainOutput()
    output.feed(b"oui")
    assert output.rest() == "oui"
    assert output.feed(b"\b \b") + output.rest() == "\b \b"
    assert output.feed(b"x\r\n") == "x\n"


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("Do you want to continue? [Y/n] ", True),
        ("Souhaitez-vous continuer ? [O/n] ", True),
        ("continue connecting (yes/no/[fingerprint])? ", True),
        ("borg@sauvegarde's password: ", True),
        ("Reading package lists... ", False),
        ("0% [Working]", False),
        ("35% Compacting:", False),
        ("1.23 MB O 1.10 MB C 9 N etc/foo:", False),
        ("", False),
    ],
)
def test_questions_are_told_from_progress(line: str, asks: bool) -> None:
    output = PlainOutput()
    output.feed(line.encode())
    assert output.asking is asks


def test_any_bytes_in_any_pieces_leave_no_escape_and_raise_nothing() -> None:
    draw = random.Random(20261123)  # noqa: S311 - reproducible, not secret
    pieces = [b"\x1b", b"[", b"?2004h", b"?1049l", b"\x1b]0;", b"\x07", b"7", b"8", b"\r", b"\n"]
    for _ in range(300):
        output = PlainOutput()
        said = ""
        for _ in range(60):
            chunk = draw.choice([*pieces, draw.randbytes(3), b"mot "])
            said += output.feed(chunk) + output.rest()
        assert "\x1b" not in said
        assert "\x07" not in said


def test_pieces_do_not_change_the_text() -> None:
    stream = "\x1b[32mé\x1b[0m un\r\n".encode() + RUNNING + b"deux\r\n" + AT_PROMPT + b"$ "
    assert told(*(stream[i : i + 1] for i in range(len(stream)))) == told(stream)
