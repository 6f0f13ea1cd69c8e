#!/bin/bash
# srv: past archives of the three hosts that share the repository, and a note of what was there
# for the check of the retention.
set -euo pipefail

export HOME=/root LC_ALL=C.UTF-8
export BORG_PASSCOMMAND='cat /root/.borg-pass'
export BORG_RSH='ssh -o BatchMode=yes'

python3 - <<'PY'
import datetime
import json
import os
import stat
from pathlib import Path

# Borg's library, over one connection: one process and one SSH login per archive would cost
# minutes on an emulated machine.
from borg.archive import Archive
from borg.archiver import Archiver
from borg.cache import Cache
from borg.helpers import Manifest
from borg.item import Item
from borg.logger import setup_logging
from borg.remote import RemoteRepository

REPO = "ssh://borg@sauvegarde/srv/borg/parc"
NOTE = Path("/var/lib/pcapra/parc.json")
SERIES = {
    "srv": ([*range(1, 9), 14, 21, 28], 3),
    # On the days they share, the latest of the day: a glob that takes both keeps it, not srv's.
    "srv-db": ([1, 2, 3], 4),
    "compta": ([5, 70, 130, 400, 420, 800], 1),
}
UTC = datetime.timezone.utc


def planned(end):
    for series, (days, hour) in SERIES.items():
        for day in days:
            moment = (end - datetime.timedelta(days=day)).replace(
                hour=hour, minute=15, second=0, microsecond=0
            )
            yield f"{series}-{moment:%Y-%m-%dT%H:%M:%S}", moment


def local(archive):
    return archive.ts.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)


setup_logging()
args = Archiver().get_args(["borg", "create", "--lock-wait", "120", f"{REPO}::x", "."], None)
place = args.location.omit_archive()
with RemoteRepository(place, exclusive=True, lock_wait=120, args=args) as repository:
    manifest, key = Manifest.load(repository, Manifest.NO_OPERATION_CHECK)
    with Cache(repository, key, manifest, lock_wait=120) as cache:
        there = {archive.name: local(archive) for archive in manifest.archives.list()}
        own = [moment for name, moment in there.items() if name.startswith("srv-2")]
        for name, moment in planned(max(own, default=datetime.datetime.now())):
            if name in there:
                continue
            archive = Archive(repository, key, manifest, name, cache=cache, create=True)
            # Unique content: what the trainee prunes must come back as disk space.
            data = os.urandom(40 << 10)
            chunk = cache.add_chunk(key.id_hash(data), data, archive.stats)
            archive.add_item(
                Item(
                    path="journal.bin", mode=stat.S_IFREG | 0o644, uid=0, gid=0, user="root",
                    group="root", mtime=int(moment.timestamp() * 10**9), size=len(data),
                    chunks=[chunk],
                )
            )  # fmt: skip
            # Borg's own dates are UTC, without saying so.
            archive.save(timestamp=moment.astimezone(UTC).replace(tzinfo=None))
    noted = {archive.name: local(archive).isoformat() for archive in manifest.archives.list()}
NOTE.parent.mkdir(mode=0o700, exist_ok=True)
NOTE.write_text(json.dumps(noted))
PY
