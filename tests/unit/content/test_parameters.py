import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapra_lab.content.models import Parameter
from pcapra_lab.content.parameters import draw, env_name
from pcapra_lab.errors import ContentError

KINDS: dict[str, Parameter] = {
    "canary": "random-text",
    "client": "random-name",
    "secret": "random-token",
}


def test_a_seed_gives_the_same_values_for_ever() -> None:
    # Golden: a change here gives every trainee other values than those in their lab.
    assert draw(KINDS, "graine") == {
        "canary": (
            "Le gérant relit le planning des congés après la réunion.\n"
            "La directrice recopie le bon de livraison en fin de journée.\n"
            "La standardiste corrige la facture de février sans se presser.\n"
            "Repère : aef2ed5f362f94c2eac91771768389dd\n"
        ),
        "client": "poissonnerie-mercier",
        "secret": "ff23106733431e9a",
    }


@given(st.text(max_size=20))
def test_values_have_the_promised_shape(seed: str) -> None:
    values = draw(KINDS, seed)

    *sentences, token, end = values["canary"].split("\n")
    assert len(sentences) == 3
    assert all(re.fullmatch(r"L\S.*\.", sentence) for sentence in sentences)
    assert re.fullmatch(r"Repère : [0-9a-f]{32}", token)
    assert end == ""
    assert re.fullmatch(r"[a-z]+-[a-z]+", values["client"])
    assert re.fullmatch(r"[0-9a-f]{16}", values["secret"])


def test_another_seed_or_name_gives_another_value() -> None:
    one, other = draw(KINDS, "a"), draw(KINDS, "b")
    assert all(one[name] != other[name] for name in ("canary", "secret"))
    twins = draw({"x": "random-token", "y": "random-token"}, "a")
    assert twins["x"] != twins["y"]


def test_a_new_parameter_does_not_change_the_others() -> None:
    assert draw(KINDS, "a").items() <= draw({**KINDS, "autre": "random-token"}, "a").items()


def test_customers_of_one_exercise_are_all_different() -> None:
    many: dict[str, Parameter] = {f"client-{i}": "random-name" for i in range(256)}
    assert max(Counter(draw(many, "a").values()).values()) == 1
    with pytest.raises(ContentError, match="plus de 256 clients"):
        draw({**many, "de-trop": "random-name"}, "a")


def test_the_variable_of_a_parameter() -> None:
    assert env_name("canary") == "PCAPRA_CANARY"
    assert env_name("mot-de-passe") == "PCAPRA_MOT_DE_PASSE"
