"""A document of the jury's work as a file to be shown or kept."""

from django.http import HttpResponse

from scoring.models import Document

SHOWN = frozenset({"application/pdf", "text/html; charset=utf-8"})


def as_download(document: Document) -> HttpResponse:
    """The stored bytes. Its HTML has no script and takes nothing from elsewhere."""
    response = HttpResponse(bytes(document.content), content_type=document.media_type)
    kind = "inline" if document.media_type in SHOWN else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{document.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Cookie"  # who may have it depends on who asks
    response["ETag"] = f'"{document.sha256[:32]}"'
    return response
