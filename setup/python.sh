#!/bin/sh
# Make the environment of a lock file: setup/python.sh FOLDER LOCK
# The system's Python, because libvirt's binding is the system's; uv comes from PyPI by its lock.
set -eu
folder=$1 lock=$2
here=$(dirname "$0")
stamp="$folder/.installed"
wanted=$(cat "$lock" "$here/uv.lock" "$here/../pyproject.toml" | sha256sum)
[ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || exit 0

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
