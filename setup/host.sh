#!/bin/sh
# Install the Debian packages of the lists given, the lab's own if none is. Does nothing, fast,
# once they are all there.
set -eu
here=$(dirname "$0")
[ $# -gt 0 ] || set -- debian-packages.txt
packages=$(cd "$here" && grep -hv '^#' "$@")

missing=
for package in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

without_root() {
    echo "$1 :$missing" >&2
    echo "→ installez-les en root : apt-get install$missing" >&2
    exit 4
}

sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || without_root "Il manque des paquets"
    # A password refused must not be taken for repositories that do not answer.
    sudo true || without_root "« sudo » n'a pas donné les droits d'installer"
    sudo=sudo
fi
echo "Installation des paquets système :$missing"
# One repository of this computer's that is gone (a CD-ROM, a vendor's) is no reason to stop here.
$sudo apt-get update -q ||
    echo "Certains dépôts de cet ordinateur n'ont pas répondu : on continue avec les autres." >&2
# A computer that has just started is updating itself: its turn first.
# DEBIAN_FRONTEND is set behind sudo, which hands over no environment (sudoers(5), « env_reset »).
# shellcheck disable=SC2086 # a list of names
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=600 $missing
