"""Facts turned into results, in French."""

import hashlib
from typing import Any

import pytest
from local_guest import make_check, unreachable_vm

from pcapra_lab.content.checks import Check
from pcapra_lab.grading.facts import ErrorFact, Fact, RunFact
from pcapra_lab.grading.judge import judge, root_cause_first, unreachable
from pcapra_lab.grading.results import CheckResult, Outcome
from pcapra_lab.grading.units.file import FileFact
from pcapra_lab.grading.units.package import PackageFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR


def run(stdout: str = "", exit_: int = 0, **fields: Any) -> RunFact:
    base: dict[str, Any] = {"kind": "run", "stderr": "", "truncated": False, "timed_out": False}
    return RunFact(**base | {"exit": exit_, "stdout": stdout} | fields)


def file(**fields: Any) -> FileFact:
    base = {"kind": "file", "type": "file", "mode": "0600", "owner": "root", "group": "root"}
    return FileFact(**base | fields)


def command(**fields: Any) -> Check:
    return make_check("command", **{"run": ["borg", "check", "/x y"]} | fields)


def outcome(check: Check, fact: Fact | None) -> CheckResult:
    return judge(check, {check.vm: fact}, {"canari": "été\n"})


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, run(), PASS, "code de sortie 0"),
        ({"exit_code": 2}, run(exit_=2), PASS, "code de sortie 2"),
        ({}, run(exit_=2, stderr="a\nb\n\n"), FAIL, "code de sortie 2 : a\nb"),
        ({}, run(exit_=127), FAIL, "code de sortie 127 (commande introuvable)"),
        ({}, run(exit_=-9), FAIL, "arrêt par le signal 9"),
        ({"stdout_matches": "^b$"}, run("a\nb\n"), PASS, "code de sortie 0"),
        ({"stdout_matches": "^c$"}, run("a\nb\n"), FAIL, "la sortie : a\nb"),
        ({"stdout_matches": "^c$"}, run(), FAIL, "la sortie est vide"),
        ({"stdout_lacks": "a+"}, run("baab"), FAIL, "la sortie contient « aa »"),
        ({"stdout_lacks": "c"}, run("a"), PASS, "code de sortie 0"),
        # Found in what was read: decided. Not found in a part: not decided.
        ({"stdout_matches": "a"}, run("a", truncated=True), PASS, "code de sortie 0"),
        ({"stdout_matches": "c"}, run("a", truncated=True), ERROR, "la sortie dépasse"),
        ({"stdout_lacks": "a"}, run("a", truncated=True), FAIL, "la sortie contient « a »"),
        ({"stdout_lacks": "c"}, run("a", truncated=True), ERROR, "la sortie dépasse"),
        ({}, run(timed_out=True), ERROR, "« borg check '/x y' » n'a pas fini en 60s"),
        ({"stdout_matches": "("}, run(), ERROR, "expression « ( » invalide"),
    ],
)
def test_command(fields: dict[str, Any], fact: RunFact, expected: Outcome, observed: str) -> None:
    result = outcome(command(**fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)
    assert (result.hint == "") == (expected is PASS)


def test_failure_says_what_was_expected_and_where_to_look() -> None:
    result = outcome(command(stdout_matches="x", stdout_lacks="y"), run("z"))
    assert result.expected == (
        "« borg check '/x y' » se termine avec le code 0, et affiche un texte qui correspond à"
        " « x », et n'affiche rien qui corresponde à « y »"
    )
    assert result.hint == "Voir x"
    assert (result.id, result.title, result.vm) == ("x", "Contrôle x", "srv")


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, file(), PASS, "droits 0600, root:root"),
        ({}, file(type="absent"), FAIL, "/f n'existe pas"),
        ({}, file(type="broken-link"), FAIL, "/f est un lien symbolique"),
        ({"exists": False}, file(type="absent"), PASS, "/f n'existe pas"),
        ({"exists": False}, file(type="broken-link"), FAIL, "/f existe"),
        ({"mode_max": "0600"}, file(mode="0400"), PASS, "droits 0400"),
        ({"mode_max": "0600"}, file(mode="0604"), FAIL, "droits 0604"),
        ({"mode_max": "0755"}, file(mode="4755"), FAIL, "droits 4755"),
        ({"owner": "a", "group": "b"}, file(), FAIL, "propriétaire root, groupe root"),
        ({"matches": "^b"}, file(content="a\nb"), PASS, "droits"),
        ({"matches": "^c"}, file(content="a\nb"), FAIL, "le fichier : a\nb"),
        ({"lacks": "b"}, file(content="a\nb"), FAIL, "le fichier contient « b »"),
        ({"matches": "c"}, file(content="a", truncated=True), ERROR, "le fichier dépasse"),
        (
            {"matches": "c", "owner": "a"},
            file(content="a", truncated=True),
            FAIL,
            "propriétaire root",
        ),
        ({"matches": "c"}, file(type="directory"), FAIL, "/f est un dossier, pas"),
    ],
)
def test_file(fields: dict[str, Any], fact: FileFact, expected: Outcome, observed: str) -> None:
    result = outcome(make_check("file", path="/f", **fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)


@pytest.mark.parametrize(
    ("content", "observed"), [("court", "son contenu ne convient pas"), (" \n", "est vide")]
)
def test_a_secret_is_judged_and_never_shown(content: str, observed: str) -> None:
    check = make_check("file", path="/f", matches=r"\S{8}", secret=True)
    result = outcome(check, file(content=content))
    assert result.outcome is FAIL
    assert result.observed.endswith(observed)
    assert "court" not in result.observed


GOOD = hashlib.sha256("été\n".encode()).hexdigest()


@pytest.mark.parametrize(
    ("fact", "expected", "observed"),
    [
        (file(size=6, sha256=GOOD), PASS, "6 octets, même empreinte"),
        (file(size=6, sha256="0" * 64), FAIL, "la taille est la bonne"),
        (file(size=7, sha256="0" * 64), FAIL, "7 octets au lieu de 6"),
        (file(size=1 << 40, truncated=True), FAIL, "1099511627776 octets"),
        (file(type="absent"), FAIL, "/f n'existe pas"),
        (file(type="directory"), FAIL, "/f est un dossier"),
    ],
)
def test_file_identical(fact: FileFact, expected: Outcome, observed: str) -> None:
    check = make_check("file_identical", path="/f", parameter="canari")
    result = outcome(check, fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)


@pytest.mark.parametrize(
    ("status", "expected", "observed"),
    [
        ("installed", PASS, "borgbackup 1.2 est installé"),
        ("absent", FAIL, "n'est pas installé"),
        ("not-installed", FAIL, "n'est pas installé"),
        ("config-files", FAIL, "que la configuration"),
        ("half-configured", FAIL, "half-configured"),
    ],
)
def test_package(status: str, expected: Outcome, observed: str) -> None:
    fact = PackageFact(kind="package", status=status, version="1.2")
    result = outcome(make_check("package", name="borgbackup"), fact)
    assert result.outcome is expected
    assert observed in result.observed


@pytest.mark.parametrize(
    ("fact", "expected", "observed", "hint"),
    [
        (run('{"ok": true, "expected": "a", "observed": "b"}\n'), PASS, "b", ""),
        (run('{"ok": false, "expected": "a", "observed": "b"}'), FAIL, "b", "Voir x"),
        (
            run('{"ok": false, "expected": "a", "observed": "b", "hint": "c"}'),
            FAIL,
            "b",
            "c",
        ),
        (run('{"ok": 1, "expected": "a", "observed": "b"}'), ERROR, "verdict lisible", "pénalise"),
        (run('{"ok": true}'), ERROR, "verdict lisible", "pénalise"),
        (run("{} {}"), ERROR, "verdict lisible : {} {}", "pénalise"),
        (run(""), ERROR, "verdict lisible", "pénalise"),
        (run("{}", truncated=True), ERROR, "verdict lisible", "pénalise"),
        (
            run('{"ok": true, "expected": "", "observed": ""}', 1, stderr="boum"),
            ERROR,
            "code de sortie 1 : boum",
            "pénalise",
        ),
        (run(timed_out=True), ERROR, "n'a pas fini en 60s", "pénalise"),
    ],
)
def test_script(fact: RunFact, expected: Outcome, observed: str, hint: str) -> None:
    result = outcome(make_check("script", run="a.py"), fact)
    assert result.outcome is expected
    assert observed in result.observed
    assert hint in result.hint


def test_what_has_no_fact_is_an_error() -> None:
    assert outcome(command(), None).outcome is ERROR
    assert outcome(command(), file()).outcome is ERROR
    denied = ErrorFact(kind="error", reason="os", detail="EACCES")
    result = outcome(command(), denied)
    assert result.outcome is ERROR
    assert "accès refusé" in result.observed


def test_unreachable_vm_says_why() -> None:
    result = unreachable(command(), unreachable_vm("srv"))
    assert (result.outcome, result.observed) == (ERROR, "srv : connexion SSH perdue")
    assert result.hint == "Relancez le lab."


def test_guest_text_cannot_drive_the_terminal() -> None:
    result = outcome(command(), run(exit_=1, stderr="\x1b]0;x\x07\u202eabc\r" + "z" * 5000))
    assert "\x1b" not in result.observed
    assert "\u202e" not in result.observed
    assert len(result.observed) < 1500
    shown = outcome(
        make_check("script", run="a"), run('{"ok":true,"expected":"\\u001b[2J","observed":""}')
    )
    assert shown.expected == "\\x1b[2J"


def test_root_cause_comes_first() -> None:
    order = [Outcome.PASS, Outcome.SKIP, Outcome.FAIL, Outcome.PENDING, Outcome.ERROR, Outcome.FAIL]
    results = [CheckResult(str(n), "t", "srv", each) for n, each in enumerate(order)]
    assert [result.id for result in root_cause_first(results)] == ["2", "5", "4", "1", "3", "0"]


def test_priority_orders_those_that_came_to_the_same() -> None:
    results = [
        CheckResult("a", "t", "srv", FAIL),
        CheckResult("b", "t", "srv", FAIL, priority=1),
        CheckResult("c", "t", "srv", PASS, priority=9),
        CheckResult("d", "t", "srv", FAIL),
    ]
    assert [result.id for result in root_cause_first(results)] == ["b", "a", "d", "c"]
    assert outcome(command(priority=3), run(exit_=1)).priority == 3
