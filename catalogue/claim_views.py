"""Telling what a solution has saved, and verifying what another has told."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import person_of
from catalogue import claims, queries, rules
from catalogue.forms import ClaimForm, VerifyForm
from catalogue.models import Claim, Solution
from catalogue.states import PROVING
from core.arrival import arrived_at
from core.errors import DomainError, Invalid


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, slug: str) -> HttpResponse:
    """«Report a saving»: for the municipalities of the person that use or pilot the solution."""
    solution = get_object_or_404(Solution.objects.published(), slug=slug)
    municipalities = queries.municipalities_of(person_of(request))
    if not municipalities:
        return render(request, "catalogue/reuse_who.html", {"solution": solution})
    reuses = list(
        solution.reuses.filter(organisation__in=municipalities, stage__in=PROVING).select_related(
            "organisation"
        )
    )
    if not reuses:
        return render(request, "catalogue/claim_first.html", {"solution": solution})
    form = ClaimForm(request.POST or None, reuses=reuses)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        chosen = told.pop("reuse")
        try:
            claims.tell_claim(
                reuse=next(one for one in reuses if one.pk == chosen),
                indicator=told.pop("indicator"),
                told=told,
                by=person_of(request),
                at=arrived_at(request),
            )
        except Invalid as refusal:
            for name, words in refusal.errors.items():
                form.add_error(name if name in form.fields else None, words)
        else:
            messages.success(request, _("Thank you. It is shown on the solution's page now."))
            return redirect("catalogue:solution", solution.slug)
    status = 400 if form.is_bound else 200
    context = {"solution": solution, "form": form}
    return render(request, "catalogue/claim.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Another municipality stands for the figures; whoever may not gets 404."""
    claim, person = _claim(uid), person_of(request)
    may = [
        one
        for one in queries.municipalities_of(person)
        if rules.can_verify_claim(person, claim, one)
    ]
    if not may or claim.verified_by_id:
        raise Http404
    form = VerifyForm(request.POST or None, municipalities=may)
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in may if one.pk == form.cleaned_data["organisation"])
        try:
            claims.verify_claim(claim=claim, organisation=chosen, by=person, at=arrived_at(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. The claim is verified."))
            return redirect("catalogue:solution", claim.reuse.solution.slug)
    return render(
        request,
        "catalogue/claim_verify.html",
        {"claim": claim, "solution": claim.reuse.solution, "form": form},
        status=400 if form.is_bound else 200,
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Take one's own claim back."""
    claim = _claim(uid)
    claims.withdraw_claim(claim=claim, by=person_of(request), at=arrived_at(request))
    messages.success(request, _("The claim has been taken back."))
    return redirect("catalogue:solution", claim.reuse.solution.slug)


def _claim(uid: uuid.UUID) -> Claim:
    return get_object_or_404(
        Claim.objects.standing()
        .filter(reuse__solution__live=True)
        .select_related("organisation", "reuse__solution"),
        uid=uid,
    )
