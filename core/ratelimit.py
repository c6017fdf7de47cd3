"""A small limiter for endpoints that send mail. Keys are hashed: the cache holds no address."""

from django.core.cache import cache
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
