import json
from pathlib import Path

from pcapra_lab.content.schema import schemas, write_schemas

SCHEMAS = Path(__file__).parents[3] / "schemas"


def test_the_schemas_in_the_repository_are_those_of_the_models() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}
    assert found == schemas(), "run: python -m pcapra_lab.content.schema"


def test_schemas_refuse_unknown_keys() -> None:
    for name, text in schemas().items():
        assert json.loads(text)["additionalProperties"] is False, name


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    write_schemas(tmp_path / "ici")
    assert {path.name for path in (tmp_path / "ici").iterdir()} == set(schemas())
