"""A damaged index is an index that is out of reach, whatever way tantivy has of telling it.

What lies inside a segment is not checked when it is opened. Reading damaged bytes, tantivy panics;
that reaches Python as an exception outside Exception, which would end a thread of the server.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from search.engine import SearchUnavailable

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Method = Callable[Given, Answer]


def reads(method: Method[Given, Answer]) -> Method[Given, Answer]:
    """A method that only reads: whatever it cannot read makes the index unavailable."""
    return _guarded(method, ValueError, OSError)


def writes(method: Method[Given, Answer]) -> Method[Given, Answer]:
    """A method that is also given documents: errors in those are not the index's."""
    return _guarded(method)


def _guarded(method: Method[Given, Answer], *also: type[Exception]) -> Callable[Given, Answer]:
    @wraps(method)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return method(*args, **kwargs)
        except also as error:
            raise SearchUnavailable(f"the index cannot be read: {error}") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise SearchUnavailable("the index is damaged") from error

    return guarded
