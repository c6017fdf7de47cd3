"""A person keeps a search of the catalogue under a name, and lets it go."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import Invalid, NotNow
from search import actions
from search.catalogue import Asked, applied
from search.engine import Sort
from search.forms import SaveForm


@login_required
@never_cache
def save(request: HttpRequest) -> HttpResponse:
    """The address holds the search, as the catalogue's own does."""
    asked = Asked.read(request.GET, language=get_language() or "fi")
    asked = replace(asked, page=1, more=False, sort=Sort.RELEVANCE.value)
    chosen = applied(asked)
    name = ", ".join(filter(None, (asked.words, *(one.label for one in chosen))))[:80]
    form = SaveForm(request.POST or None, initial={"name": name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_search(
                by=person_of(request),
                query=asked.address(),
                at=arrived_at(request),
                **form.cleaned_data,
            )
        except Invalid as error:
            for field, words in error.errors.items():
                form.add_error(field if field in form.fields else None, words)
        except NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The search is kept. It is on your own page."))
            return redirect(reverse("search:catalogue") + asked.address())
    return render(
        request,
        "search/save.html",
        {"form": form, "asked": asked, "applied": chosen},
        status=400 if form.is_bound else 200,
    )


@login_required
@require_POST
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    actions.remove_search(by=person_of(request), uid=uid)
    messages.success(request, _("The search has been removed."))
    return redirect("accounts:home")
