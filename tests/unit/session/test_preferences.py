from pathlib import Path

import pytest

from pcapra_lab.errors import LabError
from pcapra_lab.session.preferences import Look, Preferences, PreferenceStore, preferences_path


def test_preferences_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "config" / "preferences.json"
    PreferenceStore(path).keep(Preferences(look=Look.LIGHT, celebrate=False))
    assert PreferenceStore(path).current == Preferences(look=Look.LIGHT, celebrate=False)
    assert [file.name for file in path.parent.iterdir()] == ["preferences.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"look": "rose"}', '{"look": []}', '{"celebrate": "oui"}', "\xff\xfe"]
)
def test_an_unreadable_file_counts_as_none_and_is_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(text, encoding="latin-1")
    store = PreferenceStore(path)
    assert store.current == Preferences()
    store.keep(Preferences(look=Look.CONTRAST))
    assert PreferenceStore(path).current.look is Look.CONTRAST


def test_keys_of_a_newer_program_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text('{"look": "clair", "police": "grande"}')
    assert PreferenceStore(path).current == Preferences(look=Look.LIGHT)


def test_what_cannot_be_written_holds_for_this_sitting_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where a folder should be")
    store = PreferenceStore(tmp_path / "config" / "preferences.json")
    with pytest.raises(LabError, match="ne sera pas gardée") as caught:
        store.keep(Preferences(celebrate=False))
    assert caught.value.hint
    assert store.current.celebrate is False


def test_the_file_stands_where_the_account_keeps_its_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path))
    assert preferences_path() == tmp_path / "config" / "preferences.json"
    monkeypatch.delenv("PCAPRA_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert preferences_path() == tmp_path / "xdg" / "pcapra-lab" / "preferences.json"
