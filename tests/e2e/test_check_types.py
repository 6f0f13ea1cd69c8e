"""Every type of check on two real machines: red untouched, green once made, red once spoilt.

``sql`` and ``promql`` want servers that the base image does not have: their exercises prove them.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import checked_state
import pytest
from lab_process import lab_home

from pcapra_lab.content.models import Step
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.runner import Grader
from pcapra_lab.lab.lifecycle import Lab
from pcapra_lab.lab.paths import Paths
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.application import LabApplication

pytestmark = pytest.mark.e2e

STEP = Step.model_validate_json(json.dumps(checked_state.step()))
PARAMETERS = {"texte": checked_state.TEXT}


@pytest.fixture
def lab() -> Iterator[Lab]:
    with lab_home(small=True) as home:
        up = home.run("up", "borgbackup")
        assert up.returncode == 0, up.stderr
        app = LabApplication(Paths(home.root / "cache", home.root / "data", home.root / "state"))
        try:
            found = app.installation.lab("borgbackup", "sauvegarde", "")
            yield found
            found.links.close()
            found.world.close()
        finally:
            app.close()


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    script = tmp_path / "checks/copies.py"
    script.parent.mkdir()
    script.write_text(checked_state.VERDICT, encoding="utf-8")
    return tmp_path


def grade(lab: Lab, folder: Path) -> dict[str, Outcome]:
    """Each check's outcome; an error says everything."""

    def run(vm: str, argv: Sequence[str], stdin: bytes, timeout: float) -> CommandResult:
        return lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)

    report = Grader(run).grade(STEP, PARAMETERS, folder)
    errors = [one for one in report.results if one.outcome is Outcome.ERROR]
    assert not errors, errors
    assert all(r.observed for r in report.results if r.outcome is Outcome.FAIL)
    return {one.id: one.outcome for one in report.results}


def make(lab: Lab, vm: str, script: str) -> None:
    done = lab.links.root(vm).run(["bash", "-s"], stdin=script.encode(), timeout=180)
    assert done.exit_status == 0, done.stderr.decode()


def test_each_type_of_check_sees_what_machines_really_are(lab: Lab, scripts: Path) -> None:
    untouched = grade(lab, scripts)
    assert untouched.pop(checked_state.GUARD) is Outcome.PASS
    assert [name for name, outcome in untouched.items() if outcome is not Outcome.FAIL] == []

    make(lab, checked_state.SRV, checked_state.MADE)
    made = grade(lab, scripts)
    assert [name for name, outcome in made.items() if outcome is not Outcome.PASS] == []

    make(lab, checked_state.SRV, checked_state.SPOILT)
    make(lab, checked_state.OTHER, checked_state.SPOILT_BESIDE)
    spoilt = grade(lab, scripts)
    said = {spoilt.pop(name) for name in checked_state.SAID_FOR_EVER}
    assert said == {Outcome.PASS}
    assert [name for name, outcome in spoilt.items() if outcome is not Outcome.FAIL] == []
