"""Changes to a form definition, each a function from a definition to a new one."""

import copy
from typing import Any

from django.utils.text import slugify

Raw = dict[str, Any]


class NotThere(LookupError):
    """The step or question that was named is not in the definition."""


def find_step(definition: Raw, key: str) -> Raw:
    for step in definition["steps"]:
        if step["key"] == key:
            found: Raw = step
            return found
    raise NotThere(key)


def find_question(definition: Raw, key: str) -> tuple[Raw, Raw]:
    """(step, question)"""
    for step in definition["steps"]:
        for question in step["fields"]:
            if question["key"] == key:
                return step, question
    raise NotThere(key)


def free_key(definition: Raw, label: str, *, fallback: str) -> str:
    """A key made of the label, that neither a step nor a question has."""
    taken = {step["key"] for step in definition["steps"]}
    taken |= {question["key"] for step in definition["steps"] for question in step["fields"]}
    base = slugify(label).replace("-", "_")[:30].strip("_")
    if not base or not base[0].isalpha():
        base = fallback
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def put_question(definition: Raw, *, step: str, question: Raw, key: str = "") -> Raw:
    """Replace the question `key`, or add one at the end of a step. Moves it to another step."""
    new = copy.deepcopy(definition)
    target = find_step(new, step)
    if key:
        home, old = find_question(new, key)
        if home["key"] == step:
            home["fields"][home["fields"].index(old)] = {**question, "key": key}
            return new
        home["fields"].remove(old)
    target["fields"].append(
        {**question, "key": key or free_key(new, _words(question["label"]), fallback="question")}
    )
    return new


def remove_question(definition: Raw, key: str) -> Raw:
    """Without the question; a step that is left without questions goes too."""
    new = copy.deepcopy(definition)
    step, question = find_question(new, key)
    step["fields"].remove(question)
    if not step["fields"]:
        new["steps"].remove(step)
    return new


def move_question(definition: Raw, key: str, by: int) -> Raw:
    """One place up (−1) or down (1); over the edge of a step into the next one."""
    new = copy.deepcopy(definition)
    step, question = find_question(new, key)
    place = step["fields"].index(question) + by
    if 0 <= place < len(step["fields"]):
        step["fields"].remove(question)
        step["fields"].insert(place, question)
        return new
    neighbour = new["steps"].index(step) + by
    if not 0 <= neighbour < len(new["steps"]) or len(step["fields"]) == 1:
        return new
    step["fields"].remove(question)
    fields = new["steps"][neighbour]["fields"]
    fields.insert(len(fields) if by < 0 else 0, question)
    return new


def put_step(definition: Raw, *, title: Raw, intro: Raw, key: str = "") -> Raw:
    """Change a step's words; without a key, add a step with one long question to begin with."""
    new = copy.deepcopy(definition)
    if key:
        step = find_step(new, key)
        step["title"], step["intro"] = title, intro
        return new
    step_key = free_key(new, _words(title), fallback="step")
    new["steps"].append({"key": step_key, "title": title, "intro": intro, "fields": []})
    question = {
        "key": free_key(new, f"{_words(title)} 1", fallback="question"),
        "type": "long_text",
        "label": title,
        "required": False,
        "visibility": "public",
    }
    new["steps"][-1]["fields"].append(question)
    return new


def move_step(definition: Raw, key: str, by: int) -> Raw:
    new = copy.deepcopy(definition)
    step = find_step(new, key)
    place = new["steps"].index(step) + by
    if 0 <= place < len(new["steps"]):
        new["steps"].remove(step)
        new["steps"].insert(place, step)
    return new


def remove_step(definition: Raw, key: str) -> Raw:
    new = copy.deepcopy(definition)
    new["steps"].remove(find_step(new, key))
    return new


def _words(label: Raw) -> str:
    return str(label.get("fi") or label.get("en") or label.get("sv") or "")
