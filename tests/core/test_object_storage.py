"""STORAGE_URL: files in a folder or in an S3 server, the same to whoever keeps and reads them."""

import hashlib
import os
import tracemalloc

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.utils.module_loading import import_string

from core.storage_address import storage_of
from ideas.attachments import Pieces
from ideas.models import Attachment
from tests import needs
from tests.factories import files
from tests.ideas.making import add, proposal, read

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def store_url(tmp_path_factory):
    with needs.running_object_store(tmp_path_factory.mktemp("s3")) as url:
        yield url


def made(url):
    entry = storage_of(url)
    return import_string(entry["BACKEND"])(**entry["OPTIONS"])


def pieces(megabytes):
    for number in range(megabytes):
        yield bytes([number % 251]) * MEGABYTE


@pytest.mark.objects
def test_object_store_gives_back_what_it_was_given(store_url):
    storage = made(store_url)
    kept = Pieces(pieces(12))
    assert storage.save("ab/abcd/1", kept) == "ab/abcd/1"
    assert kept.size == 12 * MEGABYTE
    with storage.open("ab/abcd/1") as file:
        assert hashlib.sha256(file.read()).digest() == kept.digest.digest()
    assert storage.exists("ab/abcd/1")
    storage.delete("ab/abcd/1")
    assert not storage.exists("ab/abcd/1")
    with pytest.raises(FileNotFoundError):
        storage.open("ab/abcd/1")
    with pytest.raises(ValueError, match="no address"):
        storage.url("ab/abcd/1")


@pytest.mark.objects
def test_large_file_does_not_stay_in_memory(store_url):
    storage = made(store_url)

    def peak(megabytes):
        tracemalloc.start()
        storage.save("ab/large", Pieces(pieces(megabytes)))
        with storage.open("ab/large") as file:
            while file.read(MEGABYTE):
                pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(4)  # loads what the client loads at its first use
    assert peak(60) < peak(20) + 4 * MEGABYTE


@pytest.mark.objects
@pytest.mark.django_db
def test_attachment_lives_in_the_object_store(store_url, monkeypatch, client):
    storage = made(store_url)
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage)
    idea, person = proposal()
    kept = add(idea, person, "kuva.png", files.picture())
    kept = Attachment.objects.get(pk=kept.pk)
    with kept.file.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == kept.sha256
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/fi/oma/ehdotus/{idea.uid}/-liite/{kept.uid}/")
    assert hashlib.sha256(read(answer)).hexdigest() == kept.sha256
    answer.close()


@pytest.mark.objects
def test_store_that_refuses_or_is_away_is_like_a_broken_disk(store_url):
    for url in (
        store_url.replace("salaisuus", "arvaus"),
        store_url.replace("/talkoot/", "/muu/"),
        f"s3://a:b@127.0.0.1:{needs.free_port()}/talkoot?tls=0",
    ):
        with pytest.raises(OSError, match="object store"):
            made(url).save("ab/1", Pieces(iter([b"x"])))


def test_folder_of_the_machine(tmp_path):
    storage = made(f"file://{tmp_path}/l%C3%A4")
    storage.save("ab/1", Pieces(iter([b"x", b"y"])))
    assert (tmp_path / "lä/ab/1").read_bytes() == b"xy"
    assert os.path.realpath(storages["attachments"].location)


@pytest.mark.parametrize(
    "url",
    [
        "file://here",
        "s3://host/bucket",
        "s3://key:secret@host",
        "s3://key:secret@host/bucket?acl=public",
        "s3://key:secret@host/bucket?tls=perhaps",
        "s3://key:secret@host:port/bucket",
    ],
)
def test_wrong_address_is_told_without_its_secret(url):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL") as told:
        storage_of(url)
    assert "secret" not in str(told.value).replace("key:secret@host/bucket", "")
