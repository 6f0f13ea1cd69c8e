# What a machine holds, for the leak check: files, packages, units, each list ended by \1.
# $1 is where to look; the other arguments are paths to leave out.
set -euo pipefail
# systemctl gives up after 25 s by default, less than an emulated machine just restored may need:
# this look has a deadline of its own (sd_bus_set_method_call_timeout(3)).
export LC_ALL=C SYSTEMD_BUS_TIMEOUT=5min
root=$1
shift
prune=()
for path in "$@"; do
    prune+=(-path "${root%/}$path" -o)
done
{
    # A folder's date and size only tell what its files tell.
    find "$root" -xdev \( "${prune[@]}" -false \) -prune -o \
        \( -type d -printf '%p\t%y %m %U:%G\0' \) -o \
        -printf '%p\t%y %m %U:%G %s %T@ %l\0'
    printf '\1'
    dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\0'
    printf '\1'
    systemctl list-unit-files --no-legend --no-pager --plain \
        --type service,timer,socket,mount,path | awk '{ printf "%s %s%c", $1, $2, 0 }'
    systemctl list-units --no-legend --no-pager --plain --state active \
        --type service,timer,socket,mount,path | awk '{ printf "%s active%c", $1, 0 }'
    printf '\1'
} | gzip -1
