"""Finnish and Swedish are whole: every text translated, none in doubt, same places to fill in."""

import gettext as standard_gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WHOLE = ("fi", "sv")
PLACES = re.compile(r"%(?:\(\w+\))?[sd%]|\{\w*\}")
CODE = (
    *("core", "accounts", "challenges", "ideas", "scoring", "catalogue", "search", "cms"),
    *("demo", "config", "templates"),
)


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def places(text: str) -> set[str]:
    return set(PLACES.findall(text)) - {"%%"}


@pytest.mark.parametrize("language", WHOLE)
def test_every_text_is_translated(language: str):
    lacking = [
        entry.msgid
        for entry in catalogue(language)
        if not entry.obsolete and (entry.fuzzy or not all(texts(entry)))
    ]
    assert lacking == []


@pytest.mark.parametrize("language", WHOLE)
def test_translations_fill_in_the_same_things(language: str):
    wrong = []
    for entry in catalogue(language):
        if entry.obsolete:
            continue
        known = places(entry.msgid) | places(entry.msgid_plural)
        for text in filter(None, texts(entry)):
            # One form of a plural may say «one» instead of its number, but nothing unknown.
            lacks = places(entry.msgid) - places(text) if not entry.msgid_plural else set()
            if places(text) - known or lacks:
                wrong.append(f"{entry.msgid} → {text}")
    assert wrong == []


@pytest.mark.parametrize("language", WHOLE)
def test_no_text_stands_twice(language: str):
    keys = [(entry.msgctxt, entry.msgid) for entry in catalogue(language) if not entry.obsolete]
    assert len(keys) == len(set(keys))


def test_languages_have_the_same_texts():
    ids = [
        {(entry.msgctxt, entry.msgid) for entry in catalogue(language) if not entry.obsolete}
        for language in WHOLE
    ]
    assert ids[0] ^ ids[1] == set()


@pytest.mark.gettext
def test_every_text_of_code_and_templates_is_in_the_catalogues(tmp_path: Path):
    for name in CODE:
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    (tmp_path / "locale").mkdir()
    command = (
        "import sys; from django.core import management as m; m.execute_from_command_line(sys.argv)"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", command, "makemessages", "-l", "fi", "--no-wrap"),
            *("--settings", "django.conf.global_settings"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    fresh = polib.pofile(str(tmp_path / "locale/fi/LC_MESSAGES/django.po"))
    kept = {(entry.msgctxt, entry.msgid) for entry in catalogue("fi") if not entry.obsolete}
    collected = {(entry.msgctxt, entry.msgid) for entry in fresh if not entry.obsolete}
    assert [text for _, text in collected - kept] == [], "run make messages, then translate"


def test_catalogues_compile_without_gettext(tmp_path: Path):
    for language in WHOLE:
        target = tmp_path / f"{language}.mo"
        catalogue(language).save_as_mofile(str(target))
        with target.open("rb") as file:
            compiled = standard_gettext.GNUTranslations(file)
        entry = next(entry for entry in catalogue(language) if entry.translated())
        if not entry.msgid_plural and not entry.msgctxt:
            assert compiled.gettext(entry.msgid) == entry.msgstr
