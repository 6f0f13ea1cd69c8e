#!/usr/bin/env python3
"""hebergeur: the S3 simulator, its certificate, its two endpoints and their keys, as a service."""

import json
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

import lab_s3_server
from lab_s3 import (
    ACCOUNT,
    ADMIN,
    B2,
    B2_DEPOSIT,
    B2_WHOLE,
    CA,
    CLIENT,
    NUAGE,
    SRV,
    Client,
    Key,
)

ETC, LIBRARY, STORE = (
    Path(place) for place in ("/etc/s3", "/usr/local/lib/s3-simulateur", "/var/lib/s3")
)
SIMULATOR = (
    "lab_s3_admission", "lab_s3_answer", "lab_s3_documents", "lab_s3_listing", "lab_s3_objects",
    "lab_s3_policy", "lab_s3_request", "lab_s3_routes", "lab_s3_server", "lab_s3_store",
    "lab_sigv4",
)  # fmt: skip
"""The modules of the simulator: `lab_s3_server`, and all that it imports."""
ADDRESS = "192.168.1.60"
UNIT = """\
[Unit]
Description=Simulateur d'un hébergeur S3
After=network.target

[Service]
User=nuage
ExecStart=/usr/bin/python3 {library}/lab_s3_server.py {etc}/s3.json
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=true
ProtectSystem=strict
ReadWritePaths={store}
ProtectHome=true
PrivateTmp=true
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""
SEAU = """\
#!/bin/bash
# seau MÉTHODE PARAMÈTRE= [FICHIER] : une requête signée au seau, avec la clé de l'administrateur.
set -euo pipefail
corps=${{3:-/dev/null}}
curl --config /root/nuage.curl --request "$1" --data-binary "@$corps" \\
    --header 'Content-Type: application/xml' \\
    --header "Content-MD5: $(openssl md5 -binary < "$corps" | base64)" \\
    --header "x-amz-content-sha256: $(sha256sum < "$corps" | cut -d ' ' -f 1)" \\
    "{url}?$2"
echo
"""


def statement(actions: list[str], bucket: str) -> dict[str, object]:
    home = f"arn:aws:s3:::{bucket}"
    return {"Effect": "Allow", "Action": actions, "Resource": [home, f"{home}/*"]}


def key(one: Key, user: str, *statements: dict[str, object]) -> dict[str, object]:
    return {
        "id": one.id, "secret": one.secret, "user": f"{ACCOUNT}/{user}",
        "statements": list(statements),
    }  # fmt: skip


def capabilities(*names: str) -> list[str]:
    """What Backblaze's capabilities allow of its S3-compatible API: a name is hidden by whoever may
    write it, a version is deleted by deleteFiles alone (docs: « S3-Compatible App Keys »)."""
    table = {
        "listBuckets": ["s3:ListAllMyBuckets"],
        "readBuckets": ["s3:GetBucketLocation", "s3:GetBucketVersioning"],
        "listFiles": ["s3:ListBucket", "s3:ListBucketVersions"],
        "readFiles": ["s3:GetObject", "s3:GetObjectVersion"],
        "writeFiles": ["s3:PutObject", "s3:DeleteObject"],
        "deleteFiles": ["s3:DeleteObjectVersion"],
    }
    return [action for name in names for action in table[name]]


def openssl(*args: str, typed: str = "") -> None:
    subprocess.run(["openssl", *args], check=True, input=typed, text=True, capture_output=True)


def certificates() -> None:
    """A certification authority of the lab's own, and a certificate for both endpoints."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(
        "req", "-x509", *curve, "-days", "3650", "-subj", "/CN=Autorité du laboratoire", "-utf8",
        "-addext", "keyUsage=critical,keyCertSign", "-keyout", f"{ETC}/ca.key", "-out", str(CA),
    )  # fmt: skip
    openssl(
        "req", *curve, "-subj", f"/CN={NUAGE.host}",
        "-keyout", f"{ETC}/s3.key", "-out", f"{ETC}/s3.csr",
    )  # fmt: skip
    (ETC / "s3.ext").write_text(
        f"subjectAltName=DNS:{NUAGE.host},DNS:{B2.host}\n"
        "basicConstraints=CA:false\nextendedKeyUsage=serverAuth\n"
    )
    openssl(
        "x509", "-req", "-days", "3600", "-CA", str(CA), "-CAkey", f"{ETC}/ca.key",
        "-CAcreateserial", "-CAserial", f"{ETC}/ca.srl", "-in", f"{ETC}/s3.csr",
        "-extfile", f"{ETC}/s3.ext", "-out", f"{ETC}/s3.pem",
    )  # fmt: skip
    # The authority too: setup/srv.sh takes it from there, as handed over with the contract.
    (ETC / "s3.pem").write_text((ETC / "s3.pem").read_text() + CA.read_text())
    (ETC / "ca.key").unlink()


