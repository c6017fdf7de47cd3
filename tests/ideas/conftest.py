"""Files of these tests go to a folder of their own."""

import pytest

from ideas.models import Attachment


@pytest.fixture(autouse=True)
def attachments_folder(monkeypatch, tmp_path):
    folder = tmp_path / "attachments"
    folder.mkdir()
    monkeypatch.setattr(Attachment._meta.get_field("file").storage, "location", str(folder))
    return folder
