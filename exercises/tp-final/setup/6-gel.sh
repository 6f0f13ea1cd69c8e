#!/bin/bash
# web1: nginx stands still. Its processes are there, its port is open, nobody answers.
set -euo pipefail

systemctl kill --signal=SIGSTOP nginx.service
