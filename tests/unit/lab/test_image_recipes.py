"""What a role's recipe may say, and the name of what it makes."""

from pathlib import Path

import pytest
from fake_images import Workshop, make_workshop, recipe

from pcapra_lab.content.digest import digest_tree
from pcapra_lab.content.lint_machines import lint_parents
from pcapra_lab.content.models import ImageRecipe
from pcapra_lab.content.strict_yaml import ContentProblems, Loaded, parse
from pcapra_lab.errors import ContentError
from pcapra_lab.lab.images import digests
from pcapra_lab.lab.images.digests import Digests, lineage
from pcapra_lab.lab.images.signing import signing_key

ROLE = """\
schema_version: 1
id: web
title: Un serveur web
parent: base
packages: [nginx]
"""


def read(text: str, name: str = "web") -> Loaded[ImageRecipe]:
    return parse(text, ImageRecipe, Path(f"{name}.yaml"))


@pytest.mark.parametrize("line", ["suite: bookworm", "overlay: web"])
def test_a_role_may_not_say_again_what_its_parent_says(line: str) -> None:
    with pytest.raises(ContentProblems) as caught:
        read(ROLE + line + "\n")
    key = line.split(":")[0]
    assert str(caught.value.problems[0]) == (
        f"web.yaml:6: {key}: cette clé vient de l'image parente : retirez-la"
    )


def test_a_whole_system_says_it() -> None:
    assert read(ROLE.replace("parent: base", "suite: bookworm\noverlay: web")).model.parent is None


def parents(**of: str | None) -> dict[str, Loaded[ImageRecipe]]:
    """Recipes by name, each with its parent's."""
    return {
        name: read(
            ROLE.replace("id: web", f"id: {name}").replace(
                "parent: base\n", f"parent: {parent}\n" if parent else ""
            ),
            name,
        )
        for name, parent in of.items()
    }


def problems(images: dict[str, Loaded[ImageRecipe]]) -> list[str]:
    return [str(problem) for problem in lint_parents(images, set(images))]


def test_a_chain_of_parents_is_fine() -> None:
    assert problems(parents(base=None, web="base", php="web")) == []


def test_an_unknown_parent_is_told_with_the_close_name() -> None:
    assert problems(parents(base=None, web="bse")) == [
        "web.yaml:4: parent: aucune image « bse » ; vouliez-vous dire « base » ?"
    ]


def test_parents_in_a_ring_are_told_on_each_of_them_and_nowhere_else() -> None:
    assert problems(parents(a="b", b="a", c="a", d="d")) == [
        "a.yaml:4: parent: images bâties l'une sur l'autre en rond : a → b → a",
        "b.yaml:4: parent: images bâties l'une sur l'autre en rond : b → a → b",
        "d.yaml:4: parent: images bâties l'une sur l'autre en rond : d → d",
    ]


def test_a_lineage_ends_at_the_whole_system() -> None:
    images = {name: loaded.model for name, loaded in parents(base=None, web="base").items()}
    assert [r.id for r in lineage("web", images)] == ["web", "base"]
    with pytest.raises(ContentError, match="« php » n'existe pas"):
        lineage("php", images)
    ring = {name: loaded.model for name, loaded in parents(a="b", b="a").items()}
    with pytest.raises(ContentError, match="a → b → a"):
        lineage("a", ring)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return make_workshop(tmp_path, monkeypatch)


def names(workshop: Workshop, *images: ImageRecipe) -> Digests:
    return Digests(workshop.store, {r.id: r for r in images}, workshop.folder / "recettes")


BASE = recipe("base", ["openssh-server"])
WEB = recipe("web", ["nginx"], parent="base", customize="web.sh")


def test_a_role_is_named_by_its_recipe_its_script_and_its_parents_system(
    workshop: Workshop,
) -> None:
    script = workshop.folder / "recettes" / "web.sh"
    script.write_text("true\n")
    before = names(workshop, BASE, WEB).system("web")
    assert names(workshop, BASE, WEB).system("web") == before

    other_base = recipe("base", ["openssh-server", "vim"])
    assert names(workshop, other_base, WEB).system("web") != before
    more = recipe("web", ["nginx", "php"], parent="base", customize="web.sh")
    assert names(workshop, BASE, more).system("web") != before
    assert names(workshop, BASE, more).system("base") == names(workshop, BASE, WEB).system("base")
    script.write_text("false\n")
    assert names(workshop, BASE, WEB).system("web") != before


def test_files_are_read_once_until_forgotten(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = workshop.folder / "recettes" / "web.sh"
    script.write_text("true\n")
    read: list[list[Path]] = []

    def counted(paths: list[Path]) -> str:
        read.append(paths)
        return digest_tree(paths)

    monkeypatch.setattr(digests, "digest_tree", counted)
    known = names(workshop, BASE, WEB)
    before = known.system("web")
    script.write_text("false\n")
    assert known.system("web") == before
    assert read == [[], [script]]
    known.forget()
    assert known.system("web") != before


def test_a_key_made_meanwhile_changes_every_name(workshop: Workshop) -> None:
    (workshop.folder / "recettes" / "web.sh").write_text("true\n")
    known = names(workshop, BASE, WEB)
    without = known.system("base"), known.system("web")
    signing_key(workshop.store)
    trusting = known.system("base"), known.system("web")
    assert not set(without) & set(trusting)
    # The cache is deleted, and another key made.
    workshop.store.prune(set())
    assert (known.system("base"), known.system("web")) == without
    signing_key(workshop.store)
    assert not set(trusting) & {known.system("base"), known.system("web")}
