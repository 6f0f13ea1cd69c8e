#!/bin/bash
# A replica's habit: one node is there to be read.
set -euo pipefail

mariadb -e 'SET GLOBAL read_only = ON'