def configuration() -> dict[str, object]:
    admin = key(ADMIN, "admin", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    deposit = capabilities("listBuckets", "readBuckets", "listFiles", "readFiles", "writeFiles")
    whole = [*deposit, *capabilities("deleteFiles")]
    return {
        "port": 443,
        "certificate": f"{ETC}/s3.pem",
        "private_key": f"{ETC}/s3.key",
        "store": str(STORE),
        "endpoints": [
            {
                "hosts": [NUAGE.host], "region": NUAGE.region, "buckets": [NUAGE.bucket],
                "keys": [admin, key(SRV, "srv")],
            },
            {
                "hosts": [B2.host], "region": B2.region, "buckets": [B2.bucket],
                "keys": [
                    key(B2_WHOLE, "complete", statement(whole, B2.bucket)),
                    key(B2_DEPOSIT, "depot", statement(deposit, B2.bucket)),
                ],
            },
        ],
    }  # fmt: skip


def service() -> None:
    try:
        pwd.getpwnam("nuage")
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--home-dir", STORE, "--shell", "/usr/sbin/nologin", "nuage"],
            check=True,
        )  # fmt: skip
    for folder in (LIBRARY, ETC, CA.parent):
        folder.mkdir(parents=True, exist_ok=True)
    STORE.mkdir(mode=0o700, exist_ok=True)
    # At Backblaze a bucket is always versioned (docs: « S3-Compatible API Bucket Versions »).
    rules = STORE / B2.region / B2.bucket / "rules.json"
    rules.parent.mkdir(parents=True, exist_ok=True)
    if not rules.exists():
        rules.write_text(json.dumps({"versioned": True}))
    for path in (STORE, *STORE.rglob("*")):
        shutil.chown(path, "nuage", "nuage")
    for name in SIMULATOR:
        shutil.copy(Path(lab_s3_server.__file__).with_name(f"{name}.py"), LIBRARY)
    for path in LIBRARY.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)
    if not (ETC / "s3.pem").is_file():
        certificates()
    (ETC / "s3.json").write_text(json.dumps(configuration(), ensure_ascii=False))
    for name in ("s3.json", "s3.key"):
        shutil.chown(ETC / name, "root", "nuage")
        (ETC / name).chmod(0o640)
    Path("/etc/systemd/system/s3-simulateur.service").write_text(
        UNIT.format(library=LIBRARY, etc=ETC, store=STORE)
    )
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["systemctl", "enable", "--quiet", "s3-simulateur"], check=True)
    subprocess.run(["systemctl", "restart", "s3-simulateur"], check=True)
    deadline = time.monotonic() + 90
    while True:
        try:
            socket.create_connection((ADDRESS, 443), timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def desk() -> None:
    """What the account's administrator has at hand, for curl, restic and rclone."""
    Path("/root/nuage.curl").write_text(
        f'user = "{ADMIN.id}:{ADMIN.secret}"\naws-sigv4 = "aws:amz:{NUAGE.region}:s3"\n'
        f'cacert = "{CA}"\nfail-with-body\nsilent\nshow-error\n'
    )
    Path("/root/nuage.env").write_text(
        f"AWS_ACCESS_KEY_ID={ADMIN.id}\nAWS_SECRET_ACCESS_KEY={ADMIN.secret}\n"
        f"RESTIC_REPOSITORY={NUAGE.repository}\n"
    )
    rclone = Path("/root/.config/rclone/rclone.conf")
    rclone.parent.mkdir(parents=True, exist_ok=True)
    rclone.write_text(
        "".join(
            f"[{name}]\ntype = s3\nprovider = Other\naccess_key_id = {one.id}\n"
            f"secret_access_key = {one.secret}\nendpoint = https://{place.host}\n"
            f"region = {place.region}\n\n"
            for name, place, one in (("nuage", NUAGE, ADMIN), ("b2", B2, B2_WHOLE))
        )
    )
    for path in (Path("/root/nuage.curl"), Path("/root/nuage.env"), rclone):
        path.chmod(0o600)
    command = Path("/usr/local/sbin/seau")
    command.write_text(SEAU.format(url=f"https://{NUAGE.host}/{NUAGE.bucket}"))
    command.chmod(0o755)


def bucket() -> None:
    """As hosts give it: the server's key may do anything, and another server is already there."""
    admin = Client.of(NUAGE, ADMIN)
    home = f"arn:aws:s3:::{NUAGE.bucket}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "PleinPouvoir", "Effect": "Allow", "Principal": {"AWS": f"{ACCOUNT}/srv"},
                "Action": "s3:*", "Resource": [home, f"{home}/*"],
            }
        ],
    }  # fmt: skip
    for answer in (
        admin.ask("PUT", body=json.dumps(policy).encode(), policy=""),
        admin.ask("PUT", "recette/config", f"Dépôt de recette, {CLIENT}\n".encode()),
    ):
        if answer.status >= 300:
            raise SystemExit(f"{answer.status} {answer.body.decode()}")


def names() -> None:
    hosts = Path("/etc/hosts")
    line = f"{ADDRESS} {NUAGE.host} {B2.host}\n"
    if line not in hosts.read_text():
        with hosts.open("a") as stream:
            stream.write(line)


names()
service()
desk()
bucket()
