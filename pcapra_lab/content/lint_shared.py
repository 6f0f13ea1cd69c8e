"""Python scripts of the exercises, and the modules that they share."""

from collections.abc import Iterator
from pathlib import Path

from pcapra_lab.content.problems import Problem, shown, suggestion
from pcapra_lab.content.shared_code import PREFIX, imported, python_files, shared_folder


def lint_shared(exercise_folders: list[Path]) -> Iterator[Problem]:
    """Imports of what is not there, modules that nothing imports, Python that cannot be read."""
    if not exercise_folders:
        return
    shared = shared_folder(exercise_folders[0])
    modules = {path.stem: path for path in python_files(shared)}
    used: set[str] = set()
    for path in [*modules.values(), *(p for one in exercise_folders for p in python_files(one))]:
        try:
            names = imported(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            yield Problem(path, error.lineno, "", f"ce n'est pas du Python : {error.msg}")
            continue
        except OSError as error:
            yield Problem(path, None, "", f"fichier illisible ({error.strerror})")
            continue
        except ValueError:
            # Bytes of another encoding; for Python 3.11, a NUL too.
            yield Problem(path, None, "", "ce n'est pas du Python en UTF-8")
            continue
        used.update(names)
        for name in names:
            if name not in modules:
                yield Problem(
                    path,
                    None,
                    "",
                    f"module partagé inconnu {shown(name)}{suggestion(name, modules)}",
                )
    for name, path in modules.items():
        if not name.startswith(PREFIX):
            yield Problem(path, None, "", f"le nom d'un module partagé commence par « {PREFIX} »")
        elif name not in used:
            yield Problem(path, None, "", "module partagé dont aucun script ne se sert")
