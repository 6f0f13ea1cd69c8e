#!/usr/bin/env python3
"""Stop Keepalived on lb1, where this runs: both machines' figures must follow the address."""

from lab_alerts import MACHINES, metric, until
from lab_run import run
from lab_verdict import verdict

NAME = "keepalived_vip_holder"
MOVE_S = 75.0
"""Who looks every minute sees it too."""


def held() -> tuple[float | None, float | None]:
    """What lb1 and lb2 say of themselves."""
    return metric("127.0.0.1", NAME), metric(MACHINES["lb2"], NAME)


def words() -> str:
    """The same, to be shown."""
    return ", ".join(
        f"{name} {'rien' if value is None else f'{value:g}'}"
        for name, value in zip(("lb1", "lb2"), held(), strict=True)
    )


expected = f"{NAME} : lb1 1, lb2 0 ; Keepalived arrêté sur lb1, lb1 0, lb2 1 ; puis l'inverse"
if None in held() or not until(lambda: held() == (1, 0), 10.0):
    verdict(False, expected, f"au départ : {words()}")
try:
    run("systemctl", "stop", "keepalived")
    moved = until(lambda: held() == (0, 1), MOVE_S)
    seen = words()
finally:
    run("systemctl", "start", "keepalived")
back = until(lambda: held() == (1, 0), MOVE_S)
if not moved:
    verdict(False, expected, f"Keepalived arrêté sur lb1 : {seen}")
verdict(back, expected, f"de retour : {words()}")
