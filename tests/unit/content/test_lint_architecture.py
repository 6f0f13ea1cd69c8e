"""Planned times and the target architecture: what an exercise may say."""

from pathlib import Path

import pytest
from content_tree import EXERCISE, plant, swap

from pcapra_lab.content.catalogue import Catalogue
from pcapra_lab.content.lint import lint
from pcapra_lab.content.models import Exercise
from pcapra_lab.content.planning import planned_seconds

GOOD = """\
architecture:
  elements:
    - {id: srv, kind: machine, title: srv, tier: 1, seen_by: [{vm: srv}]}
    - {id: web, kind: machine, title: web, tier: 2, seen_by: [{vm: web, service: nginx}]}
    - {id: vip, kind: vip, title: VIP, tier: 1, seen_by: [{address: 192.168.1.100}]}
    - id: depot
      kind: backup
      title: dépôt Borg
      part_of: srv
      seen_by: [{check: depot/present}, {vm: srv, port: 22}]
  links:
    - {id: ssh, title: SSH, between: [srv, web], seen_by: [{check: restauration/canari}]}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def problems(root: Path) -> list[str]:
    return [str(p).removeprefix(f"{root}/{EXERCISE}:").strip() for p in lint(Catalogue.load(root))]


def draw(root: Path, text: str = GOOD) -> list[str]:
    swap(root, EXERCISE, "steps:\n  - id: depot\n", f"{text}steps:\n  - id: depot\n")
    return problems(root)


def plan(root: Path, *times: str) -> list[str]:
    for title, time in zip(("Créer le dépôt", "Restaurer"), times, strict=False):
        swap(root, EXERCISE, f"    title: {title}\n", f"    title: {title}\n    planned: {time}\n")
    return problems(root)


def exercise(root: Path) -> Exercise:
    return Catalogue.load(root).exercise("borg")


def test_planned_times_add_up(root: Path) -> None:
    assert exercise(root).planned is None
    assert plan(root, "10min", "20m") == []
    assert exercise(root).planned == 1800.0


@pytest.mark.parametrize(
    ("text", "seconds"), [("30min", 1800.0), ("30m", 1800.0), ("1h", 3600.0), ("8h", 28800.0)]
)
def test_a_planned_time_is_minutes_or_hours(text: str, seconds: float) -> None:
    assert planned_seconds(text) == seconds


@pytest.mark.parametrize("wrong", ["30", "0min", "30s", "1,5h", "9h", "-5min", "30 min"])
def test_other_lengths_are_refused(root: Path, wrong: str) -> None:
    assert any("steps.0.planned" in problem for problem in plan(root, f'"{wrong}"', "10min"))


def test_a_step_that_does_not_say_breaks_the_pace(root: Path) -> None:
    [problem] = plan(root, "10min")
    assert "steps.1.id: « planned » manque" in problem


def test_the_plan_fits_in_the_exercise(root: Path) -> None:
    [problem] = plan(root, "20min", "20min")
    assert "duration: les étapes prévoient 40 min en tout" in problem


def test_a_good_architecture(root: Path) -> None:
    assert draw(root) == []
    architecture = exercise(root).architecture
    assert architecture is not None
    assert [one.id for one in architecture.boxes] == ["srv", "vip", "web"]
    assert [one.id for one in architecture.parts("srv")] == ["depot"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("depot/present", "depot/presant", "aucun contrôle « depot/presant » ; vouliez-vous dire"),
        ("{vm: srv}", "{vm: srw}", "elements.0.seen_by.0.vm: machine inconnue « srw »"),
        ("part_of: srv", "part_of: srw", "part_of: aucune case « srw » ; vouliez-vous dire"),
        ("part_of: srv", "part_of: depot", "part_of: aucune case « depot »"),
        ("id: vip", "id: srv", "elements.2.id: élément « srv » en double"),
        ("id: ssh", "id: srv", "links.0.id: élément « srv » en double"),
        ("title: SSH", "title: SSH.", "links.0.title: un titre ne finit pas"),
        ("[srv, web]", "[srv, wob]", "links.0.between.1: aucune case « wob »"),
        ("[srv, web]", "[srv, srv]", "links.0.between: un lien joint deux cases"),
        ("[srv, web]", "[srv, depot]", "aucune case « depot »"),
        ("[{vm: srv}]", "[]", "elements.0.seen_by"),
        ("[{vm: srv}]", "[{}]", "« check », « vm » ou « address » dit ce qui est regardé"),
        ("[{vm: srv}]", "[{vm: srv, check: depot/present}]", "« check » se donne seul"),
        ("[{vm: srv}]", "[{vm: srv, port: 1, service: x}]", "une seule chose par sonde"),
        ("[{vm: srv}]", "[{port: 80}]", "« check », « vm » ou « address »"),
        ("[{vm: srv}]", "[{address: 192.168.1.9, port: 80}]", "demandent « vm »"),
        ("title: srv, tier: 1", "title: srv", "« tier » pour une case"),
        ("part_of: srv", "part_of: srv\n      tier: 2", "« tier » pour une case"),
        ("kind: vip", "kind: vpi", "elements.2.kind"),
        ("title: web, tier: 2", "title: web, tier: 7", "elements.1.tier"),
    ],
)
def test_what_is_refused(root: Path, old: str, new: str, expected: str) -> None:
    assert GOOD.count(old) == 1
    found = draw(root, GOOD.replace(old, new))
    assert any(expected in problem for problem in found), found


def test_a_link_over_a_row_cannot_be_drawn(root: Path) -> None:
    skipped = GOOD.replace("title: VIP, tier: 1", "title: VIP, tier: 2").replace(
        "title: web, tier: 2", "title: web, tier: 4"
    )
    [problem] = draw(root, skipped)
    assert "links.0.between: un lien joint deux cases d'une même rangée" in problem


def test_rows_that_are_not_used_do_not_count(root: Path) -> None:
    assert draw(root, GOOD.replace("title: web, tier: 2", "title: web, tier: 4")) == []


def test_a_row_is_read_side_by_side(root: Path) -> None:
    more = "".join(
        f"    - {{id: m{n}, kind: machine, title: m{n}, tier: 1, seen_by: [{{vm: srv}}]}}\n"
        for n in range(5)
    )
    [problem] = draw(root, GOOD.replace("  links:\n", f"{more}  links:\n"))
    assert "7 cases dans la rangée 1 : 6 au plus" in problem
