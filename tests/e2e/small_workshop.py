"""A lesson with all that a trainee does by hand: for tests of the app, not of what it teaches."""

EXERCISE = "atelier"

FILES = {
    "modules/1-essai/02-atelier.md": """\
---
schema_version: 1
id: 02-atelier
number: "1.2"
title: Atelier
level: reel
exercise: atelier
duration: 5m
---
Deux machines : `srv` tient un journal, `sauvegarde` en garde une copie.

Rien ici n'est long, mais rien n'y est simulé : les commandes vont au
terminal de la machine, un programme pose une question, un fichier est
écrit par root, et la dernière étape attend qu'on la lance.

## Pour commencer

Cette section n'évalue rien. Elle se lit pendant que les machines
démarrent : leur préparation est à droite, la leçon reste lisible.

- Une commande se place ou s'exécute.
- Un fichier se compare, puis s'écrit.
- Une étape verte en ouvre une autre.

## Tenir un journal {#journal}

Un dossier d'abord, où le shell restera :

```bash {vm=srv}
mkdir -p ~/atelier && cd ~/atelier
```

Puis le journal. La question attend une réponse dans le terminal :

```bash {vm=srv}
date > journal
read -rp 'Garder ce journal ? [O/n] ' R && echo "gardé : $R" >> journal
cat journal
```

L'étape vérifie que [le journal dit ce qui fut
répondu]{check=repondu}.

## Le copier ailleurs {#copie}

Sur l'autre machine, dans son propre terminal :

```bash {vm=sauvegarde}
mkdir -p ~/copies
```

Le programme qui copiera. Il ne prend que la date, ce qui suffit à un
essai, et s'arrête à la première erreur :

```sh {vm=sauvegarde file=/usr/local/bin/copier mode=0755}
#!/bin/sh
# Garde la date de la dernière copie.
set -eu

dossier=/home/stagiaire/copies
date > "$dossier/derniere.tmp"
mv "$dossier/derniere.tmp" "$dossier/derniere"
echo "copié dans $dossier"
```

Essayez-le, puis regardez ce qu'il a laissé :

```bash {vm=sauvegarde}
copier && ls -l ~/copies
```

Il faut [une copie]{check=copiee}, et [un programme que tous peuvent
lancer, mais que root seul peut changer]{check=programme}.

## Le relancer {#relance}

Retour sur `srv`, où la leçon a pu être quittée entre-temps :

```bash {vm=srv}
cd ~/atelier && wc -l journal | tee compte
```

L'étape attend [le compte des lignes]{check=compte}, puis [lance le
programme pour de bon]{check=lance} quand vous le demandez : F5.
""",
    f"exercises/{EXERCISE}/exercise.yaml": """\
schema_version: 1
id: atelier
title: Un journal et sa copie
lesson: 1-essai/02-atelier
level: reel
topology: sauvegarde
duration: 5m
steps:
  - id: journal
    title: Tenir un journal
    checks:
      - id: repondu
        type: file
        vm: srv
        title: Le journal dit ce qui fut répondu
        hint: Répondez O.
        path: /home/stagiaire/atelier/journal
        matches: '^gardé : O$'
    hints: [read.]
    solution:
      - {vm: srv, script: solution/journal.sh, user: stagiaire}
  - id: copie
    title: Le copier ailleurs
    checks:
      - id: copiee
        type: file
        vm: sauvegarde
        title: Une copie est là
        hint: Lancez copier.
        path: /home/stagiaire/copies/derniere
        owner: stagiaire
      - id: programme
        type: file
        vm: sauvegarde
        title: Un programme pour tous
        hint: Écrivez le fichier.
        path: /usr/local/bin/copier
        mode_max: "0755"
        owner: root
    hints: [copier.]
    solution:
      - {vm: sauvegarde, script: solution/copie.sh}
  - id: relance
    title: Le relancer
    checks:
      - id: compte
        type: file
        vm: srv
        title: Les lignes sont comptées
        hint: wc.
        path: /home/stagiaire/atelier/compte
        matches: '^2 journal$'
      - id: lance
        type: command
        vm: sauvegarde
        effect: act
        title: Le programme copie
        hint: copier.
        run: [/usr/local/bin/copier]
        user: stagiaire
        stdout_matches: '^copié dans /home/stagiaire/copies$'
        needs: [compte]
    hints: [wc.]
    solution:
      - {vm: srv, script: solution/relance.sh, user: stagiaire}
""",
    f"exercises/{EXERCISE}/solution/journal.sh": """\
#!/bin/sh
set -eu
mkdir -p ~/atelier
date > ~/atelier/journal
echo 'gardé : O' >> ~/atelier/journal
""",
    f"exercises/{EXERCISE}/solution/copie.sh": """\
#!/bin/sh
set -eu
install -d -o stagiaire -g stagiaire /home/stagiaire/copies
printf '#!/bin/sh\\ndate > /home/stagiaire/copies/derniere\\n' > /usr/local/bin/copier
printf 'echo "copié dans /home/stagiaire/copies"\\n' >> /usr/local/bin/copier
chmod 0755 /usr/local/bin/copier
runuser -u stagiaire /usr/local/bin/copier
""",
    f"exercises/{EXERCISE}/solution/relance.sh": """\
#!/bin/sh
set -eu
cd ~/atelier
wc -l journal > compte
""",
}
