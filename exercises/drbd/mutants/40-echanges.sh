#!/bin/bash
# A and C exchanged, as one believes that safety is free.
set -euo pipefail

sed -i 'y/AC/CA/' /srv/suivi/protocoles
