#!/bin/bash
# A console whose configuration came from another machine.
set -euo pipefail

sed -i 's/^\( *Password *= *\).*/\1"celui-d-une-autre-machine"/' /etc/bacula/bconsole.conf
