"""The command that edits a file, run by a shell: which program gets which path."""

import subprocess
from pathlib import Path

import pytest

from pcapra_lab.session.editing import edit_command


@pytest.mark.parametrize(
    ("path", "program"),
    [
        ("/etc/haproxy/haproxy.cfg", "sudoedit"),
        ("/usr/local/bin/sauvegarde", "sudoedit"),
        ("/root/.borg pass", "sudoedit"),
        ("/home/stagiaire2/x", "sudoedit"),
        ("/home/stagiaire/notes/l'été.txt", "nano"),
        ("/tmp/$HOME;id", "nano"),
        ("/var/tmp/x", "nano"),
    ],
)
def test_the_right_program_gets_the_path_as_it_is(tmp_path: Path, path: str, program: str) -> None:
    for name in ("sudoedit", "nano"):
        fake = tmp_path / name
        fake.write_text('#!/bin/sh\nprintf "%s|" "${0##*/}" "$#" "$1"\n')
        fake.chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", "-c", edit_command(path)],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{program}|1|{path}|"


def test_the_trainees_own_editor_is_preferred(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/bash", "-c", edit_command("/home/stagiaire/x")],
        env={"PATH": "/usr/bin:/bin", "EDITOR": "echo vim -n"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "vim -n /home/stagiaire/x\n"
