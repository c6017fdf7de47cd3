"""CLAMAV_URL: a real clamd that knows one harmless word as a virus."""

import io

import pytest

from core import healthchecks
from ideas import viruses
from ideas.filetypes import Refused
from ideas.models import Attachment
from tests import needs
from tests.factories import files
from tests.ideas.making import add, proposal

VIRUS = b"qzviruksen-tuntomerkki"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    with needs.running_clamd(tmp_path_factory.mktemp("clamd"), known={"Kokeilu": VIRUS}) as url:
        yield url


@pytest.mark.clamav
@pytest.mark.django_db
def test_file_with_a_virus_is_refused_by_its_name(settings, clamd):
    settings.CLAMAV_URL = clamd
    idea, person = proposal()
    with pytest.raises(Refused, match="Kokeilu"):
        add(idea, person, data=files.pdf(VIRUS.decode()))
    assert not Attachment.objects.exists()
    assert add(idea, person).name == "liite.pdf"
    assert "ClamAV" in viruses.health()


def test_nothing_is_taken_while_the_scanner_is_away(settings):
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{needs.free_port()}"
    with pytest.raises(Refused):
        viruses.check(io.BytesIO(b"x"))
    with pytest.raises(healthchecks.Down):
        viruses.health()


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMAV_URL = ""
    viruses.check(io.BytesIO(VIRUS))
