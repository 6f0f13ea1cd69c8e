#!/bin/sh
# Make the environment of a lock file: setup/python.sh FOLDER LOCK
# The system's Python, because libvirt's binding is the system's; uv comes from PyPI by its lock.
set -eu
folder=$1 lock=$2
here=$(dirname "$0")
stamp="$folder/.installed"
# Its scripts name their interpreter by its whole path, and its packages stand under one version of
# Python: where either has changed (a folder moved or copied, Debian upgraded) nothing would start.
place="$(cd "$here/.." && pwd -P) $(readlink -f /usr/bin/python3)"
wanted="$(cat "$lock" "$here/uv.lock" "$here/../pyproject.toml" | sha256sum) $place"
found=$(cat "$stamp" 2>/dev/null || true)
[ "$found" != "$wanted" ] || exit 0
case $found in
    # Never finished, of today's place, or of an earlier version, which did not note it.
    '' | *" $place" | *' -') ;;
    *) rm -rf "$folder" ;;
esac

bootstrap="$here/../.bootstrap"
if ! "$bootstrap/bin/uv" --version >/dev/null 2>&1; then
    /usr/bin/python3 -m venv "$bootstrap"
    "$bootstrap/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$here/uv.lock"
fi
export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
uv="$bootstrap/bin/uv"
[ -x "$folder/bin/python" ] || "$uv" venv -q --python /usr/bin/python3 "$folder"
echo "Environnement Python : $folder"
"$uv" pip sync -q --python "$folder/bin/python" --require-hashes "$lock"
"$uv" pip install -q --python "$folder/bin/python" --no-deps --editable "$here/.."
printf '%s\n' "$wanted" > "$stamp"
