#!/bin/bash
set -euo pipefail

systemctl stop releve-archives.service 2> /dev/null || true
systemctl reset-failed releve-archives.service 2> /dev/null || true
