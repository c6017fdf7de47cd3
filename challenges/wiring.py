"""What challenges tell the floors below and around, once all models are loaded."""

from django.utils.translation import gettext_lazy as _

from accounts import registry as accounts_registry
from challenges import admin_tabs, hosting, permissions, personal, queries, registry


def connect() -> None:
    if personal.held not in accounts_registry.held:
        accounts_registry.held.append(personal.held)
    if personal.erase not in accounts_registry.on_erase:
        accounts_registry.on_erase.append(personal.erase)
    permissions.register()
    if hosting.follow_membership not in accounts_registry.on_membership_change:
        accounts_registry.on_membership_change.append(hosting.follow_membership)
    if hosting.ensure_host not in accounts_registry.on_host:
        accounts_registry.on_host.append(hosting.ensure_host)
    registry.count_national_with(queries.hosts_of_country)
    admin_tabs.register_tab("overview", _("Overview"), "challenges_admin:dashboard", 0)
    admin_tabs.register_tab("basics", _("Basics"), "challenges_admin:basics", 10)
    admin_tabs.register_tab("timetable", _("Timetable"), "challenges_admin:timetable", 20)
    admin_tabs.register_tab("forms", _("Forms"), "challenges_admin:forms", 30)
    admin_tabs.register_tab("questions", _("Questions"), "challenges_admin:inquiries", 40)
