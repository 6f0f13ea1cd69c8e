"""A script of the exercise that runs."""

import os
import shutil
import tempfile
from pathlib import Path

from pcapra_lab.grading.guest.core import Fact, Failure, Item
from pcapra_lab.grading.guest.process import account_of, run_as


def look(item: Item) -> Fact:
    """Run a script from a private folder that is removed after.

    Args:
        item: ``user``, ``source``, ``args``; ``beside``, the files that it imports, by name.
    """
    source: str = item["source"]
    first = source.partition("\n")[0]
    if not first.startswith("#!") or not first[2:].strip():
        raise Failure("no-shebang")
    # As the kernel does (execve(2)): one interpreter, at most one argument. Done here because
    # /run may be mounted noexec.
    interpreter = first[2:].strip().split(maxsplit=1)
    account = account_of(item["user"])
    # /run is in memory: a full disk, which some exercises are about, does not stop the grader.
    folder = tempfile.mkdtemp(prefix="pcapra-", dir="/run" if os.access("/run", os.W_OK) else None)
    try:
        path = Path(folder, Path(item["name"]).name)
        written = {path: source}
        for name, text in item.get("beside", {}).items():
            written[Path(folder, Path(name).name)] = text
        for file, text in written.items():
            file.write_text(text, encoding="utf-8", newline="")
        path.chmod(0o700)
        if account.pw_uid != os.geteuid():
            for owned in (*written, Path(folder)):
                os.chown(owned, account.pw_uid, account.pw_gid)
        return run_as(item, [*interpreter, str(path), *item.get("args", [])])
    finally:
        # The verdict matters more than a leftover that the next power-off removes.
        shutil.rmtree(folder, ignore_errors=True)
