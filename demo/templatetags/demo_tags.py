"""What the demo adds to pages of others."""

from django import template

from demo.people import Person, people

register = template.Library()


@register.simple_tag
def demo_people() -> list[Person]:
    """The logins of the demo, in the order shown."""
    return people()
