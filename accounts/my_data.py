"""Everything that is held of a person, for that person: JSON and files in one archive.

Each app tells what it holds (`accounts.registry.held`). The download is the person's right of
access (GDPR, articles 15 and 20): machine-readable, and complete as to what they gave and did.
"""

import json
import shutil
import tempfile
import zipfile
from typing import IO, Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.serializers.json import DjangoJSONEncoder

from accounts import registry
from accounts.models import User
from accounts.sessions import sessions_of
from core import clock
from core.models import AuditEntry, Mail

# Letters whose code still opens something must not be had by whoever found an open session.
CODES = ("login_code", "fresh_code")
IN_MEMORY = 1024 * 1024  # bytes; a larger archive is made on the disk


def collect(user: User) -> tuple[dict[str, Any], list[registry.Held]]:
    """(the person's data as it is written to the JSON, the parts it came of)."""
    parts = [tell(user) for tell in registry.held]
    data = {
        "made_at": clock.now(),
        "person": {
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "joined_at": user.date_joined,
            "last_signed_in_at": user.last_login,
        },
        "organisations": list(
            user.memberships.order_by("pk").values(
                "organisation__name",
                "organisation__business_id",
                "role",
                "state",
                "created_at",
            )
        ),
        "sessions": list(sessions_of(user).values("created_at", "ip", "user_agent")),
        "second_factors": list(
            Authenticator.objects.filter(user=user)
            .order_by("pk")
            .values("type", "created_at", "last_used_at")
        ),
        "linked_accounts": list(
            SocialAccount.objects.filter(user=user)
            .order_by("pk")
            .values("provider", "date_joined", "last_login")
        ),
        "letters": list(
            Mail.objects.filter(to__iexact=user.email)
            .exclude(template__in=CODES)
            .order_by("pk")
            .values("created_at", "sent_at", "subject", "text")
        ),
        "done": list(
            AuditEntry.objects.filter(by=user)
            .order_by("pk")
            .values("at", "verb", "target_type", "target_id", "data")
        ),
        **{part.key: part.data for part in parts},
    }
    return data, parts


def archive(user: User) -> IO[bytes]:
    """A ZIP, open at its beginning: my-data.json, and the person's files as they were given.

    Files go through piece by piece, so that memory does not grow with them; a file that is no
    longer in the store is left out, and the JSON still tells of it.
    """
    data, parts = collect(user)
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        made.writestr("my-data.json", text)
        for part in parts:
            for path, stored in part.files.items():
                if stored.name and stored.storage.exists(stored.name):
                    with stored.open("rb") as source, made.open(path, "w") as into:
                        shutil.copyfileobj(source, into)
    target.seek(0)
    return target
