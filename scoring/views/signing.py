"""The juror's page of the approved decision: read it, show anew who you are, sign."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import fresh_code
from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import DomainError
from scoring.actions.signing import sign_decision
from scoring.models import Juror
from scoring.queries.signing import page_for


@login_required
@never_cache
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """404 until the decision is approved and the person's own signature belongs to it."""
    juror = (
        Juror.objects.filter(user=person_of(request), pk=pk)
        .select_related("challenge__owner")
        .first()
    )
    page = page_for(juror) if juror else None
    if juror is None or page is None:
        raise Http404
    # The code is for this content: when the decision changes, it does not do any more.
    purpose = f"decision:{page.decision.pk}:{page.decision.digest}"
    error = ""
    if request.method == "POST" and page.mine is None:
        if request.POST.get("go") == "code":
            what = _("signature of the decision of “%(challenge)s”") % {
                "challenge": juror.challenge
            }
            if fresh_code.send(request, purpose=purpose, what=what):
                return redirect(f"{request.path}#code-form")
            error = _("Codes have been sent several times already. Look in your mail, or wait.")
        else:
            shown_at = fresh_code.check(request, request.POST.get("code", ""), purpose=purpose)
            if shown_at is None:
                error = _("The code is not right, or it is too old. Look in your newest letter.")
            else:
                try:
                    sign_decision(
                        decision=page.decision,
                        juror=juror,
                        digest=request.POST.get("digest", ""),
                        shown_at=shown_at,
                        by=person_of(request),
                        at=max(arrived_at(request), shown_at),
                    )
                except DomainError as refusal:
                    error = str(refusal)
                else:
                    messages.success(request, _("Thank you. Your signature is in the record."))
                    return redirect("scoring:sign", juror.pk)
    context = {
        "juror": juror,
        "challenge": juror.challenge,
        "page": page,
        "decision": page.decision,
        "code_sent": fresh_code.is_waiting(request, purpose=purpose),
        "error": error,
    }
    return render(request, "scoring/sign.html", context, status=400 if error else 200)
