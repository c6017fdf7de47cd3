"""Where proposals' files are kept: STORAGE_URL, a folder or an S3-compatible store.

    file:///srv/talkoot/attachments
    s3://key:secret@host[:port]/bucket[/folder][?region=eu-north-1&tls=0]

Nothing is loaded here: the settings read the address at every start.
"""

from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES: Final = ("file", "s3")


def storage_of(url: str) -> dict[str, Any]:
    """An entry of Django's STORAGES. ImproperlyConfigured says what is wrong, never the secret."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong("is not an address") from error
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/"):
            raise _wrong("needs a whole path, such as file:///srv/talkoot/attachments")
        return folder(unquote(parts.path))
    chosen = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := set(chosen) - {"region", "tls"}:
        raise _wrong(
            f"knows region and tls after the question mark, not {', '.join(sorted(unknown))}"
        )
    if chosen.get("tls", "1") not in {"0", "1"}:
        raise _wrong("tls is 0 or 1")
    bucket, _, inside = unquote(parts.path).strip("/").partition("/")
    if not (parts.hostname and parts.username and parts.password and bucket):
        raise _wrong("needs all of s3://key:secret@host/bucket")
    way = "https" if chosen.get("tls", "1") == "1" else "http"
    return {
        "BACKEND": "core.object_storage.ObjectStorage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "endpoint_url": f"{way}://{parts.hostname}{f':{port}' if port else ''}",
            "bucket_name": bucket,
            "location": inside,
            "region_name": chosen.get("region", "us-east-1"),
        },
    }


def folder(path: str) -> dict[str, Any]:
    """A folder of the machine; its files have no address of their own."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": path, "base_url": None},
    }


def _wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"STORAGE_URL: {what}")
