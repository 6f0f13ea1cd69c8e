from pathlib import Path

import pytest
from content_tree import FILES, LESSON

from pcapra_lab.content.blocks import (
    Claim,
    CommandBlock,
    FileBlock,
    LessonDocument,
    Prose,
    Section,
    ShowBlock,
)
from pcapra_lab.content.lesson import fill, parse_lesson_text
from pcapra_lab.content.problems import ContentProblems
from pcapra_lab.errors import ContentError

PATH = Path("lecon.md")
HEAD = """\
---
schema_version: 1
id: lecon
number: "1"
title: Leçon
level: reel
exercise: borg
duration: 30m
---
"""


def parse(body: str, head: str = HEAD) -> LessonDocument:
    return parse_lesson_text(head + body, PATH)


def problems_of(body: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ContentProblems) as caught:
        parse(body, head)
    return [str(problem).removeprefix("lecon.md:") for problem in caught.value.problems]


def test_a_lesson_becomes_sections_of_blocks() -> None:
    document = parse_lesson_text(FILES[LESSON], PATH)
    line = {text: n for n, text in enumerate(FILES[LESSON].split("\n"), 1)}
    depot, restauration, plus = document.sections

    assert document.meta.exercise == "borg"
    assert document.introduction == (Prose("Bienvenue chez {{client}}.", 10),)
    assert (depot.anchor, depot.title, depot.step) == ("depot", "Créer le dépôt", "depot")
    assert depot.line == line["## Créer le dépôt {#depot}"]
    prose, command, file = depot.blocks
    at = depot.line + 2
    assert prose == Prose(
        "Tapez ceci et fermez le dépôt.",
        at,
        (Claim(("present",), "Tapez ceci", at), Claim(("droits",), "fermez le dépôt", at)),
    )
    assert isinstance(command, CommandBlock)
    assert (command.vm, command.language) == ("srv", "bash")
    assert command.code == "borg init /depot/{{client}}\nborg create ::{now}"
    assert isinstance(file, FileBlock)
    assert (file.path, file.mode, file.language) == ("/etc/{{client}}.conf", "0600", "ini")
    assert file.content == "[depot]\nnom = {{client}}\n"
    assert file.line == line["```ini {vm=srv file=/etc/{{client}}.conf mode=0600}"]
    assert restauration.step == "restauration"
    assert (plus.anchor, plus.step) == ("pour-aller-plus-loin", None)
    shown, last = plus.blocks
    assert shown == ShowBlock("docker ps --format '{{.Names}}'", line["```text {show}"], "text")
    assert last == Prose("Bravo.", line["Bravo."])


def test_prose_is_kept_verbatim() -> None:
    prose = "Un *mot*,\n\n1. une liste\n   - imbriquée\n\n> citation\n\n### Sous-titre\n\n---\n"
    [section] = parse(f"## Titre {{#a}}\n\n{prose}\n\n").sections
    assert section.blocks == (Prose(prose.rstrip(), 12),)


def test_sections_without_anchor_get_one_that_no_other_has() -> None:
    document = parse("## L'état {#l-etat}\n## L'état\n## L’état\n## …\n")
    assert [s.anchor for s in document.sections] == ["l-etat", "l-etat-2", "letat", "section"]
    assert [s.step for s in document.sections] == ["l-etat", None, None, None]


def test_without_exercise_no_section_is_a_step() -> None:
    document = parse("## A {#a}\n", HEAD.replace("exercise: borg\n", ""))
    assert document.sections == (Section("a", "A", None, 9),)


