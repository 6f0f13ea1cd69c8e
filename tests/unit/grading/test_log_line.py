"""``log_line``: dates as logs write them, real files, and the verdict."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from local_guest import item, judged, make_check

from pcapra_lab.grading.guest import log_line as guest
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.guest.log_line import dated, recent_lines
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.log_line import LogLineFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR
NOW = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2026-01-02T11:59:00.123456+00:00 srv sshd[1]: x", "2026-01-02T11:59:00+00:00"),
        ("2026-01-02T12:59:00+01:00 srv x", "2026-01-02T11:59:00+00:00"),
        ("2026-01-02 11:59:00,123 INFO x", "2026-01-02T11:59:00"),
        ("[2026-01-02 11:59:00] x", "2026-01-02T11:59:00"),
        ("2026-01-02T11:59:00Z x", "2026-01-02T11:59:00+00:00"),
        ("Jan  2 11:59:00 srv cron[2]: x", "2026-01-02T11:59:00"),
        ("Dec 31 11:59:00 srv cron[2]: x", "2025-12-31T11:59:00"),
        ('10.0.0.1 - - [02/Jan/2026:11:59:00 +0000] "GET /"', "2026-01-02T11:59:00+00:00"),
        ("2026/01/02 11:59:00 [error] 12#12: x", "2026-01-02T11:59:00"),
    ],
)
def test_dates_as_logs_write_them(line: str, moment: str) -> None:
    assert dated(line, NOW) == datetime.fromisoformat(moment).timestamp()


@pytest.mark.parametrize(
    "line", ["", "x", "  at 2026-01-02", "2026-13-99T11:59:00Z", "Abc  2 11:59:00"]
)
def test_lines_without_a_date(line: str) -> None:
    assert dated(line, NOW) is None


def test_a_line_without_a_date_goes_with_the_one_above() -> None:
    lines = ["a", "2026-01-02T11:00:00Z b", "c", "2026-01-02T11:59:00Z d", "e"]
    since = datetime(2026, 1, 2, 11, 50, tzinfo=UTC).timestamp()
    assert list(recent_lines(lines, since, NOW)) == ["a", "2026-01-02T11:59:00Z d", "e"]


def fact_of(**fields: Any) -> LogLineFact:
    base: dict[str, Any] = {"pattern": "panne", "last": 600.0, "file": None, "unit": None}
    return LogLineFact.model_validate_json(json.dumps(evaluate(item("log_line", **base | fields))))


def test_a_real_file(tmp_path: Path) -> None:
    now = datetime.now(UTC).isoformat()
    path = tmp_path / "journal.log"
    path.write_text(f"2020-01-01T00:00:00Z panne ancienne\n{now} panne\n{now} repris\n")
    fact = fact_of(file=str(path))
    assert (fact.count, fact.sample) == (1, [f"{now} panne"])
    assert fact_of(file=str(path), pattern="ancienne").count == 0
    assert not fact_of(file=str(tmp_path / "absent")).exists


def test_only_the_end_of_a_huge_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guest, "LIMIT", 10)
    path = tmp_path / "journal.log"
    path.write_text("panne\n" + "x" * 20)
    fact = fact_of(file=str(path))
    assert (fact.count, fact.truncated) == (0, True)


def test_the_journal_is_asked_for_its_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "journalctl"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >{tmp_path}/args\necho panne\necho repris\n')
    tool.chmod(0o755)
    monkeypatch.setattr(guest, "SAFE_PATH", f"{tmp_path}:/usr/bin:/bin")
    assert fact_of(unit="nginx").sample == ["panne"]
    args = (tmp_path / "args").read_text()
    assert args.startswith("--quiet --no-pager --output=cat --since=@1")
    assert args.endswith(" --unit=nginx\n")
    tool.write_text("#!/bin/sh\necho non >&2; exit 1\n")
    failed = evaluate(item("log_line", pattern="x", last=1.0, file=None, unit=None))
    assert (failed["reason"], failed["detail"]) == ("tool", "journalctl : non")


def found(*lines: str, **fields: Any) -> LogLineFact:
    base: dict[str, Any] = {"kind": "log_line", "exists": True, "truncated": False}
    return LogLineFact(**base | {"count": len(lines), "sample": list(lines)} | fields)


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, found("a", "panne"), PASS, "« panne »"),
        ({}, found(), FAIL, "aucune ligne ne correspond dans le journal depuis 10m"),
        ({"unit": "nginx"}, found(), FAIL, "aucune ligne ne correspond dans le journal de nginx"),
        ({"file": "/l"}, found(exists=False), FAIL, "/l n'existe pas"),
        ({"absent": True}, found(), PASS, "aucune ligne"),
        ({"absent": True}, found("panne"), FAIL, "« panne »"),
        ({}, found(truncated=True), ERROR, "le journal dépasse"),
        ({"absent": True}, found(truncated=True), ERROR, "le journal dépasse"),
        ({"absent": True}, found("panne", truncated=True), FAIL, "« panne »"),
    ],
)
def test_verdict(
    fields: dict[str, Any], fact: LogLineFact, expected: Outcome, observed: str
) -> None:
    result = judged(make_check("log_line", matches="panne", **fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)


def test_a_file_has_no_unit() -> None:
    with pytest.raises(ValueError, match="s'excluent"):
        make_check("log_line", matches="x", unit="nginx", file="/l")
