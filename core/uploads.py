"""Uploads that are far too large do not fill the disk: what is over the limit is not kept."""

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

FILE_AT_MOST = 64 * 1024 * 1024
REQUEST_AT_MOST = 512 * 1024 * 1024
WITHOUT_LIMIT = ("/admin/",)  # staff's own uploads have Wagtail's limits


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """A file's bytes after the limit are counted, not written: its size tells that it is too large.

    So the form comes back with what was typed and the other files, instead of a broken connection.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.kept_of_request = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept_of_file = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        path = getattr(self.request, "path", "")
        over = (
            self.kept_of_file + len(raw_data) > FILE_AT_MOST
            or self.kept_of_request + len(raw_data) > REQUEST_AT_MOST
        )
        if over and not path.startswith(WITHOUT_LIMIT):
            return
        self.kept_of_file += len(raw_data)
        self.kept_of_request += len(raw_data)
        super().receive_data_chunk(raw_data, start)
