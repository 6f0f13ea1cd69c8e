#!/bin/bash
# sup: the alert that should have been there, and that nobody received.
set -euo pipefail

sed -i 's/^alerte=.*/alerte=HAProxyDown/' /srv/suivi/*
