"""The decision of Mikkeli, its winners as solutions, and who uses them."""

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

from accounts.models import Organisation, User
from catalogue.actions import DETAILS, changed, tell_reuse
from catalogue.models import Reuse, Solution, solution_slug
from catalogue.states import ReuseStage
from challenges.models import Theme
from challenges.states import PhaseKind
from core import audit, clock
from demo.data import challenge as data_of
from demo.data import load
from demo.parts.calls import challenge_of, uid_of
from demo.parts.places import coordinator, staff
from demo.quiet import in_the_past
from demo.recipes import span
from ideas.models import Idea
from scoring.actions.corrections import answer_correction, ask_correction
from scoring.actions.decision import (
    Choice,
    approve_decision,
    draft_decision,
    propose_decision,
    write_decision,
)
from scoring.actions.documents import order_package
from scoring.actions.publish import publish_decision
from scoring.actions.signing import sign_decision
from scoring.queries.decision import unsigned

KEY = "mikkeli"
PROGRAMME = "Digikuntakokeilu 2016–2019"
WRITTEN = 2026  # the year in which the texts about the winners' first steps are set


class WrongWinners(RuntimeError):
    """The sheets do not put on top those who won."""


def decide() -> None:
    """Drafted from the rankings, reasons written, approved by a second person, published."""
    data = data_of(KEY)
    challenge = challenge_of(data)
    publish_at, _ends = span(challenge, PhaseKind.RESULTS)
    first, second = staff(data)
    reasons = {row["title"]: row["reason"] for row in data["ideas"]}
    day = dt.timedelta(days=1)
    with in_the_past(publish_at - 5 * day):
        decision = draft_decision(challenge=challenge, by=first, at=publish_at - 8 * day)
        verdicts = list(decision.verdicts.select_related("idea"))
        winners = {verdict.idea.title for verdict in verdicts if verdict.awarded}
        expected = {row["title"] for row in data["ideas"] if row["winner"]}
        if winners != expected:
            raise WrongWinners(sorted(winners ^ expected))
        decision = write_decision(
            decision=decision,
            choices={
                verdict.pk: Choice(awarded=verdict.awarded, reason=reasons[verdict.idea.title])
                for verdict in verdicts
            },
            statement=data["decision"]["statement"]["fi"],
            publish_at=publish_at,
            needs_signatures=True,
            by=first,
        )
        decision = propose_decision(decision=decision, by=first, at=publish_at - 4 * day)
    with in_the_past(publish_at - 2 * day):
        decision = approve_decision(decision=decision, by=second, at=publish_at - 2 * day)
    for number, juror in enumerate(unsigned(decision), 1):
        at = publish_at - day + number * dt.timedelta(minutes=47)
        if juror.user is not None:
            with in_the_past(at):
                sign_decision(
                    decision=decision,
                    juror=juror,
                    digest=decision.digest,
                    shown_at=at,
                    by=juror.user,
                    at=at,
                )
    with in_the_past(publish_at):
        publish_decision(decision=decision, at=publish_at)
    _correct(data["decision"]["correction"], publish_at, by=second)
    audited = publish_at + 7 * day
    with in_the_past(audited):
        order_package(challenge=challenge, by=first, at=audited)


def _correct(told: Mapping[str, str], published: dt.datetime, *, by: User) -> None:
    """An entrant asks for a correction, and gets an answer."""
    idea = Idea.objects.get(challenge__slug=data_of(KEY)["slug"], title=told["title"])
    asked, answered = published + dt.timedelta(days=2), published + dt.timedelta(days=6)
    with in_the_past(asked):
        correction = ask_correction(idea=idea, words=told["text"], by=None, at=asked)
    with in_the_past(answered):
        answer_correction(
            correction=correction,
            outcome=told["outcome"],
            answer=told["answer"],
            by=by,
            at=answered,
        )


def enrich() -> None:
    """The host's staff write out what the winners are, and publish it."""
    data = data_of(KEY)
    by, _second = staff(data)
    challenge = challenge_of(data)
    at = (challenge.decided_at or clock.now()) + dt.timedelta(days=12)
    for row in load("solutions"):
        solution = Solution.objects.get(idea__uid=uid_of(data["slug"], row["title"]))
        _describe(solution, row)
        solution.reviewed_on = clock.local(at).date()
        solution.full_clean()
        with in_the_past(at):
            solution.tags.add(*row["tags"])
            solution.save()
            revision = solution.save_revision(user=by)
            revision.publish(user=by, skip_permission_checks=True)  # as approved
        day = solution.reviewed_on
        solution.maturity_changes.filter(changed_on__gt=day).update(changed_on=day)


