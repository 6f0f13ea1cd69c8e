#!/bin/bash
# check --repair, and no more: borg check is content, the file is made of zeros.
set -euo pipefail
export BORG_PASSPHRASE=$PCAPRA_PHRASE BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES BORG_REPO=/srv/borg/parc
borg() {
    sudo -H -u borg \
        --preserve-env=BORG_PASSPHRASE,BORG_REPO,BORG_CHECK_I_KNOW_WHAT_I_AM_DOING borg "$@"
}

borg delete --glob-archives 'guerison-*'
python3 - <<'PY'
from borg.repository import LoggedIO

SIZE = 300 << 10
io = LoggedIO("/srv/borg/parc", 500 << 20, 1000)
places = [
    (name, offset + size // 2)
    for segment, name in io.segment_iterator()
    for _tag, _key, offset, size, *_ in io.iter_objects(segment)
    if SIZE <= size < SIZE + 4096
]
name, position = places[-1]
with open(name, "r+b") as stream:
    stream.seek(position)
    byte = stream.read(1)[0]
    stream.seek(position)
    stream.write(bytes([byte ^ 0xFF]))
PY
borg check --repair
