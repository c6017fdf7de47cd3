"""The doors of the juror's pages: one's own seat, one's own assignment, or a 404."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.signed_in import person_of
from scoring.models import Assignment, Juror
from scoring.queries import desk as read


def place(request: HttpRequest, pk: int) -> Juror:
    return get_object_or_404(
        read.places_of(person_of(request)).select_related("challenge__owner"), pk=pk
    )


def mine(request: HttpRequest, pk: int) -> Assignment:
    assignment: Assignment | None = read.my_assignment(person_of(request), pk)
    if assignment is None:
        raise Http404
    return assignment
