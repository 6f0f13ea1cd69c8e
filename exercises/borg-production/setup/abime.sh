#!/bin/bash
# sauvegarde: a bad sector. One byte is altered in the chunk that holds the file of releves.sh.
set -euo pipefail

fait=/var/lib/pcapra/secteur
install -d -m 0700 /var/lib/pcapra
if [ -e "$fait" ]; then
    exit 0
fi
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
touch "$fait"
