"""Keep the reader on the same page when the language changes."""

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language


def same_page(request: HttpRequest, language: str) -> str:
    """The address of the open page in another language; its front page where there is none.

    Pages of the CMS exist in each language under the same path, so that only the prefix changes.
    """
    here = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    if language == get_language():
        return here
    there = translate_url(here, language)
    return f"/{language}/" if there == here else there
