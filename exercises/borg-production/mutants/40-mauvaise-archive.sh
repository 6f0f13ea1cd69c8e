#!/bin/bash
# The newest archive is named, because it is the newest.
set -euo pipefail

sed -i '1s/$/-bis/' /root/archive-abimee
