#!/bin/bash
# The repository as it was before the attack, put back above what the attack left.
set -euo pipefail
export HOME=/root

rclone() { command rclone --ca-cert /usr/local/share/nuage/ca.pem "$@"; }
depot=nuage:sauvegardes-$PCAPRA_CLIENT/srv
# restic never writes its config again: who did, did it when the attack came.
ecrit=$(rclone lsf --format t --files-only --include /config "$depot")
avant=$(date -d "$ecrit 1 second ago" '+%Y-%m-%d %H:%M:%S')
rm -rf /root/depot
rclone copy --s3-version-at "$avant" --exclude '/locks/**' "$depot" /root/depot
rclone copy --ignore-times "/root/depot" "$depot"
