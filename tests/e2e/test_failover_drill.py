"""A power cut at the holder of a virtual address, lived and measured as a trainee does."""

from collections.abc import Iterator

import pytest
from failover_course import EXERCISE, plant
from lab_process import LabHome, lab_home, wait_until

pytestmark = pytest.mark.e2e


@pytest.fixture
def home() -> Iterator[LabHome]:
    with lab_home(course=plant) as made:
        built = made.run("image", "build", timeout=1200)
        assert built.returncode == 0, built.stderr
        up = made.run("up", EXERCISE, timeout=900)
        assert up.returncode == 0, up.stderr
        yield made


def test_a_power_cut_is_measured_by_the_client_and_undone(home: LabHome) -> None:
    assert home.json("drill", "declare", "--rto", "30s", EXERCISE)["phase"] == "declared"
    # Comes back once the fault has happened.
    started = home.json("drill", "start", EXERCISE)
    assert started["phase"] in ("struck", "restored")
    [fault] = home.json("fault", "list", EXERCISE)
    assert (fault["kind"], fault["spec"]["vm"]) == ("power-cut", "lb1")
    assert power(home, "lb1") == "stopped"
    home.json("drill", "diagnose", "lb1 n'a plus de courant", EXERCISE)

    wait_until(lambda: bool(home.json("check", EXERCISE)["green"]), "the step", timeout=120)

    [view] = home.json("drill", "result", EXERCISE)
    measured = view["result"]
    [page] = measured["seen"]
    assert page["tries"] > 50
    assert page["cuts"] >= 1 and page["total"]["low"] > 0, "the clients were cut off"
    # A backup waits for three announcements that do not come, a second apart (RFC 5798, 6.1):
    # the first may have been due at once. Shorter would be no failover of VRRP.
    rto = measured["rto"]
    assert rto["high"] > 2.0 and 0 < rto["low"] < 60, rto
    [vip] = measured["ribbon"]["states"]
    owners = [value for _start, _end, value in vip["spans"] if value in ("lb1", "lb2")]
    assert owners[0] == "lb1" and owners[-1] == "lb2", vip
    assert measured["detection"]["low"] > 0

    assert home.json("fault", "list", EXERCISE) == []
    wait_until(lambda: power(home, "lb1") == "running", "lb1 to have its power back", timeout=120)


def power(home: LabHome, vm: str) -> str:
    state = home.json("status", EXERCISE)
    return str(next(one["power"] for one in state["vms"] if one["name"] == vm))
