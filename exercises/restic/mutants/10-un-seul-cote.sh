#!/bin/bash
# restic on srv, and nothing on the other machine to serve a repository.
set -euo pipefail

dpkg --remove rclone
