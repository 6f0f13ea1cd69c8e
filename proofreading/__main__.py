"""French spelling of all that trainees read: ``python -m proofreading``, or ``make spelling``.

hunspell with Debian's dictionary (packages hunspell and hunspell-fr-classical), and the course's
own words in ``modules/mots.txt``. hunspell(1): ``-l`` lists the words that it does not know.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable

from pcapra_lab.content.catalogue import Catalogue, content_root
from pcapra_lab.content.problems import ContentProblems, Problem, shown
from pcapra_lab.content.spelling import NAME, forms, own_words, words

_TIMEOUT_S = 60


def unknown_words(asked: Iterable[str]) -> set[str]:
    """Those that the dictionary does not know."""
    program = shutil.which("hunspell")
    if program is None:
        raise SystemExit("hunspell manque : make dev l'installe (setup/debian-dev-packages.txt)")
    done = subprocess.run(
        [program, "-l", "-d", "fr_FR", "-i", "utf-8"],
        input="\n".join(asked) + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.returncode or "Can't open" in done.stderr:
        raise SystemExit(f"hunspell : {done.stderr.strip()}")
    return set(done.stdout.split())


REMEDY = f" (juste : modules/{NAME} ; du code : entre accents graves)"


def misspelt(catalogue: Catalogue) -> list[Problem]:
    """Words that neither the dictionary nor the course's list knows; listed ones it does know."""
    found, own = words(catalogue), own_words(catalogue)
    unknown = unknown_words(sorted({*found, *own}))
    mine = set(own)

    def known(word: str) -> bool:
        # What hunspell cuts at its hyphens comes back in pieces.
        pieces = unknown & {word, *word.split("-")}
        return bool(mine & forms(word)) or all(mine & forms(piece) for piece in pieces)

    problems = [
        Problem(place.path, place.line, place.key, f"mot inconnu : {shown(word)}{REMEDY}")
        for word, places in found.items()
        if not known(word)
        for place in places
    ]
    path = catalogue.root / "modules" / NAME
    problems += [
        Problem(path, number, "", f"{shown(word)} : le dictionnaire le connaît déjà")
        for number, word in enumerate(own, 1)
        if not unknown & {word, *word.split("-")}
    ]
    return list(ContentProblems(problems).problems)


def main() -> int:
    """Print what is misspelt; 1 if anything is."""
    problems = misspelt(Catalogue.load(content_root()))
    for problem in problems:
        print(problem)
    print(f"{len(problems)} faute(s)" if problems else "L'orthographe est en ordre.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
