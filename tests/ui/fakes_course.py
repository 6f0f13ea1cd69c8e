"""A small lesson and its exercise, shaped like the real ones."""

from pcapra_lab.content.blocks import (
    CommandBlock,
    FileBlock,
    LessonDocument,
    Prose,
    Section,
    ShowBlock,
)
from pcapra_lab.content.checks import CommandCheck, Effect, FileCheck
from pcapra_lab.content.glossary import Lexicon, Term
from pcapra_lab.content.level import Level
from pcapra_lab.content.models import (
    Exercise,
    GuestScript,
    LessonMeta,
    Objective,
    Step,
    Topology,
    Vm,
)

LEXICON = Lexicon(
    [
        Term(term="archive", definition="L'état des fichiers à un instant."),
        Term(term="dépôt", aliases=["repository"], definition="Le dossier où Borg range tout."),
    ]
)

TOPOLOGY = Topology(
    schema_version=1,
    id="sauvegarde",
    title="Un serveur et sa machine de sauvegarde",
    vms=[
        Vm(name="srv", title="serveur à protéger", address="192.168.1.10", memory_mib=384),
        Vm(name="sauvegarde", title="sauvegarde", address="192.168.1.41", memory_mib=384),
    ],
)

_SCRIPT = GuestScript(vm="srv", script="solution/x.sh")


def _command(id: str, title: str, hint: str, **more: object) -> CommandCheck:
    data = {"type": "command", "id": id, "vm": "srv", "title": title, "hint": hint, "run": ["true"]}
    return CommandCheck.model_validate({**data, **more})


def _file(id: str, title: str, hint: str, **more: object) -> FileCheck:
    data = {"type": "file", "id": id, "vm": "srv", "title": title, "hint": hint, "path": "/restore"}
    return FileCheck.model_validate({**data, **more})


EXERCISE = Exercise(
    schema_version=1,
    id="borgbackup",
    title="BorgBackup",
    lesson="1-sauvegarde/02-borgbackup",
    level=Level.REEL,
    topology="sauvegarde",
    duration="90m",
    steps=[
        Step(
            id="depot",
            title="Initialiser le dépôt",
            checks=[_command("chiffre", "le dépôt est chiffré et sain", "borg init -e repokey")],
            hints=["Le chiffrement se choisit à la création : `borg init --help`."],
            solution=[_SCRIPT],
        ),
        Step(
            id="restauration",
            title="Restaurer un fichier et le prouver",
            objective=Objective(rto="10m"),
            checks=[
                _command("archive", "une archive contient le canari", "`borg list`"),
                _file(
                    "canari",
                    "le canari est restauré, identique",
                    "`borg extract` écrit dans le dossier courant, pas à la racine",
                    needs=["archive"],
                ),
                _file("droits", "droits et propriétaire conservés", "sudo ?", needs=["canari"]),
            ],
            hints=["Regardez `borg list`.", "`borg extract` écrit dans le dossier courant."],
            solution=[_SCRIPT],
        ),
        Step(
            id="cron",
            title="Automatiser",
            checks=[
                _file("script", "le script est en place", "/usr/local/bin/sauvegarde"),
                _command("passe", "la tâche produit une archive", "crontab", effect=Effect.ACT),
            ],
            hints=["Une tâche cron n'a pas votre environnement."],
            solution=[_SCRIPT],
        ),
    ],
)

SCRIPT_FILE = FileBlock(
    "fichier-1",
    "srv",
    "/usr/local/bin/sauvegarde",
    "#!/bin/sh\nset -eu\nexport BORG_PASSCOMMAND='cat /root/.borg-pass'\n"
    'borg create --stats "/sauve::{now}" /srv/www\n',
    70,
    "bash",
    "0755",
)

EXTRACT = CommandBlock(
    "cmd-3",
    "srv",
    "A=$(borg list --last 1 --short /sauve)\nborg extract /sauve::$A srv/www/canari.txt\n",
    50,
)

LESSON = LessonDocument(
    meta=LessonMeta(
        schema_version=1,
        id="02-borgbackup",
        number="1.2",
        title="BorgBackup",
        level=Level.REEL,
        exercise="borgbackup",
        duration="90m",
    ),
    path="modules/1-sauvegarde/02-borgbackup.md",
    introduction=(
        Prose(
            "Borg **déduplique**, compresse et chiffre. Vous allez sauvegarder `srv`, perdre des "
            "données, puis prouver que vous savez les faire revenir.",
            10,
        ),
    ),
    sections=(
        Section(
            "presentation",
            "Ce que Borg apporte",
            None,
            14,
            (
                Prose(
                    "- un dépôt **chiffré**, où qu'il soit ;\n- des archives complètes qui ne "
                    "coûtent que la différence ;\n- une restauration à la commande.",
                    15,
                ),
            ),
        ),
        Section(
            "depot",
            "Initialiser le dépôt",
            "depot",
            20,
            (
                Prose(
                    "Le dépôt se crée une fois. La clé y est rangée, protégée par la phrase.", 21
                ),
                CommandBlock("cmd-1", "srv", "borg init --encryption=repokey-blake2 /sauve\n", 24),
                ShowBlock("Enter new passphrase:\nEnter same passphrase again:\n", 28),
            ),
        ),
        Section(
            "restauration",
            "Restaurer un fichier, et le prouver",
            "restauration",
            40,
            (
                Prose(
                    "Une archive n'est pas une preuve. La preuve, c'est le fichier **revenu**, "
                    "identique à l'octet près.\n\nPlacez-vous d'abord dans un dossier vide :",
                    41,
                ),
                CommandBlock("cmd-2", "srv", "sudo mkdir -p /restore && cd /restore\n", 45),
                Prose("Puis extrayez le seul fichier perdu :", 48),
                EXTRACT,
                Prose(
                    "> Le support dit `archive-2024-01-15` : ce nom n'existe pas, `{now}` donne la "
                    "date et l'heure du jour.",
                    54,
                ),
                CommandBlock("cmd-4", "sauvegarde", "ls -l /sauve\n", 58),
            ),
        ),
        Section(
            "cron",
            "Automatiser, sans exposer la phrase",
            "cron",
            65,
            (
                Prose(
                    "Le script lit la phrase de passe dans un fichier lisible par root seul.", 66
                ),
                SCRIPT_FILE,
            ),
        ),
    ),
)
