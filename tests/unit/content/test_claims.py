"""The sentences that ask for checks: read, taken out of the text, and bound to their step."""

from pathlib import Path

import pytest
from content_tree import EXERCISE, LESSON, plant, swap
from test_lesson import parse, problems_of

from pcapra_lab.content.blocks import Claim, Prose
from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lesson import fill
from pcapra_lab.content.lint import lint

FORM = "[phrase]{check=contrôle}"


def test_a_claim_is_told_apart_and_its_mark_is_not_shown() -> None:
    body = "Ici, [le *dépôt*\ns'ouvre]{check=ouvert} ;\n\n- [il est sain]{check=sain}.\n"
    [prose] = parse(body).introduction
    assert prose == Prose(
        "Ici, le *dépôt*\ns'ouvre ;\n\n- il est sain.",
        10,
        (Claim(("ouvert",), "le *dépôt*\ns'ouvre", 10), Claim(("sain",), "il est sain", 13)),
    )


def test_a_sentence_may_ask_for_several_checks() -> None:
    [prose] = parse('[Tout revient]{check="contenu droits"}.\n').introduction
    assert isinstance(prose, Prose)
    assert prose.claims == (Claim(("contenu", "droits"), "Tout revient", 10),)


def test_a_claims_text_stays_a_part_of_its_block_once_filled() -> None:
    document = parse("[Le site de {{client}}]{check=site} revient.\n")
    [prose] = fill(document, {"client": "garage-roux"}).introduction
    assert isinstance(prose, Prose)
    assert prose.claims[0].text == "Le site de garage-roux"
    assert prose.claims[0].text in prose.markdown


@pytest.mark.parametrize("body", ["[a](/b) {c}", "Un tableau[0]{{client}}", "`x[1]{2}`"])
def test_other_brackets_are_left_alone(body: str) -> None:
    assert parse(body).introduction == (Prose(body, 10),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a\n[b]{.rouge}\n", f"10: attribut de phrase refusé (« class ») : {FORM} attendu"),
        ("[b]{check=c lang=fr}\n", f"10: attribut de phrase refusé (« check, lang ») : {FORM} "
         "attendu"),
        ("[]{}x\n", f"10: attribut de phrase refusé (« aucun ») : {FORM} attendu"),
        ("[b]{onclick=c}\n", f"10: attribut de phrase refusé (« aucun ») : {FORM} attendu"),
        ("a\n**b**{check=c}\n", f"11: attribut check sans sa phrase : {FORM} attendu"),
        ("[b] {check=c}\n", f"10: attribut check sans sa phrase : {FORM} attendu"),
        ("`[b]{check=c}`\n", f"10: phrase de contrôle illisible, hors du code et sans crochets : "
         f"{FORM} attendu"),
        ("[a [b] c]{check=d}\n", f"10: attribut check sans sa phrase : {FORM} attendu"),
        ("[a\n\nb]{check=c}\n", f"10: phrase de contrôle illisible, hors du code et sans crochets "
         f": {FORM} attendu"),
        ('a\n[b]{check=""}\n', f"11: contrôle sans nom : {FORM}"),
        ("## [b]{check=c}\n", "10: un titre ne demande aucun contrôle : écrivez une phrase"),
    ],
)  # fmt: skip
def test_a_mark_that_would_be_shown_or_lost_is_refused(body: str, expected: str) -> None:
    assert expected in problems_of(body)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "[fermez le dépôt]{check=droits}",
            "fermez le dépôt",
            "12: aucune phrase de la section ne demande le contrôle « droits » : "
            "« [phrase]{check=droits} » attendu",
        ),
        (
            "[Tapez ceci]{check=present}",
            "[Tapez ceci]{check=presents} et [ceci]{check=present}",
            "14: l'étape « depot » n'a pas de contrôle « presents » ; "
            "vouliez-vous dire « present » ?",
        ),
        (
            "[Tapez ceci]{check=present}",
            "[Tapez ceci]{check=present} puis [cela]{check=sain}",
            "14: l'étape « depot » n'a pas de contrôle « sain » : "
            "c'est un contrôle de l'étape « restauration »",
        ),
        (
            "Bravo.",
            "[Bravo]{check=sain}.",
            "40: le contrôle « sain » est demandé hors de la section d'une étape",
        ),
        (
            "Bienvenue",
            "[Bienvenue]{check=sain}",
            "10: le contrôle « sain » est demandé hors de la section d'une étape",
        ),
    ],
)
def test_checks_and_claims_without_each_other_are_told(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    root = plant(tmp_path)
    swap(root, LESSON, old, new)
    problems = [str(p).removeprefix(f"{root}/") for p in lint(Catalogue.load(root))]
    assert problems == [f"{LESSON}:{expected}"]


def test_a_check_that_no_mutant_kills_is_told(tmp_path: Path) -> None:
    root = plant(tmp_path)
    swap(root, EXERCISE, "killed_by: [sain]", "killed_by: [canari]")
    [problem] = lint(Catalogue.load(root))
    assert problem.key == "steps.1.checks.1.id"
    assert problem.message.startswith("aucun mutant ne fait échouer ce contrôle")
