"""Scripts of an exercise, as items for the guest."""

from pcapra_lab.content.base import GuestUser, seconds
from pcapra_lab.content.models import GuestScript, Mutant
from pcapra_lab.content.parameters import env_name
from pcapra_lab.content.shared_code import shared_folder, shared_modules
from pcapra_lab.errors import ContentError
from pcapra_lab.grading.unit import Context, Item
from pcapra_lab.i18n import _


def script_item(script: GuestScript | Mutant, context: Context) -> Item:
    """What to ask the agent to run a setup, a solution or a mutant.

    Raises:
        ContentError: the script cannot be read.
    """
    timeout = script.timeout if isinstance(script, GuestScript) else "5m"
    item: Item = {
        "id": script.script,
        "kind": "script",
        "args": script.args,
        "timeout": seconds(timeout),
        "tail": True,
    }
    return item | script_fields(context, script.script, script.user)


def script_fields(context: Context, name: str, user: GuestUser) -> Item:
    """A script's text, what it imports of the course, its account, parameters as its environment.

    Raises:
        ContentError: the script cannot be read.
    """
    path = context.folder / name
    try:
        source = path.read_text(encoding="utf-8")
        shared = shared_modules(source, shared_folder(context.folder))
        beside = {file.name: file.read_text(encoding="utf-8") for file in shared.values()}
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise ContentError(
            _("{path} : script illisible ({error}).").format(path=path, error=error),
            hint=_("Vérifiez le nom du script dans exercise.yaml."),
        ) from error
    env = {env_name(key): text for key, text in context.parameters.items()}
    return {"name": name, "source": source, "beside": beside, "user": user.value, "env": env}
