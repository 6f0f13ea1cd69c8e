"""The command line in both languages: its own words, and click's."""

import os
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from pcapra_lab.cli.language import AS_IS, click_modules, paragraphs
from pcapra_lab.cli.main import cli


def say(*arguments: str, language: str = "en") -> tuple[str, int]:
    """What the command says in a process of its own, and its exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "pcapra_lab", *arguments],
        env={**os.environ, "PCAPRA_LANG": language, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


def test_help_in_english() -> None:
    said, status = say("--help")
    assert status == 0
    assert said.startswith("Usage: pcapra-lab [OPTIONS] [COMMAND]")
    assert "real machines, a course in" in said
    assert "put the machines to sleep, nothing is lost" in said
    assert "Show this message and exit." in said
    assert "down        Put the machines to sleep" in said


def test_help_in_french() -> None:
    said, status = say("--help", language="fr")
    assert status == 0
    assert said.startswith("Usage : pcapra-lab [OPTIONS] [COMMANDE]")
    assert "Commandes:" in said and "Options:" in said
    assert "de vraies machines, un cours en français" in said
    assert "Affiche cette aide et quitte." in said and "Affiche la version" in said
    assert "CHEMIN" in said


EVERY_HELP = """
import click
from click.testing import CliRunner
from pcapra_lab.cli.main import cli
def show(command, path):
    print(CliRunner().invoke(cli, [*path, "--help"], prog_name="pcapra-lab").output)
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            show(one, [*path, name])
show(cli, [])
"""


def test_no_help_in_english_has_french_in_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_HELP],
        env={**os.environ, "PCAPRA_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) > 300
    assert [line for line in lines if re.search("[àâçéèêëîïôùûœ«»]| [:;?!](?: |$)", line)] == []


@pytest.mark.parametrize(
    ("arguments", "french", "english"),
    [
        (["nope"], "La commande 'nope' n'existe pas.", "No such command 'nope'."),
        (["up", "--zorg"], "L'option '--zorg' n'existe pas.", "No such option '--zorg'."),
        (["fault", "inject", "freeze"], "Argument manquant", "Missing argument"),
        (["up", "zorg"], "l'exercice « zorg » n'existe pas", "there is no exercise “zorg”"),
        (["list"], "(en préparation)", "(coming soon)"),
    ],
)
def test_errors_and_words_in_both(arguments: list[str], french: str, english: str) -> None:
    in_french, status = say(*arguments, language="fr")
    assert french in in_french and english not in in_french
    in_english, same = say(*arguments)
    assert english in in_english and french not in in_english
    assert status == same


def test_all_of_click_that_is_loaded_speaks_french() -> None:
    CliRunner().invoke(cli, ["--help"])
    modules = click_modules()
    names = {module.__name__ for module in modules}
    assert {"click.core", "click.exceptions", "click.formatting", "click.types"} <= names
    for module in modules:
        if translate := getattr(module, "_", None):
            assert translate("Usage:") == "Usage :", module
    assert click.exceptions.NoSuchOption("--x").format_message().startswith("L'option")


def test_paragraphs_are_joined_but_for_those_left_alone() -> None:
    text = """Une phrase
    sur deux lignes.

    \b
      pcapra-lab up      à gauche
      pcapra-lab down    aussi
    """
    assert paragraphs(text) == [
        "Une phrase sur deux lignes.",
        f"{AS_IS}  pcapra-lab up      à gauche\n  pcapra-lab down    aussi",
    ]
