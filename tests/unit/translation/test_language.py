"""Which language, how words are chosen, and what French costs."""

import os
import subprocess
import sys

import pytest

from pcapra_lab import i18n


def spoken(program: str, language: str | None) -> str:
    """What a program prints in a process of its own: the language is fixed at import."""
    environment = {name: value for name, value in os.environ.items() if name != i18n.VARIABLE}
    if language is not None:
        environment[i18n.VARIABLE] = language
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("", "fr"),
        ("fr", "fr"),
        ("en", "en"),
        ("EN", "en"),
        ("en_GB.UTF-8", "en"),
        ("en-US", "en"),
        ("en.UTF-8", "en"),
        ("eng", "fr"),
        ("de", "fr"),
    ],
)
def test_the_variable_chooses(wanted: str, language: str) -> None:
    assert i18n._chosen(wanted) == language


WORDS = """
from pcapra_lab.i18n import _, N_, ngettext
print(_("Quitter"), N_("Quitter"), _("nothing says this"), sep="|")
for count in (0, 1, 2):
    print(ngettext("{count} point", "{count} points", count).format(count=count))
"""


def test_french_is_what_the_sources_say() -> None:
    said = spoken(WORDS, None)
    assert said.splitlines() == [
        "Quitter|Quitter|nothing says this",
        "0 point",
        "1 point",
        "2 points",
    ]


def test_english_comes_from_the_catalogue_and_counts_its_own_way() -> None:
    said = spoken(WORDS, "en")
    assert said.splitlines() == [
        "Quit|Quitter|nothing says this",
        "0 points",
        "1 point",
        "2 points",
    ]


def test_the_locale_of_the_shell_does_not_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LANGUAGE", "LC_ALL"):
        monkeypatch.setenv(name, "en_GB.UTF-8")
    assert spoken(WORDS, None).startswith("Quitter|")


def test_french_opens_no_catalogue_and_does_not_import_their_reader() -> None:
    program = (
        "import sys; from pcapra_lab.i18n import _, ngettext; _('Quitter'); ngettext('a', 'b', 2);"
        "print('gettext' in sys.modules)"
    )
    assert spoken(program, "fr") == "False"
    assert spoken(program, "en") == "True"


MADE = """
from pcapra_lab.lab.events import Phase
from pcapra_lab.lab.leftovers import Kind
from pcapra_lab.lab.lock import HolderKind
from pcapra_lab.lab.faults.record import MANUAL
from pcapra_lab.session.preferences import Look
print([*Phase, *Kind, *HolderKind, *Look, MANUAL.label])
"""


def test_what_is_stored_does_not_change_with_the_language() -> None:
    assert spoken(MADE, "en") == spoken(MADE, "fr")


def test_what_is_stored_is_shown_translated() -> None:
    program = "from pcapra_lab.lab.events import Phase; print(Phase.BOOT.word, Phase.SAVE.word)"
    assert spoken(program, "fr") == "démarrage mise en sommeil"
    assert spoken(program, "en") == "boot going to sleep"
