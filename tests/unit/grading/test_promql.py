"""``promql``: the API's documented answers, and the verdict."""

import json
from pathlib import Path
from typing import Any

import pytest
from local_guest import judged, make_check

from pcapra_lab.grading.compile import check_items
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.http import HttpFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR


def vector(*values: str) -> dict[str, Any]:
    """As in prometheus.io/docs/prometheus/latest/querying/api, instant queries."""
    result = [
        {
            "metric": {"__name__": "up", "instance": f"web{number}:9100", "job": "node"},
            "value": [1435781451.781, value],
        }
        for number, value in enumerate(values, 1)
    ]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


SCALAR = {"status": "success", "data": {"resultType": "scalar", "result": [1435781451.781, "3"]}}
MATRIX = {"status": "success", "data": {"resultType": "matrix", "result": []}}
WRONG = {"status": "error", "errorType": "bad_data", "error": "1:4: parse error"}


def answer(body: object, status: int = 200, failure: str = "", **fields: Any) -> HttpFact:
    text = body if isinstance(body, str) else json.dumps(body)
    base: dict[str, Any] = {"kind": "http", "detail": "", "headers": {}, "body": text}
    return HttpFact(**base | {"status": status, "failure": failure} | fields)


@pytest.mark.parametrize(
    ("fields", "fact", "expected", "observed"),
    [
        ({}, answer(vector("1", "1")), PASS, "up{instance=web1:9100,job=node} = 1, up{"),
        ({}, answer(vector("1", "0")), FAIL, "up{instance=web2:9100,job=node} = 0"),
        ({}, answer(vector("NaN")), FAIL, "up{instance=web1:9100,job=node} = nan"),
        ({}, answer(vector()), FAIL, "aucune série"),
        ({"series": 2}, answer(vector("1", "1")), PASS, "up{"),
        ({"series": 3}, answer(vector("1", "1")), FAIL, "2 séries : up{"),
        ({"series": 0}, answer(vector()), PASS, "aucune série"),
        ({"series": 0}, answer(vector("1")), FAIL, "1 série : up{"),
        ({"value": ">=2.5"}, answer(SCALAR), PASS, "valeur = 3"),
        ({"value": "< -1e3"}, answer(SCALAR), FAIL, "valeur = 3"),
        ({"value": "!= 3"}, answer(SCALAR), FAIL, "valeur = 3"),
        ({}, answer(vector(*"00000")), FAIL, "up{instance=web1:9100,job=node} = 0, up{"),
        ({}, answer(MATRIX), ERROR, "la requête rend un résultat de type matrix"),
        ({}, answer(WRONG, 400), ERROR, "Prometheus refuse la requête : 1:4: parse error"),
        ({}, answer("<html>"), FAIL, "http://127.0.0.1:9090 ne répond pas comme Prometheus (200)"),
        ({}, answer([]), FAIL, "http://127.0.0.1:9090 ne répond pas comme"),
        ({}, answer("", failure="refused"), FAIL, "http://127.0.0.1:9090 : connexion refusée"),
        ({}, answer("{", truncated=True), ERROR, "la réponse dépasse"),
    ],
)
def test_verdict(fields: dict[str, Any], fact: HttpFact, expected: Outcome, observed: str) -> None:
    result = judged(make_check("promql", **{"query": "up", "value": "== 1"} | fields), fact)
    assert result.outcome is expected
    assert result.observed.startswith(observed)


def test_the_query_is_encoded() -> None:
    check = make_check("promql", url="http://mon:9090/", query='up{job="a b"}', value="== 1")
    [item] = check_items(check, {}, Path("/")).values()
    assert item["url"] == "http://mon:9090/api/v1/query?query=up%7Bjob%3D%22a+b%22%7D"


@pytest.mark.parametrize("value", ["1", "= 1", "== un", ">= 1; 2"])
def test_what_is_no_comparison_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="value"):
        make_check("promql", query="up", value=value)
