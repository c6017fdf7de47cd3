"""Letters about what waits for approval in the back office, in the reader's language.

Wagtail's own would be sent while the person waits, and partly in English: these take their place.
"""

from typing import Any, Final

from wagtail.admin import signal_handlers
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

from accounts.models import User
from core import mail

OF_WAGTAIL: Final = (
    signal_handlers.task_submission_email_notifier,
    signal_handlers.workflow_submission_email_notifier,
    signal_handlers.workflow_rejection_email_notifier,
    signal_handlers.workflow_approval_email_notifier,
)


def connect() -> None:
    for notifier in OF_WAGTAIL:
        notifier.valid_classes = ()  # of nothing, whichever app was ready first
    for signal, receiver in (
        (task_submitted, _asked),  # the first time, and when it is sent anew
        (workflow_approved, _given),
        (workflow_rejected, _changes_asked),
    ):
        signal.connect(receiver, dispatch_uid=f"approval letter {receiver.__name__}")


def _asked(instance: TaskState, user: User | None, **kwargs: Any) -> None:
    owners = User.objects.filter(is_superuser=True, is_active=True)
    state = instance.workflow_state
    mail.send_all(_letter("approval_asked", state, to, user) for to in owners if to != user)


def _given(instance: WorkflowState, user: User | None, **kwargs: Any) -> None:
    _answer("approval_given", instance, user)


def _changes_asked(instance: WorkflowState, user: User | None, **kwargs: Any) -> None:
    _answer("approval_changes", instance, user)


def _answer(template: str, state: WorkflowState, by: User | None) -> None:
    to = state.requested_by
    if to is not None and to.is_active and to != by:
        mail.send_all([_letter(template, state, to, by)])


def _letter(template: str, state: WorkflowState, to: User, by: User | None) -> mail.Letter:
    found, task = state.content_object, state.current_task_state
    return mail.Letter(
        to=to.email,
        template=template,
        language=to.language,
        context={
            "title": str(found.get_latest_revision_as_object()),
            "path": AdminURLFinder(to).get_edit_url(found) or "/admin/",
            "person": by,
            "comment": task.comment if task else "",
        },
        about=found,
    )
