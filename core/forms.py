"""What views do with forms."""

from django.forms import BaseForm

from core.errors import DomainError, Invalid


def show_errors(form: BaseForm, error: DomainError) -> None:
    """Put an action's refusal onto the form: at the field when the form has it, else on top."""
    errors = error.errors if isinstance(error, Invalid) else {}
    for name, words in errors.items():
        for message in words:
            form.add_error(name if name in form.fields else None, message)
    if not errors:
        form.add_error(None, str(error))
