"""Scripts that an exercise names."""

from pcapra_lab.content.base import Duration, GuestUser, RelativePath, Strict, VmName


class GuestScript(Strict):
    """A script of the exercise's folder, run on one VM with the parameters in its environment."""

    vm: VmName
    script: RelativePath
    args: list[str] = []
    user: GuestUser = GuestUser.ROOT
    timeout: Duration = "5m"
