#!/bin/bash
# The file is protected, the copy made before editing it is not.
set -euo pipefail

install -m 0644 /etc/bacula/bacula-fd.conf /etc/bacula/bacula-fd.conf.avant
