"""Small text tools: safe marks in what people write, and soft hyphens in long Finnish words."""

import re
from collections.abc import Callable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SOFT_HYPHEN = "\u00ad"
VOWELS = "aeiouyåäö"
_SYLLABLE = re.compile(rf"(?<=[{VOWELS}a-zåäö])(?=[b-df-hj-np-tv-xz][{VOWELS}])", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{12,}")
_LINK = re.compile(r"\[([^\]\[\n]{1,200})\]\(((?:https?://|mailto:)[^\s()]{1,500})\)")
_ADDRESS = re.compile(r"(?<![\w\"/=>])https?://[^\s<>\"]{3,500}")
_BOLD = re.compile(r"\*\*(\S(?:[^\n]{0,500}?\S)?)\*\*")
_BULLET = re.compile(r"^\s{0,3}[-*•]\s+(.*)$")
_NUMBER = re.compile(r"^\s{0,3}\d{1,3}[.)]\s+(.*)$")
_REL = 'rel="nofollow ugc noopener"'


def hyphenate(text: str) -> str:
    """Soft hyphens between the syllables of words of 12 letters or more; four letters stay whole.

    A Finnish syllable begins at a consonant that a vowel follows.
    """

    def broken(match: re.Match[str]) -> str:
        word = match[0]
        cuts = [at.start() for at in _SYLLABLE.finditer(word) if 4 <= at.start() <= len(word) - 4]
        for cut in reversed(cuts):
            word = f"{word[:cut]}{SOFT_HYPHEN}{word[cut:]}"
        return word

    return _WORD.sub(broken, text)


def _inline(line: str) -> str:
    """Links and bold of one line; everything is escaped first, so that only our tags come out."""
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"\x00{len(kept) - 1}\x00"

    def link(match: re.Match[str]) -> str:
        return keep(f'<a href="{match[2]}" {_REL}>') + match[1] + keep("</a>")

    def address(match: re.Match[str]) -> str:
        url = match[0]
        # What ends the sentence is not the address's, nor an entity that escaping made.
        while stripped := re.sub(r"(?:&(?:quot|gt|lt|#x27|amp);|[.,;:!?)\]])$", "", url):
            if stripped == url:
                break
            url = stripped
        rest = match[0][len(url) :]
        return keep(f'<a class="address" href="{url}" {_REL}>{url}</a>') + rest

    safe: str = escape(line.replace("\x00", ""))
    safe = _LINK.sub(link, safe)
    safe = _ADDRESS.sub(address, safe)
    safe = _BOLD.sub(r"<strong>\1</strong>", safe)
    return re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], safe)


def plain(text: str) -> str:
    """The same for where there is no markup: bold without its stars, links as words (address)."""
    return _BOLD.sub(r"\1", _LINK.sub(r"\1 (\2)", text or ""))


def _list(lines: list[str], pattern: re.Pattern[str], tag: str) -> str | None:
    found = [pattern.match(line) for line in lines]
    if not all(found):
        return None
    items = "".join(f"<li>{_inline(match[1])}</li>" for match in found if match)
    return f"<{tag}>{items}</{tag}>"


def _runs(lines: list[str], kind: Callable[[str], int]) -> list[list[str]]:
    runs: list[list[str]] = []
    for line in lines:
        if runs and kind(runs[-1][0]) == kind(line):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _kind(line: str) -> int:
    return 1 if _BULLET.match(line) else 2 if _NUMBER.match(line) else 0


def small_markdown(text: str) -> SafeString:
    """Paragraphs, lists (- or 1.), **bold** and links of untrusted text; all else is escaped."""
    out = []
    for block in re.split(r"\n\s*\n", (text or "").replace("\r\n", "\n").strip("\n")):
        lines = [line for line in block.split("\n") if line.strip()]
        for run in _runs(lines, _kind):
            made = _list(run, _BULLET, "ul") or _list(run, _NUMBER, "ol")
            out.append(made or f"<p>{'<br>'.join(_inline(line.strip()) for line in run)}</p>")
    return mark_safe("".join(out))
