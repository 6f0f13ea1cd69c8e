from pathlib import Path

import pytest

from pcapra_lab.content.folding import fold
from pcapra_lab.content.lesson import parse_lesson_text
from pcapra_lab.content.search import CourseIndex, Hit, plain

HEAD = """\
---
schema_version: 1
id: {id}
number: "{number}"
title: {title}
level: statique
duration: 30m
---
"""
BORG = """\
Bienvenue au cœur de la **sauvegarde**.

## Créer le dépôt

La clé ouvre le [dépôt](https://borgbackup.org) *chiffré*.

```text {show}
borg init --encryption=repokey
```

## Restaurer

On relit l'archive, puis on la compare à l'original.
"""
RESTIC = """\
Un autre outil.

## Vérifier

Restic vérifie le dépôt, bloc par bloc.
"""


@pytest.fixture(scope="module")
def index() -> CourseIndex:
    borg = HEAD.format(id="01-borg", number="1.1", title="Borg") + BORG
    restic = HEAD.format(id="02-restic", number="1.2", title="Restic") + RESTIC
    lessons = [parse_lesson_text(text, Path("x.md")) for text in (borg, restic)]
    return CourseIndex([("1-sauvegarde", lesson) for lesson in lessons])


def marked(hit: Hit) -> list[str]:
    return [hit.excerpt[begin:end] for begin, end in hit.spans]


@pytest.mark.parametrize("query", ["dépôt", "depot", "DEPOT", "  dépôt "])
def test_accents_and_capitals_do_not_matter(index: CourseIndex, query: str) -> None:
    hits = index.search(query)
    assert [(hit.lesson, hit.section) for hit in hits] == [
        ("01-borg", "Créer le dépôt"),
        ("02-restic", "Vérifier"),
    ]
    assert marked(hits[0]) == ["dépôt"]
    assert hits[1].excerpt == "Restic vérifie le dépôt, bloc par bloc."


def test_a_title_counts_more_than_the_text(index: CourseIndex) -> None:
    hits = index.search("vérifi")
    assert hits[0].section == "Vérifier"
    assert marked(hits[0]) == ["vérifi"]


def test_all_words_are_wanted_wherever_they_are(index: CourseIndex) -> None:
    assert [hit.anchor for hit in index.search("repokey clé")] == ["creer-le-depot"]
    assert index.search("repokey restic") == ()


def test_the_introduction_is_found_and_ligatures_are_two_letters(index: CourseIndex) -> None:
    [hit] = index.search("coeur")
    assert (hit.anchor, hit.section, hit.title) == ("", "", "Borg")
    assert marked(hit) == ["cœur"]


@pytest.mark.parametrize("query", ["", "   ", "\u0301"])
def test_nothing_is_looked_for_without_a_word(index: CourseIndex, query: str) -> None:
    assert index.search(query) == ()


def test_a_long_text_is_cut_between_words() -> None:
    prose = " ".join(f"mot{n}" for n in range(80))
    text = HEAD.format(id="x", number="9", title="Long") + prose + "\n"
    index = CourseIndex([("m", parse_lesson_text(text, Path("x.md")))])
    [hit] = index.search("mot40")
    assert hit.excerpt.startswith("… mot3") and hit.excerpt.endswith(" …")
    assert set(hit.excerpt.strip("… ").split()) <= set(prose.split())
    assert marked(hit) == ["mot40"]


def test_results_are_bounded(index: CourseIndex) -> None:
    assert len(index.search("e", limit=2)) == 2


def test_signs_of_markdown_are_no_part_of_the_text() -> None:
    assert plain("Un **mot**, `code` et\n[lien](x).\n\n- un\n- deux") == (
        "Un mot, code et lien. un deux"
    )


def test_folding_remembers_where_letters_come_from() -> None:
    assert fold("Œuf é") == ("oeuf e", (0, 0, 1, 2, 3, 4))
