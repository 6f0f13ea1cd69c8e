from pathlib import Path

import pytest
from content_tree import plant, write

from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.content.glossary import SCHEME, Lexicon, Term
from pcapra_lab.content.lint import lint

RTO = Term(term="RTO", aliases=["Recovery Time Objective"], definition="Un temps.")
INCREMENTAL = Term(term="sauvegarde incrémentale", aliases=["incrémentale"], definition="Peu.")
LEXICON = Lexicon([RTO, INCREMENTAL])

GLOSSARY = """\
schema_version: 1
terms:
  - term: bascule
    aliases: [failover]
    definition: Passage d'une machine à l'autre.
  - term: RTO
    definition: Temps de reprise accepté.
"""


def found(text: str) -> list[str]:
    return [text[begin:end] for begin, end, _ in LEXICON.find(text)]


def problems_of(root: Path, glossary: str) -> list[str]:
    write(root / "modules/glossaire.yaml", glossary)
    return [str(p).removeprefix(f"{root}/modules/glossaire.yaml:") for p in lint(Catalogue(root))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Le RTO, pas le rto.", ["RTO"]),
        ("Des Incrémentales, une incrémentale", ["Incrémentales", "incrémentale"]),
        ("une sauvegarde\nincrémentale", ["sauvegarde\nincrémentale"]),
        ("RTOS, anti-RTO, RTO-2", []),
        ("« RTO » (RTO)", ["RTO", "RTO"]),
    ],
)
def test_terms_are_whole_words_and_acronyms_keep_their_capitals(
    text: str, words: list[str]
) -> None:
    assert found(text) == words


def test_a_term_is_known_by_all_its_names() -> None:
    assert LEXICON.named("Incrémentale") is INCREMENTAL
    assert LEXICON.named("rto") is None
    assert list(Lexicon().find("RTO")) == []


def test_only_the_first_use_in_a_section_counts() -> None:
    uses = LEXICON.first_uses(["Le `RTO` compte.", "Le **RTO**.", "RTO, incrémentale."])
    assert uses == [frozenset(), {"RTO"}, {"sauvegarde incrémentale"}]


def links(markdown: str) -> list[tuple[str, str]]:
    parser = LEXICON.parser(frozenset({"RTO", "sauvegarde incrémentale"}))()
    result = []
    for token in parser.parse(markdown):
        children = token.children or []
        for place, child in enumerate(children):
            if child.type == "link_open":
                result.append((str(child.attrs["href"]), children[place + 1].content))
    return result


def test_terms_become_links_but_in_titles_code_and_links() -> None:
    markdown = "### RTO\n\n`RTO` [RTO](http://x) vu : RTO, RTO.\n\n| incrémentale |\n|---|\n| a |\n"
    assert links(markdown) == [
        ("http://x", "RTO"),
        (SCHEME + "RTO", "RTO"),
        (SCHEME + "sauvegarde incrémentale", "incrémentale"),
    ]


def test_marking_a_term_changes_no_word() -> None:
    parser = LEXICON.parser(frozenset({"RTO"}))()
    assert parser.render("Un **RTO** de 4 h.") == (
        f'<p>Un <strong><a href="{SCHEME}RTO">RTO</a></strong> de 4 h.</p>\n'
    )


def test_a_faultless_glossary_has_no_problem(tmp_path: Path) -> None:
    assert problems_of(plant(tmp_path), GLOSSARY) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("term: RTO", "term: Failover", "6: terms.1.term: « Failover » désigne déjà « bascule »"),
        ("term: RTO", "term: actif", "6: terms.1.term: « actif » n'est pas à sa place"),
        ("accepté.", "accepté", "7: terms.1.definition: une phrase finit par un point"),
        ("[failover]", "['failover.']", "4: terms.0.aliases.0: un titre ne finit pas par"),
        ("term: RTO", "therm: RTO", "6: terms.1.therm: clé inconnue"),
    ],
)
def test_each_fault_of_the_glossary_is_told_at_its_line(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    problems = problems_of(plant(tmp_path), GLOSSARY.replace(old, new))
    assert any(problem.startswith(expected) for problem in problems), problems


@pytest.mark.parametrize("name", ["RTO", "RPO", "SPOF", "VRRP", "VIP", "split brain", "instantané"])
def test_the_course_explains_the_words_of_the_trade(name: str) -> None:
    loaded = Catalogue(content_root()).loaded_glossary()
    assert loaded is not None
    assert Lexicon(loaded.model.terms).named(name) is not None
