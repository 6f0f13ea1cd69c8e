"""The document's commands: each is in a lesson, replaced for a reason, or still to come."""

from pathlib import Path

import pytest
from content_tree import MODULE, plant, swap, write

from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.content.inventory import NAME, Inventory
from pcapra_lab.content.lint import lint
from pcapra_lab.content.strict_yaml import load_model

INVENTORY = f"modules/{NAME}"
TEXT = """\
schema_version: 1
commands:
  - id: init
    section: Créer
    command: borg init /chemin
    block: 1-sauvegarde/01-borg#depot
    text: |-
      borg init /depot/{{client}} \\
  - id: nom
    section: Créer
    command: nom  =  {{client}}
    block: 1-sauvegarde/01-borg#depot
  - id: phrase
    section: Créer
    command: export BORG_PASSPHRASE=x
    replaced: La phrase serait lisible par tous.
  - id: restic
    section: Restic
    command: restic init
    pending: 1-sauvegarde/02-restic
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    plant(tmp_path)
    write(tmp_path / INVENTORY, TEXT.replace(" \\\n", "\n"))
    return tmp_path


def problems_of(root: Path) -> list[str]:
    return [str(p).removeprefix(f"{root}/") for p in lint(Catalogue.load(root))]


def test_a_faultless_inventory_has_no_problem(root: Path) -> None:
    assert problems_of(root) == []


def test_the_real_inventory_speaks_of_the_borg_lesson() -> None:
    inventory = load_model(content_root() / INVENTORY, Inventory)
    borg = [c for c in inventory.commands if c.section.startswith("BorgBackup")]
    assert len(borg) == 27
    assert not [c.id for c in borg if c.pending]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: nom", "id: init", "commands.1.id: commande « init » en double"),
        ("command: export BORG_PASSPHRASE=x", "command: borg init  /chemin",
         "commands.2.command: déjà dans cette section du support"),
        ("#depot\n    text", "#depots\n    text",
         "commands.0.block: aucune section « 1-sauvegarde/01-borg#depots » ; "
         "vouliez-vous dire « 1-sauvegarde/01-borg#depot » ?"),
        ("borg init /depot/", "borg init /ailleurs/",
         "commands.0.text: aucun bloc de « 1-sauvegarde/01-borg#depot » ne contient "
         "« borg init /ailleurs/{{client}} »"),
        ("nom  =  {{client}}", "nam = 1",
         "commands.1.command: aucun bloc de « 1-sauvegarde/01-borg#depot » ne contient "
         "« nam = 1 »"),
        ("export BORG_PASSPHRASE=x", "borg extract",
         "commands.2.replaced: la commande est dans « 1-sauvegarde/01-borg#restauration » : "
         "« block: 1-sauvegarde/01-borg#restauration » attendu"),
        ("02-restic", "02-rustic",
         "commands.3.pending: aucune leçon « 1-sauvegarde/02-rustic » ; "
         "vouliez-vous dire « 1-sauvegarde/02-restic » ?"),
        ("pending: 1-sauvegarde/02-restic", "pending: 1-sauvegarde/01-borg",
         "commands.3.pending: la leçon « 1-sauvegarde/01-borg » est prête : dites où elle montre "
         "cette commande"),
        ("pending: 1-sauvegarde/02-restic", "block: 1-sauvegarde/02-restic#init",
         "commands.3.block: la leçon « 1-sauvegarde/02-restic » n'est pas écrite : "
         "« pending: 1-sauvegarde/02-restic » attendu"),
        ("    replaced: La phrase serait lisible par tous.\n", "",
         "commands.2: Value error, "),
        ("    pending: ", "    replaced: x\n    pending: ", "commands.3: Value error, "),
        ("    replaced: La", "    text: a\n    replaced: La", "commands.2: Value error, "),
        ("1-sauvegarde/02-restic", "02-restic",
         "commands.3.pending: « 02-restic » : leçon attendue sous la forme module/leçon"),
        ("1-sauvegarde/01-borg#depot\n    text", "1-sauvegarde/01-borg\n    text",
         "commands.0.block: « 1-sauvegarde/01-borg » : section attendue sous la forme "
         "module/leçon#section"),
    ],
)  # fmt: skip
def test_each_untruth_is_told_with_its_line(root: Path, old: str, new: str, expected: str) -> None:
    line = swap(root, INVENTORY, old, new)
    [problem] = problems_of(root)
    name, told, message = problem.split(":", 2)
    assert name == INVENTORY
    assert abs(int(told) - line) <= 3
    assert message.strip().startswith(expected.replace("Value error, ", ""))


def test_a_lesson_that_becomes_ready_asks_for_its_commands(root: Path) -> None:
    swap(root, MODULE, "title: Restic, ready: false", "title: Restic")
    assert any("02-restic » est prête" in problem for problem in problems_of(root))
