#!/bin/bash
# The former export is removed before knowing whether the next one works.
set -euo pipefail

sed -i 's/^brouillon.unlink/EXPORT.unlink(missing_ok=True)\n&/' /usr/local/sbin/exporter-boutique