def test_a_key_follows_the_text_and_repeated_commands_differ() -> None:
    body = "```bash {vm=srv}\nls\n```\n"
    [once] = parse(body).introduction
    first, second, other = parse(f"texte\n\n{body}{body}{body.replace('srv', 'web')}").introduction[
        1:
    ]

    keys = [b.key for b in (once, first, second, other) if isinstance(b, CommandBlock)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_default_languages_and_quoted_attributes() -> None:
    command, file, show = parse(
        '```{vm=srv}\nls\n```\n``` {vm=srv file="/a b"}\nx\n```\n~~~ {show}\n```\n~~~\n'
    ).introduction
    assert isinstance(command, CommandBlock)
    assert command.language == "bash"
    assert isinstance(file, FileBlock)
    assert (file.path, file.language, file.mode) == ("/a b", "text", "0644")
    assert show == ShowBlock("```", 16, "text")


FORMS = "précisez {vm=…}, {vm=… file=…} ou {show}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("```bash\nls\n```\n", [f"10: bloc sans attribut : {FORMS}"]),
        ("```bash {mode=0644}\nls\n```\n", [
            "10: attribut mode : ne vaut qu'avec file",
            f"10: bloc sans machine : {FORMS}",
        ]),
        ("```bash {vm=a fil=/b}\nls\n```\n", [
            "10: attribut fil : clé inconnue ; vouliez-vous dire « file » ?",
        ]),
        ("```bash {vm=Srv}\nls\n```\n", [
            "10: attribut vm : « Srv » : nom de machine attendu : une minuscule, puis minuscules "
            "et chiffres, 15 au plus",
        ]),
        ("```bash {vm=a vm=b}\nls\n```\n", ["10: attribut vm en double"]),
        ("```bash {vm=a =b}\nls\n```\n", ["10: attribut illisible : « =b »"]),
        ("```bash {vm='a}\nls\n```\n", ["10: guillemets non fermés dans les attributs"]),
        ("```bash vm=a\nls\n```\n", [
            "10: attributs illisibles dans « bash vm=a » : {vm=…}, {vm=… file=…} ou {show} attendu",
        ]),
        ("```bash {vm=a}\n\n```\n", ["10: bloc vide"]),
        ("```bash {vm=a show}\nls\n```\n", [
            "10: attribut show : va seul, le bloc n'est envoyé nulle part",
        ]),
        ("```ini {vm=a file=b}\nx\n```\n", ["10: attribut file : un chemin absolu est attendu"]),
        ("```ini {vm=a file=/b/}\nx\n```\n", [
            "10: attribut file : un fichier est attendu, pas un dossier",
        ]),
        ("```ini {vm=a file=/b mode=644}\nx\n```\n", [
            '10: attribut mode : « 644 » : droits attendus sous la forme "0644"',
        ]),
        ("```bash {vm=a}\nls\n", ["10: bloc jamais fermé"]),
        ("```bash {vm=a}", ["10: bloc jamais fermé"]),
        ("```bash {vm=a}\nls\n\n```text {show}\nx\n```\n", [
            "10: bloc non fermé avant celui de la ligne 13",
        ]),
        ("- ```bash {vm=a}\n  ls\n  ```\n", [
            "10: bloc de code dans une liste ou une citation : sortez-le",
        ]),
        ("a\n\n    ls\n", ["12: code indenté : utilisez un bloc entre accents graves"]),
        ("<b>\n", ["10: le HTML n'est pas affiché : utilisez du Markdown"]),
        ("Le <port> 22\n", [
            "10: « <port> » serait pris pour du HTML et disparaîtrait : mettez-le entre accents "
            "graves",
        ]),
        ("[a]\n\n[a]: /b\n", ["12: lien par référence « A » : écrivez [texte](adresse)"]),
        ("A\n---\n", [
            "10: titre souligné : écrivez « ## Titre », ou une ligne vide avant « --- »",
        ]),
        ("## A {#a}\n\n## B {#a}\n", ["12: ancre « a » en double, déjà à la ligne 10"]),
        ("## A {#É}\n", [
            "10: ancre « É » : minuscules, chiffres et tirets attendus, sans accent",
        ]),
        ("## {#a}\n", ["10: section sans titre"]),
        ("a\n```\r:", ["11: fin de ligne Windows (CRLF) : enregistrez le fichier avec des fins de "
                       "ligne Unix"]),
    ],
)  # fmt: skip
def test_each_fault_has_its_message(body: str, expected: list[str]) -> None:
    assert problems_of(body) == expected


def test_faults_of_the_front_matter_and_of_the_text_come_together() -> None:
    head = HEAD.replace("duration: 30m", "duration: 30")
    assert problems_of("```bash\nls\n```\n", head) == [
        "8: duration: un texte est attendu ; mettez la valeur entre guillemets",
        f"10: bloc sans attribut : {FORMS}",
    ]


@pytest.mark.parametrize("head", ["", "\n", "# Titre\n", "---\nid: a\n"])
def test_a_lesson_without_front_matter_is_refused(head: str) -> None:
    assert problems_of("", head)[0].startswith("1: en-tête absent ou non fermé")


def test_fill_replaces_parameters_everywhere_and_keeps_keys() -> None:
    document = parse_lesson_text(
        FILES[LESSON].replace("## Restaurer", "## Restaurer {{client}}"), PATH
    )
    filled = fill(document, {"client": "garage-roux"})

    assert filled.introduction == (Prose("Bienvenue chez garage-roux.", 10),)
    _, command, file = filled.sections[0].blocks
    assert isinstance(command, CommandBlock)
    assert command.code == "borg init /depot/garage-roux\nborg create ::{now}"
    assert isinstance(file, FileBlock)
    assert file.path == "/etc/garage-roux.conf"
    assert file.content == "[depot]\nnom = garage-roux\n"
    assert filled.sections[1].title == "Restaurer garage-roux"
    assert filled.sections[2].blocks == document.sections[2].blocks
    before = document.sections[0].blocks[1]
    assert isinstance(before, CommandBlock)
    assert command.key == before.key


def test_fill_names_every_unknown_parameter_with_its_line() -> None:
    document = parse("a\n{{clien}}\n\n```bash {vm=srv}\nls\nls {{autre}}\n```\n")
    with pytest.raises(ContentError) as caught:
        fill(document, {"client": "x"})
    assert caught.value.message.splitlines() == [
        "lecon.md:11: paramètre inconnu « {{clien}} » ; vouliez-vous dire « client » ?",
        "lecon.md:15: paramètre inconnu « {{autre}} »",
    ]


def test_a_value_that_looks_like_a_parameter_is_left_alone() -> None:
    document = parse("{{a}}{{b}}\n")
    filled = fill(document, {"a": "{{b}}", "b": "x"})
    assert filled.introduction == (Prose("{{b}}x", 10),)
