"""The verb that takes a publiccode.yml into the catalogue, as a draft for people to look at."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.rules import can_work_for
from catalogue.models import Solution
from core import audit, outbox
from core.errors import NotNow, require


@transaction.atomic
def take_publiccode(*, owner: Organisation, values: dict[str, Any], by: User) -> Solution:
    """A draft of the organisation's own solution with this source code; a new one when it has none.

    `values` as `publiccode.read` gives them. What readers see does not change.
    """
    require(bool(can_work_for(by, owner)))
    own = Solution.objects.select_for_update().filter(owner=owner)
    there = own.filter(repository=values["repository"]).order_by("pk").first()
    if there is None:
        solution = Solution(owner=owner, live=False, **values)
        solution.full_clean()
        solution.save()
    else:
        if there.locked:
            raise NotNow(_("The solution is locked in the back office."))
        solution = there.get_latest_revision_as_object()
        for name, value in values.items():
            setattr(solution, name, value)
        solution.full_clean()
    solution.save_revision(user=by, changed=True)
    audit.record(
        "solution.publiccode", solution, by=by, data={"new": there is None, "fields": list(values)}
    )
    outbox.emit("solution.changed", solution=solution.pk)
    return solution
