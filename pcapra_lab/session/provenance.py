"""What machines run on: told with a proof or a report, compared with nothing."""

from pcapra_lab.session.playground import Playground


def provenance(play: Playground) -> dict[str, str]:
    """Versions, accelerator and images, by name; nothing for an exercise without machines.

    Raises:
        LabError: the hypervisor does not answer, or an image is gone.
    """
    if not play.machines:
        return {}
    world = play.lab.world
    images = sorted({vm.image for vm in world.plan.vms})
    return {
        "hypervisor": world.hypervisor.versions(),
        "accelerator": world.verdict.accelerator.value,
        **{f"image {name}": world.image(name).digest[:16] for name in images},
    }
