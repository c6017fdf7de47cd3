"""Pages of people and organisations."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions, factors, oidc, queries, registry, rules
from accounts.forms import OrganisationForm
from accounts.models import Membership, Organisation
from accounts.signed_in import person_of
from accounts.states import MembershipState
from core.errors import Invalid

MUNICIPALITIES_PER_PAGE = 60


class SignInView(RequestLoginCodeView):  # type: ignore[misc]
    template_name = "account/sign_in.html"
    extra_context = {"providers": oidc.for_sign_in}

    def get_authenticated_redirect_url(self) -> str:
        """Wagtail sends here whoever may not enter its admin: going back would never end."""
        url: str = super().get_authenticated_redirect_url()
        if url.startswith(reverse("wagtailadmin_home")) and not rules.is_of_back_office(
            self.request.user
        ):
            raise Http404
        return url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo": settings.DEMO}


class CodeView(ConfirmLoginCodeView):  # type: ignore[misc]
    template_name = "account/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo": settings.DEMO}


@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """My page: what waits for me, and what I have."""
    return render(
        request,
        "accounts/home.html",
        {
            "cards": registry.cards_for_home(person_of(request)),
            "memberships": queries.memberships_of(person_of(request)),
            "back_office": rules.is_of_back_office(person_of(request)),
        },
    )


@login_required
@never_cache
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Create an organisation, or ask to join the one that has the business ID."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        existing = form.existing()
        if existing:
            membership = actions.request_membership(organisation=existing, by=person_of(request))
        else:
            try:
                membership = actions.create_organisation(by=person_of(request), **form.cleaned_data)
            except Invalid as error:
                for field, texts in error.errors.items():
                    form.add_error(field if field in form.fields else None, texts)
                return render(request, "accounts/organisation_form.html", {"form": form})
        if membership.state == MembershipState.ACTIVE:
            messages.success(
                request, _("You now act for %(name)s.") % {"name": membership.organisation}
            )
        else:
            messages.info(
                request,
                _("%(name)s is already here. Its administrators got your request to join.")
                % {"name": membership.organisation},
            )
        return redirect(get_next_redirect_url(request) or "accounts:home")
    return render(request, "accounts/organisation_form.html", {"form": form})


def municipalities(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    page = Paginator(queries.municipalities(words=words), MUNICIPALITIES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "accounts/municipalities.html", {"page": page, "words": words})


def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """What an organisation does here; its members and requests for its own administrators."""
    found = get_object_or_404(Organisation, slug=slug)
    manages = rules.can_name_people(request.user, found)
    people = queries.people_of(found) if manages or rules.acts_for(request.user, found) else []
    return render(
        request,
        "accounts/organisation.html",
        {
            "organisation": found,
            "cards": registry.cards_for_organisation(found),
            "people": people,
            "manages": manages,
            "may_be_reset": factors.with_factors(found, by=person_of(request)) if manages else (),
            "may_ask": request.user.is_authenticated and not rules.acts_for(request.user, found),
        },
    )


@login_required
@require_POST
def membership_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to act for an organisation."""
    found = get_object_or_404(Organisation, slug=slug)
    membership = actions.request_membership(organisation=found, by=person_of(request))
    if membership.state == MembershipState.ACTIVE:
        messages.success(request, _("You now act for %(name)s.") % {"name": found})
    else:
        messages.info(
            request, _("The administrators of %(name)s got your request.") % {"name": found}
        )
    return redirect("accounts:organisation", found.slug)


@login_required
@require_POST
def membership_answer(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("organisation", "user"), pk=pk)
    actions.answer_membership(
        membership=membership,
        approve=request.POST.get("answer") == "yes",
        by=person_of(request),
    )
    messages.success(request, _("Your answer has been sent."))
    return redirect("accounts:organisation", membership.organisation.slug)


@login_required
@require_POST
def membership_end(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("organisation", "user"), pk=pk)
    actions.end_membership(membership=membership, by=person_of(request))
    messages.success(request, _("The membership has ended."))
    return redirect("accounts:home")


@login_required
@never_cache
def factors_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factors of somebody who has lost them."""
    person = get_object_or_404(rules.people_to_reset(request.user), pk=pk)
    if request.method != "POST":
        has = queries.has_second_factor(person)
        return render(request, "accounts/factors_reset.html", {"person": person, "has": has})
    factors.reset(user=person, by=person_of(request))
    messages.success(
        request, _("%(name)s can now sign in and set up a new second step.") % {"name": person}
    )
    return redirect("accounts:home")
