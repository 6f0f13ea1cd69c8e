"""hunspell's answers into problems; hunspell itself is asked by ``make spelling``."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from pcapra_lab.content.catalogue import Catalogue
from proofreading import __main__ as proofreading

MODULE = """\
schema_version: 1
id: 1-a
number: "1"
title: Une sovegarde
summary: Le borg-serveur de Borg.
lessons:
  - {id: 01-a, title: À venir, ready: false}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("modules/1-a", "exercises", "vm-images"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "modules/1-a/module.yaml").write_text(MODULE, encoding="utf-8")
    return tmp_path


def answer(*words: str) -> object:
    def unknown(asked: Iterable[str]) -> set[str]:
        assert {"borg-serveur", "Borg"} <= set(asked)
        return set(words)

    return unknown


def test_unknown_words_are_told_with_their_line(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofreading, "unknown_words", answer("sovegarde", "borg", "Borg"))
    (root / "modules/mots.txt").write_text("borg\nserveur\n", encoding="utf-8")
    told = [str(p).removeprefix(f"{root}/modules/") for p in proofreading.misspelt(Catalogue(root))]
    assert told == [
        "1-a/module.yaml:4: title: mot inconnu : « sovegarde »"
        " (juste : modules/mots.txt ; du code : entre accents graves)",
        "mots.txt:2: « serveur » : le dictionnaire le connaît déjà",
    ], "a piece of a compound and a sentence's capital are known by the list"


def test_without_hunspell_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(SystemExit, match="make dev"):
        proofreading.unknown_words(["mot"])
