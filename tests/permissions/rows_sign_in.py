"""The second step of sign-in: one's own factors, and removing those that somebody has lost."""

from typing import Any

from tests.permissions.matrix import (
    GONE,
    LET,
    MOVED,
    NO_METHOD,
    OK,
    TO_SIGN_IN,
    Args,
    Row,
    everybody,
    no_args,
    nobody,
    only,
    signed_in,
)
from tests.permissions.world import World

OFF = everybody(NO_METHOD)


def person(role: str) -> Args:
    return lambda world: (world.people[role].pk,)


def code(world: World, role: str) -> dict[str, Any]:
    return {"code": "123456"}


def credential(world: World, role: str) -> dict[str, Any]:
    return {"credential": '{"id": "x", "response": {"userHandle": "MQ"}}', "name": ""}


ROWS = [
    Row(
        "mfa_authenticate",
        "nobody is signing in",
        no_args,
        signed_in(MOVED),
        signed_in(MOVED),
        data=code,
        writes=frozenset(),
    ),
    Row("account_inactive", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("mfa_index", "", no_args, signed_in(), signed_in(NO_METHOD)),
    Row(
        "mfa_reauthenticate",
        "without a factor",
        no_args,
        signed_in(MOVED),
        signed_in(MOVED),
        data=code,
        writes=frozenset(),
    ),
    Row(
        "mfa_activate_totp",
        "a wrong code",
        no_args,
        signed_in(),
        signed_in(LET),
        data=code,
        writes=frozenset(),
    ),
    Row(
        "mfa_login_webauthn",
        "nothing from a passkey",
        no_args,
        signed_in(LET - OK, anonymous=TO_SIGN_IN),  # or that there have been too many
        signed_in(LET, anonymous=TO_SIGN_IN),
        data=credential,
        writes=frozenset(),
    ),
    Row(
        "mfa_add_webauthn",
        "nothing from a passkey",
        no_args,
        signed_in(),
        signed_in(LET),
        data=credential,
        writes=frozenset(),
    ),
    Row(
        "mfa_reauthenticate_webauthn",
        "without a factor",
        no_args,
        signed_in(MOVED),
        signed_in(MOVED),
        data=credential,
        writes=frozenset(),
    ),
    Row(
        "mfa_remove_webauthn",
        "another's",
        lambda world: (world.people["lost"].authenticator_set.get().pk,),
        signed_in(GONE),
        signed_in(GONE),
    ),
    *(
        Row(name, "without a factor", no_args, signed_in(GONE), signed_in(GONE | NO_METHOD))
        for name in (
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
        )
    ),
    Row(
        "mfa_generate_recovery_codes",
        "without a factor",
        no_args,
        signed_in(),
        signed_in(LET),
        writes=frozenset(),
    ),
    *(
        Row(name, "a provider that is not there", lambda world: ("muu",), nobody(), OFF)
        for name in ("openid_connect_login", "openid_connect_callback")
    ),
    Row(
        "accounts:factors_reset",
        "of a host's staff",
        person("lost"),
        only("admin_a", "owner"),
        only("admin_a", "owner", outcomes=MOVED),
        writes=frozenset({"admin_a", "owner"}),
    ),
    Row(
        "accounts:factors_reset",
        "of the platform's owner",
        person("owner"),
        only(),
        only(),
    ),
    Row(
        "accounts:factors_reset",
        "of another host's administrator",
        person("second"),
        only("owner", outcomes=OK),
        only("owner", outcomes=MOVED),
    ),
]
