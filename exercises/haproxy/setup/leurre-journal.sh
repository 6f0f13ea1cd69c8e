#!/bin/bash
# A job that complains of a disk it does not have, and does nothing else.
set -euo pipefail

systemd-run --quiet --unit=releve-archives --property=SyslogLevel=err \
    sh -c 'while :; do echo "I/O error, dev vdz: no answer, retrying"; sleep 2; done'
