#!/bin/bash
# Borg on the client only: the remote repository will have nobody to answer.
set -euo pipefail

dpkg --remove borgbackup
