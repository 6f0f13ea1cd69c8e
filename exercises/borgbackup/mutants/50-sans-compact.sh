#!/bin/bash
# Archives deleted, and the disk as full as before.
set -euo pipefail
export BORG_PASSCOMMAND='cat /root/.borg-pass'

cd "$(mktemp -d)"
head -c 1M /dev/urandom > journal.bin
borg create '/sauvegarde/depot::{hostname}-vieille' journal.bin
borg delete '/sauvegarde/depot::{hostname}-vieille'
