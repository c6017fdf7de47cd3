"""The receipt of a proposal: on the screen, and on paper for whoever wants to keep one."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import printing, ratelimit
from core.views import later
from ideas import links, receipt_file
from ideas.flow import Desk

log = logging.getLogger(__name__)


@require_safe
def receipt(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Number, time, digest, and what happens next."""
    if desk.is_draft or desk.idea.current_version is None:
        return redirect(desk.paths.home)
    context = {
        "desk": desk,
        "idea": desk.idea,
        "challenge": desk.idea.challenge,
        "version": desk.idea.current_version,
        "private_url": links.absolute(desk.paths.home),
        "can_change": desk.may_write(request),
        "has_pdf": printing.can_make_pdf(),
    }
    return render(request, "ideas/receipt.html", context)


@require_safe
def receipt_pdf(request: HttpRequest, desk: Desk) -> HttpResponse:
    """404 where nothing was handed in, or nothing can print; 503 while the printer is busy."""
    version = desk.idea.current_version
    if version is None or not printing.can_make_pdf():
        raise Http404
    most = settings.DOWNLOADS_PER_MINUTE
    if not ratelimit.allow("download", ratelimit.address_of(request), limit=most, seconds=60):
        return later(429, 60, _("Too many downloads. Wait a minute."))
    try:
        made = receipt_file.pdf(desk.idea, version)
    except printing.BusyError:
        return later(503, 30, _("The printer has a lot to do. Try again in a moment."))
    except printing.NotPrintedError:
        log.exception("A receipt could not be printed")
        return later(503, 300, _("The PDF could not be made now. Try again in a while."))
    name = f"{desk.idea.reference}-v{version.number}.pdf"
    return HttpResponse(
        made,
        content_type=printing.PDF,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
