"""The course read in a real terminal, without any machine: with keys, and with the mouse."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from lab_process import PROGRAM, lab_home
from tmux_screen import TmuxScreen, tmux_screen

pytestmark = pytest.mark.e2e

SECTION = "6. Parcourir les archives"
OTHER = "À retenir"


@contextmanager
def at_home() -> Iterator[TmuxScreen]:
    """The app on its home screen; in the end it has quit by itself, and no lab was made."""
    with lab_home() as home, tmux_screen(home.env) as screen:
        screen.open([str(PROGRAM)])
        screen.shows("1.2 BorgBackup")
        yield screen
        assert screen.ended() == 0
        assert not list((home.root / "data" / "labs").glob("*"))


def gone(screen: TmuxScreen, words: str) -> None:
    screen.until(lambda seen: words not in seen, f"{words!r} to be gone")


def test_the_course_is_read_with_only_the_keyboard() -> None:
    with at_home() as screen:
        screen.type("/")
        screen.shows("Chercher dans tout le cours")
        screen.type("demontez")
        screen.shows("1.2 BorgBackup › Parcourir les archives")
        screen.press("Enter")
        screen.shows("Lecture seule")
        screen.shows(SECTION)
        screen.type("s")
        screen.shows("Sommaire")
        screen.press("End", "Enter")
        gone(screen, "Sommaire")
        screen.until(lambda seen: SECTION not in seen and OTHER in seen, "the last section")
        screen.type("g")
        screen.shows("Glossaire — mots de cette section")
        screen.press("Escape")
        gone(screen, "Glossaire —")
        screen.press("C-p")
        screen.shows("que voulez-vous faire ?")
        screen.type("accueil")
        screen.shows("Revenir à l'accueil")
        screen.press("Enter")
        screen.shows("Module 2")
        screen.press("F10")


def test_the_course_is_read_with_only_the_mouse() -> None:
    """Typed all the same: the word to be searched."""
    with at_home() as screen:
        screen.click_words("chercher dans le cours")
        screen.shows("Chercher dans tout le cours")
        screen.click_words("Échap fermer")
        gone(screen, "Chercher dans tout le cours")
        screen.click_words("chercher dans le cours")
        screen.shows("Chercher dans tout le cours")
        screen.type("demontez")
        screen.click_words("1.2 BorgBackup › Parcourir")
        screen.shows("Lecture seule")
        screen.shows(SECTION)
        screen.click_words("s sommaire")
        screen.shows("Sommaire")
        screen.click_words("Échap fermer")
        gone(screen, "Sommaire")
        screen.click_words("s sommaire")
        screen.click_words("     " + OTHER)
        screen.until(lambda seen: SECTION not in seen and OTHER in seen, "the last section")
        screen.click_words("g glossaire")
        screen.click_words("Échap  Fermer")
        gone(screen, "Échap  Fermer")
        screen.click_words("Ctrl+P commandes")
        screen.shows("que voulez-vous faire ?")
        screen.click_words("Échap fermer")
        gone(screen, "que voulez-vous faire ?")
        screen.click_words("F1 aide")
        screen.click_words("Toutes les commandes")
        screen.click_words("Revenir à l'accueil")
        screen.shows("Module 2")
        screen.click_words("F10 quitter")
