#!/bin/bash
# web1, web2: the night has passed, and its backup with it.
set -euo pipefail

systemctl start sauvegarde-site.service
