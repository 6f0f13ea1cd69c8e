"""What must agree between topologies, image recipes and the depot."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network

from pcapra_lab.content.lint_exercise import twice
from pcapra_lab.content.models import DepotRecipe, Exercise, ImageRecipe, Topology
from pcapra_lab.content.problems import Problem, shown, suggestion
from pcapra_lab.content.strict_yaml import Loaded

_LAN = ip_network("192.168.1.0/24")

RESERVED_DISKS = frozenset({"racine", "depot", "seed", "bundle"})
"""Serial numbers of the lab's own disks."""


def lint_topology(loaded: Loaded[Topology], images: set[str]) -> Iterator[Problem]:
    """Problems of a topology; ``images`` are the recipes that exist."""
    topology = loaded.model
    yield from _stem(loaded, topology.id)
    for i in twice(vm.name for vm in topology.vms):
        name = topology.vms[i].name
        yield loaded.problem(("vms", i, "name"), f"machine {shown(name)} en double")
    for i in twice(vm.address for vm in topology.vms):
        address = topology.vms[i].address
        yield loaded.problem(("vms", i, "address"), f"adresse {address} en double")
    for i, vm in enumerate(topology.vms):
        if not _is_host(vm.address):
            message = f"{vm.address} n'est pas une adresse de machine de {_LAN}"
            yield loaded.problem(("vms", i, "address"), message)
        if vm.image not in images:
            message = f"aucune image {shown(vm.image)}" + suggestion(vm.image, images)
            yield loaded.problem(("vms", i, "image"), message)
        for j, disk in enumerate(vm.disks):
            if disk.id in RESERVED_DISKS:
                message = f"{shown(disk.id)} est le nom d'un disque du laboratoire"
                yield loaded.problem(("vms", i, "disks", j, "id"), message)
        for j in twice(disk.id for disk in vm.disks):
            message = f"disque {shown(vm.disks[j].id)} en double"
            yield loaded.problem(("vms", i, "disks", j, "id"), message)


def lint_image(loaded: Loaded[ImageRecipe]) -> Iterator[Problem]:
    """Problems of an image recipe."""
    yield from _stem(loaded, loaded.model.id)


def lint_parents(images: Mapping[str, Loaded[ImageRecipe]], known: set[str]) -> Iterator[Problem]:
    """Problems between image recipes: every parent exists, and no chain of parents is a ring.

    Args:
        images: the recipes that could be read, by the name of their file.
        known: all recipes that exist.
    """
    for name, loaded in images.items():
        parent = loaded.model.parent
        if parent is None:
            continue
        if parent not in known:
            message = f"aucune image {shown(parent)}" + suggestion(parent, known - {name})
            yield loaded.problem(("parent",), message)
        elif ring := _ring(name, images):
            message = f"images bâties l'une sur l'autre en rond : {' → '.join(ring)}"
            yield loaded.problem(("parent",), message)


def lint_depot(loaded: Loaded[DepotRecipe], images: set[str]) -> Iterator[Problem]:
    """Problems of the depot; ``images`` are the recipes that exist."""
    depot = loaded.model
    if depot.image not in images:
        message = f"aucune image {shown(depot.image)}" + suggestion(depot.image, images)
        yield loaded.problem(("image",), message)
    for i in twice(group.id for group in depot.groups):
        yield loaded.problem(("groups", i, "id"), f"groupe {shown(depot.groups[i].id)} en double")


def lint_groups(loaded: Loaded[Exercise], depot: Loaded[DepotRecipe] | None) -> Iterator[Problem]:
    """Problems of the depot's groups that an exercise names; without a depot, none is known."""
    groups = {group.id for group in depot.model.groups} if depot else set()
    named = loaded.model.depot
    for i in twice(named):
        yield loaded.problem(("depot", i), f"groupe {shown(named[i])} en double")
    for i, name in enumerate(named):
        if depot and name not in groups:
            message = f"aucun groupe {shown(name)} dans depot.yaml" + suggestion(name, groups)
            yield loaded.problem(("depot", i), message)


def _stem(loaded: Loaded[Topology] | Loaded[ImageRecipe], identifier: str) -> Iterator[Problem]:
    if identifier != loaded.path.stem:
        yield loaded.problem(("id",), f"le fichier s'appelle {shown(loaded.path.name)}")


def _ring(name: str, images: Mapping[str, Loaded[ImageRecipe]]) -> list[str]:
    """The parents that lead from an image back to itself; empty when none do."""
    chain = [name]
    while (loaded := images.get(chain[-1])) and (parent := loaded.model.parent):
        if parent == name:
            return [*chain, parent]
        if parent in chain:
            # A ring further up: it is said of its own members.
            return []
        chain.append(parent)
    return []


def _is_host(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed in _LAN and parsed not in (_LAN.network_address, _LAN.broadcast_address)
