"""A small limiter for endpoints that send mail. Keys are hashed: the cache holds no address."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def allow(bucket: str, key: str, *, limit: int, seconds: int) -> bool:
    """Count one use of `bucket` by `key`; False from the (limit + 1)th within `seconds`.

    The window opens at the first use and is not moved by later ones.
    """
    digest = salted_hmac("talkoot.ratelimit", key.strip().casefold(), algorithm="sha256")
    name = f"ratelimit:{bucket}:{digest.hexdigest()[:32]}"
    if cache.add(name, 1, timeout=seconds):
        return limit >= 1
    try:
        return cache.incr(name) <= limit
    except ValueError:  # the window ended between the two calls: this is the first of the next
        cache.add(name, 1, timeout=seconds)
        return limit >= 1


def address_of(request: HttpRequest) -> str:
    """Whose requests are counted together. Behind our own proxy it is the last hop's word."""
    if settings.SECURE_PROXY_SSL_HEADER and (hops := request.headers.get("X-Forwarded-For")):
        return hops.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
