"""Public pages of solutions."""

from importlib import import_module

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_safe

from accounts.signed_in import person_of
from catalogue import actions, facts, queries
from catalogue.choice import chosen
from catalogue.forms import ReuseForm
from catalogue.models import Solution
from catalogue.rules import can_edit_solution
from catalogue.sharing import sharing
from catalogue.states import ACTIVE
from core.arrival import arrived_at
from core.errors import DomainError


def _solution(slug: str) -> Solution:
    return get_object_or_404(
        queries.with_users(Solution.objects.published()).select_related("idea"), slug=slug
    )


def solution(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is, for whom, where it works, what it takes, who uses it."""
    return page_of(request, _solution(slug))


@require_safe
@conditional_page
@cache_control(public=True, max_age=86_400)
def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The solution's kuosi, as a picture for whoever shares its address."""
    found = get_object_or_404(Solution.objects.published().select_related("theme"), slug=slug)
    # Pillow takes its time to load: only who asks for a picture pays.
    draw = import_module("core.kuosi_png").kuosi_png
    family = found.theme.key if found.theme else None
    return HttpResponse(draw(found.uid.hex, family), content_type="image/png")


@require_safe
@conditional_page
def publiccode(request: HttpRequest, slug: str) -> HttpResponse:
    """publiccode.yml of a solution with source code and a known licence; others have none."""
    # PyYAML is loaded only when a file is asked for.
    content = import_module("catalogue.publiccode").written(_solution(slug))
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="application/yaml; charset=utf-8",
        headers={"Access-Control-Allow-Origin": "*"},
    )


def page_of(request: HttpRequest, found: Solution) -> HttpResponse:
    """The page of a solution as it is given: published, or a draft in the back office's preview."""
    users = [reuse for reuse in found.reuses.all() if reuse.stage in ACTIVE]
    compared = chosen(request.GET)
    mine = queries.municipalities_of(request.user) if request.user.is_authenticated else []
    return render(
        request,
        "catalogue/solution.html",
        {
            "solution": found,
            "sharing": sharing(found),
            "trail": queries.trail_of(found),
            "users": [(one, facts.use(one)) for one in users],
            "places": [r.organisation.name for r in users if r.organisation.is_municipality],
            "related": [
                queries.comparable(queries.row_of(one), one, compared)
                for one in queries.related(found)
            ],
            "municipalities": mine,
            "own": [r for r in users if r.organisation_id in {one.pk for one in mine}],
            "may_edit": request.user.is_authenticated and can_edit_solution(request.user, found),
            "foreign": found.language != get_language(),
            "fit": facts.fit(found),
            "adoption": facts.adoption(found),
            "maturity": facts.maturity(found),
            "history": found.maturity_changes.all() if found.pk else (),
            "sections": [facts.rights(found), facts.trust(found)],
            "behind": facts.people(found),
            "subjects": facts.classification(found),
            "contacts": queries.contacts_of(found),
            "proof": queries.proof_of(found, request.user, mine),
            "choice": compared,
            "compare_url": compared.toggled(found.slug),
            "is_compared": compared.has(found.slug),
        },
    )


@login_required
@never_cache
def reuse(request: HttpRequest, slug: str) -> HttpResponse:
    """«We want to pilot», «we use this»: a municipality tells it itself."""
    found = _solution(slug)
    words = ("note", *actions.DETAILS)
    municipalities = queries.municipalities_of(person_of(request))
    if not municipalities:
        return render(request, "catalogue/reuse_who.html", {"solution": found}, status=200)
    person = person_of(request)
    told = queries.use_of(found, municipalities[0]) if len(municipalities) == 1 else None
    form = ReuseForm(
        request.POST or None,
        municipalities=municipalities,
        initial={
            **({name: getattr(told, name) for name in ("stage", "since", *words)} if told else {}),
            **({"stage": stage} if (stage := request.GET.get("stage")) else {}),
            "contact": told is not None and told.contact_id == person.pk,
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        organisation = next((m for m in municipalities if m.pk == given["organisation"]), None)
        if organisation is None:
            raise Http404
        try:
            actions.tell_reuse(
                solution=found,
                organisation=organisation,
                stage=given["stage"],
                # What was not shown to be changed is not emptied.
                details={name: given[name] for name in words if told or given[name]},
                since=given["since"],
                contact=given["contact"] if told or given["contact"] else None,
                by=person,
                at=arrived_at(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. It is shown on the solution's page now."))
            return redirect("catalogue:solution", found.slug)
    return render(
        request,
        "catalogue/reuse.html",
        {"solution": found, "form": form},
        status=400 if form.is_bound and form.errors else 200,
    )