def pilots() -> None:
    """What the programme's municipalities tried, in their own words."""
    themes = {theme.key: theme for theme in Theme.objects.all()}
    owners = {one.name: one for one in Organisation.objects.municipalities()}
    for row in load("pilots"):
        uid = uid_of("pilots", row["title"])
        owner = owners[row["municipality"]]
        year = min(use["year"] for use in row["reuse"])
        published = dt.datetime(year, 11, 1 + len(row["title"]) % 28, 9, tzinfo=clock.HELSINKI)
        solution = Solution(
            uid=uid,
            slug=solution_slug(row["title"], uid),
            language=row["language"],
            title=row["title"],
            theme=themes[row["theme"]],
            owner=owner,
            provider=row["source"],
            municipality=row["municipality"],
            origin=PROGRAMME,
            reviewed_on=clock.local(clock.now()).date()
            - dt.timedelta(days=40 + 7 * len(row["tags"])),
            is_demo=True,
            live=True,
            first_published_at=published,
            last_published_at=published,
        )
        _describe(solution, row)
        solution.full_clean()
        with in_the_past(published):
            solution.save()
            solution.tags.add(*row["tags"])
            solution.maturity_changes.update(changed_on=clock.local(published).date())
            audit.record("solution.created", solution, by=coordinator(owner))
            changed(solution)


def uses() -> None:
    """Each municipality tells itself what it uses, tries or wants."""
    owners = {one.name: one for one in Organisation.objects.municipalities()}
    decided = challenge_of(data_of(KEY)).decided_at or clock.now()
    winners = {row["title"]: row for row in load("solutions")}
    rows = {**winners, **{row["title"]: row for row in load("pilots")}}
    # The winners last: what is told last is what the home page shows.
    for solution in Solution.objects.filter(title__in=rows, is_demo=True).order_by("-pk"):
        row = rows[solution.title]
        for number, use in enumerate(row["reuse"]):
            told = _told(use, decided, number) if solution.title in winners else None
            _use(solution, owners[use["municipality"]], use, told=told)
    Reuse.objects.filter(solution__is_demo=True).update(is_demo=True)
    # Only now, so that nobody was written to about the use that they told of themselves.
    for solution in Solution.objects.filter(origin=PROGRAMME).select_related("owner"):
        solution.contact_email = f"digi@{solution.owner.email_domain}"
        solution.save(update_fields=["contact_email"])


def _use(
    solution: Solution,
    organisation: Organisation,
    use: Mapping[str, Any],
    *,
    told: dt.datetime | None,
) -> None:
    since = _since(use, organisation.name, late=told)
    at = told or dt.datetime.combine(since, dt.time(12), clock.HELSINKI)
    stages = [use["stage"]]
    if use["stage"] == ReuseStage.STOPPED:
        stages = [ReuseStage.PILOTING, ReuseStage.STOPPED]
    for stage in stages:
        with in_the_past(at):
            tell_reuse(
                solution=solution,
                organisation=organisation,
                stage=stage,
                by=coordinator(organisation),
                at=at,
                note=use["what"],
                since=since,
                details={name: use[name] for name in DETAILS if name in use},
                contact="scope" in use,
            )


def _told(use: Mapping[str, Any], decided: dt.datetime, number: int) -> dt.datetime:
    """In the months after the results."""
    at = decided + dt.timedelta(days=15 + 17 * number, hours=number)
    return min(at, clock.now() - dt.timedelta(hours=2 + number))


def _since(use: Mapping[str, Any], place: str, *, late: dt.datetime | None) -> dt.date:
    """Some day of the year that the text names; of the winners' year, not before it was told."""
    dice = random.Random(f"{place}/{use['what']}")
    if late is not None and use["year"] >= WRITTEN:
        return clock.local(late).date()
    return dt.date(use["year"], dice.randint(1, 12), dice.randint(1, 28))


def _describe(solution: Solution, row: Mapping[str, Any]) -> None:
    cost = row["cost"]
    solution.summary = row["summary"]
    solution.problem = row["problem"]
    solution.solution = row["solution"]
    solution.how_it_works = row.get("how_it_works", "")
    solution.target_group = row["target_group"]
    solution.target_groups = row["target_groups"]
    solution.context = row.get("context", "")
    solution.preconditions = row.get("preconditions", "")
    solution.steps = row["steps"]
    solution.technology = ", ".join(row.get("technology", ()))
    solution.readiness = row["readiness"]
    solution.offer = row["offer"]
    solution.cost = cost["text"]
    solution.cost_band = cost["band"]
    solution.procurement = cost.get("procurement", "")
    solution.procurement_route = cost.get("route", "")
    solution.cost_model = cost.get("model", "")
    solution.cost_once = cost.get("once")
    solution.cost_yearly = cost.get("yearly")
    solution.cost_basis = cost.get("basis", "")
    solution.staff_days = cost.get("staff_days")
    solution.licence = row["licence"]
    solution.trust = row.get("trust", {})
    solution.suppliers = row.get("suppliers", [])
    for name in ("risks", "function", "sdgs", "systems", "fits_sizes", "trl"):
        if name in row:
            setattr(solution, name, row[name])
