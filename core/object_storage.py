"""An S3-compatible store as Django's storage, loaded only where STORAGE_URL names one.

What goes wrong on the way to it is an OSError, as with a disk: whoever keeps a file knows how to
say that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

IN_MEMORY: Final = 1024 * 1024  # bytes of a file that is read; the rest of it lies on disk
ONE_AT_A_TIME: Final = TransferConfig(use_threads=False)
# Other makers' stores do not know the newest sums that Amazon's client would add. A store that does
# not answer must not hold a thread for minutes.
CLIENT: Final = Config(
    s3={"addressing_style": "path"},
    signature_version="s3v4",
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=5,
    read_timeout=60,
    retries={"max_attempts": 3, "mode": "standard"},
)


class ObjectStorage(S3Storage):  # type: ignore[misc]
    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "client_config": CLIENT,
            "default_acl": None,
            "transfer_config": ONE_AT_A_TIME,
            "max_memory_size": IN_MEMORY,
        }

    def _save(self, name: str, content: Any) -> str:
        with _as_of_a_disk():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_of_a_disk():
            return super()._open(name, mode)

    def exists(self, name: str) -> bool:
        with _as_of_a_disk():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with _as_of_a_disk():
            super().delete(name)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """None: a file is given only to those who may have it, by our own pages."""
        raise ValueError("attachments have no address of their own")


@contextmanager
def _as_of_a_disk() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"the object store: {type(error).__name__}") from error
