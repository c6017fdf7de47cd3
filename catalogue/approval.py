"""The way of a solution's draft: its owner's staff submit it, the platform's owner approves it.

The workflow is Wagtail's. While one is in force for solutions nobody publishes past it; where the
platform's owner has taken it out of use, staff publish their own.
"""

from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from wagtail.models import GroupApprovalTask, Workflow, WorkflowContentType, WorkflowTask

from accounts.permissions import OwnedPermissionPolicy
from accounts.rules import is_platform_owner
from catalogue.models import Solution

NAME: Final = "Ratkaisun hyväksyntä"
ACTIONS: Final = ("add", "change", "view", "publish", "lock", "unlock")


def ensure_workflow() -> None:
    """One task, which owners of the platform may do. What exists is left as it is, also when it
    has been taken out of use."""
    if Workflow.objects.filter(name=NAME).exists():
        return
    workflow = Workflow.objects.create(name=NAME)
    task = GroupApprovalTask.objects.create(name=NAME)  # no group: owners of the platform always
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    kind = ContentType.objects.get_for_model(Solution)
    WorkflowContentType.objects.get_or_create(content_type=kind, defaults={"workflow": workflow})


class SolutionPermissionPolicy(OwnedPermissionPolicy):
    """Staff have their own municipality's solutions; publishing waits for approval, if in force."""

    def __init__(self) -> None:
        super().__init__(Solution, owner="owner", actions=ACTIONS)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, action) and not self._waits(user, action)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        allowed = super().user_has_permission_for_instance(user, action, instance)
        return allowed and not self._waits(user, action)

    @staticmethod
    def _waits(user: Any, action: str) -> bool:
        return (
            action == "publish"
            and not is_platform_owner(user)
            and Solution.get_default_workflow() is not None
        )
