"""publiccode.yml by those who keep the standard: their validator, and their examples."""

import json
import subprocess
from pathlib import Path

import pytest

from catalogue import publiccode
from tests import needs
from tests.factories.catalogue import ReuseFactory, SolutionFactory

VENDOR = Path(__file__).parent / "vendor" / "publiccode"
# publiccode-parser 5.3.1 knows versions to 0.5. What came after is a key that we do not write and
# an end of sections that we never wrote: docs/dependencies.md.
OURS, BEFORE = b"'0.7'", b"'0.5'"


def faults(folder: Path, content: bytes) -> list[dict[str, str]]:
    """What the validator says of the file, warnings too."""
    file = folder / "publiccode.yml"
    file.write_bytes(content)
    program = str(needs.publiccode_parser())
    done = subprocess.run(
        [program, "-json", "-no-external-checks", str(file)],
        capture_output=True,
        check=False,
        timeout=60,
    )
    found: list[dict[str, str]] = json.loads(done.stdout or b"[]") or []
    assert done.returncode == 0 or found, done.stderr.decode()
    return found


def examples(kind: str) -> list[Path]:
    return sorted((VENDOR / kind).glob("*.yml"))


@pytest.mark.publiccode
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_validator_has_nothing_to_say_of_what_goes_out(tmp_path, language):
    code = {"repository": "https://git.kunta.example/vahti", "licence": "EUPL-1.2"}
    bare = SolutionFactory(**code, language=language)
    full = SolutionFactory(
        **code,
        language=language,
        website="https://vahti.example",
        award="Voittaja",
        provider="Vahti Oy",
        summary="Kyydit " + "ä" * 150,
    )
    ReuseFactory(solution=full, stage="in_use")
    for one in (bare, full):
        written = publiccode.written(one) or b""
        assert OURS in written
        found = faults(tmp_path, written)
        if any(one["key"] == "publiccodeYmlVersion" for one in found):
            found = faults(tmp_path, written.replace(OURS, BEFORE))
        assert found == []


@pytest.mark.parametrize("file", examples("valid"), ids=lambda file: file.stem)
def test_what_the_standard_takes_is_read(file):
    fields = publiccode.read(file.read_bytes())
    assert fields["title"]
    assert fields["repository"].startswith("https://")


@pytest.mark.parametrize("file", examples("invalid"), ids=lambda file: file.stem)
def test_what_the_standard_refuses_is_refused_with_the_place(file):
    with pytest.raises(publiccode.NotThis) as refused:
        publiccode.read(file.read_bytes())
    assert refused.value.faults


def test_there_are_examples():
    assert len(examples("valid")) == 6
    assert len(examples("invalid")) >= 10
