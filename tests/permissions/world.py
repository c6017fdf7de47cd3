"""One world in which every role has something to see, and something that it must not see.

Made by the project's own verbs, in one transaction that each test module rolls back at its end.
Words that begin with «qz» are secrets: test_leaks.py looks for them wherever anybody can look.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.actions import (
    become_host,
    create_organisation,
    grant_role,
    request_membership,
)
from accounts.models import Membership, Organisation, User
from accounts.states import OrganisationKind, Role
from catalogue import reviews
from catalogue.actions import tell_reuse
from catalogue.claims import tell_claim
from catalogue.models import Claim, Review, Solution
from catalogue.states import ReuseStage
from challenges.actions import cancel_challenge
from challenges.models import Challenge, Inquiry, Need, SavedRecipe
from challenges.states import Visibility
from cms.setup import setup_site
from core import audit, clock, printing
from ideas import links
from ideas.actions import withdraw_idea
from ideas.eligibility import check_idea
from ideas.models import Attachment, Batch, Comment, Compilation, Idea
from ideas.states import CompilationState
from ideas.team import invite_colleague
from scoring import package, report
from scoring.actions import assign, decision, deliberation, panel, publish, rounds, sheets, signing
from scoring.actions.documents import keep_document, order_package
from scoring.models import Assignment, Decision, Document, Juror, Meeting, Round
from scoring.states import DocumentKind
from search.actions import teach
from search.models import SynonymGroup
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import HostFactory
from tests.factories.ideas import heard
from tests.permissions import told
from tests.permissions.calls import (
    given_to_read,
    move,
    opened_call,
    prepared_call,
    propose,
    series_of,
)

KEYS = ("benefit", "feasibility", "impact", "replicability", "novelty")
HOST_A = frozenset({"staff_a", "admin_a", "owner"})
ROLES = (
    "anonymous", "person", "company", "reader", "other_company", "juror", "fellow", "other_juror",
    "invited", "member", "staff_a", "admin_a", "staff_b", "owner",
)  # fmt: skip


@dataclass
class World:
    """Who and what there is. Calls are named by their state, the rest by what it shows."""

    at: dt.datetime
    people: dict[str, User]
    hosts: dict[str, Organisation] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    calls: dict[str, Challenge] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    seats: dict[str, Juror] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    solutions: dict[str, Solution] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    inquiries: dict[str, Inquiry] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    synonyms: SynonymGroup = field(default_factory=SynonymGroup)
    comment: Comment = field(default_factory=Comment)
    review_link: str = ""

    @property
    def claim(self) -> Claim:
        return Claim.objects.get()

    def link(self, idea: str) -> str:
        return links.token_of(self.ideas[idea])

    def file_of(self, idea: str) -> Attachment:
        return self.ideas[idea].attachments.get(secret=False)

    def secret_file_of(self, idea: str) -> Attachment:
        return self.ideas[idea].attachments.get(secret=True)


def make() -> World:
    setup_site()
    people = {role: UserFactory(email=f"{role}@{role}.example") for role in ROLES[1:]}
    people["owner"].is_superuser = people["owner"].is_staff = True
    people["owner"].save()
    world = World(at=clock.now(), people=people)
    _organisations(world)
    _calls(world)
    _scoring(world)
    _other(world)
    for name in ("deciding", "decided"):
        _decision(world, name)
    _compilation(world)
    _recipe(world)
    _catalogue(world)
    told.needs(world)
    told.inquiries(world)
    told.messages(world)
    told.batches(world)
    world.comment = heard(idea=world.ideas["read"], at=world.at)
    asked = Review.objects.create(
        solution=world.solutions["public"], asked_on=clock.local(world.at).date()
    )
    world.review_link = reviews.token_of(asked, str(world.people["staff_a"].pk))
    words = SynonymGroup(words={"fi": ["koulukyyti", "koululaiskuljetus"]})
    world.synonyms = teach(group=words, by=world.people["staff_a"])
    return world


def _organisations(world: World) -> None:
    people, found = world.people, world.organisations
    for key, name, slug in (("a", "Mikkelin kaupunki", "mikkeli"), ("b", "Joensuu", "joensuu")):
        world.hosts[key] = HostFactory(
            name=name, slug=slug, is_host=False, municipality="Mikkeli" if key == "a" else name
        )
        become_host(organisation=world.hosts[key], by=None)
    found["town"] = OrganisationFactory(a_municipality=True, name="Juvan kunta", slug="juva")
    for role, organisation, what in (
        ("staff_a", world.hosts["a"], Role.STAFF),
        ("admin_a", world.hosts["a"], Role.ADMIN),
        ("staff_b", world.hosts["b"], Role.STAFF),
        ("member", found["town"], Role.MEMBER),
    ):
        world.memberships[role] = grant_role(
            organisation=organisation, user=people[role], role=what, by=None
        )
    for role, name, kind in (
        ("company", "Kuusama Oy", OrganisationKind.COMPANY),
        ("other_company", "Vaahtera ry", OrganisationKind.ASSOCIATION),
    ):
        world.memberships[role] = create_organisation(by=people[role], name=name, kind=kind)
        found[role] = world.memberships[role].organisation
    people["lost"] = UserFactory(email="lost@lost.example", staff_of=world.hosts["a"], app=True)
    people["second"] = UserFactory(email="second@second.example", admin_of=world.hosts["b"])
    for name, organisation in (("asks_company", found["company"]), ("asks_b", world.hosts["b"])):
        people[name] = UserFactory(email=f"qz{name}@posti.example")
        world.memberships[name] = request_membership(organisation=organisation, by=people[name])


def _calls(world: World) -> None:
    a, staff, calls, ideas = world.hosts["a"], world.people["staff_a"], world.calls, world.ideas
    calls["preparing"] = prepared_call(a, staff, "Valmisteilla qzprep")
    calls["coming"] = move(opened_call(a, staff, "Tulossa"), days=10)
    calls["open"] = opened_call(a, staff, "Avoinna", visibility=Visibility.AFTER_CLOSING)
    calls["titles"] = opened_call(a, staff, "Otsikot", visibility=Visibility.TITLES)
    calls["cancelled"] = opened_call(a, staff, "Peruttu")
    company, acme = world.people["company"], world.organisations["company"]
    ideas["draft"] = propose(calls["open"], "qzdraft", submit=False)
    ideas["company_draft"] = propose(
        calls["open"], "qzcodraft",
        series="organisations", by=company, organisation=acme, submit=False,
    )  # fmt: skip
    invite_colleague(
        idea=ideas["company_draft"], email=world.people["invited"].email, by=company, at=world.at
    )
    ideas["company"] = propose(
        calls["open"], "qzco", series="organisations", by=company, organisation=acme
    )
    for name in ("company_draft", "company"):
        given_to_read(ideas[name], world.people["reader"], by=company)
    ideas["unpublished"] = propose(calls["open"], "qzafter")
    ideas["titles"] = propose(calls["titles"], "qztitles")
    ideas["cancelled"] = propose(calls["cancelled"], "qzcancelled")
    cancel_challenge(challenge=calls["cancelled"], reason="Rahoitus loppui.", by=staff, at=world.at)


def _seat(world: World, call: str, role: str) -> Juror:
    """The person sits on the call's jury."""
    challenge, person = world.calls[call], world.people[role]
    (juror,) = panel.invite_jurors(
        challenge=challenge,
        people=[panel.Invitation(person.email, person.name)],
        series=[challenge.series.get(key="citizens")],
        by=world.people["owner"],
        at=world.at,
    )
    world.seats[f"{call}-{role}"] = juror
    if role != "invited":
        panel.accept_invitation(juror=juror, by=person, at=world.at)
        juror.refresh_from_db()
    return juror


def _with_jury(world: World, call: str, words: list[str]) -> None:
    """Proposals handed in and checked, and all of them given to the jurors who have accepted."""
    owner = world.people["owner"]
    for word in words:
        world.ideas[word] = propose(world.calls[call], f"qz{word}")
    world.calls[call] = move(world.calls[call], days=-80)
    for word in words:
        check_idea(idea=_fresh(world, word), eligible=True, by=owner, at=world.at)
    series = series_of(world.calls[call], "citizens")
    assign.assign_round(round_=assign.ensure_round(series=series, by=owner), by=owner, at=world.at)


def _fresh(world: World, name: str) -> Idea:
    """The proposal with its call as it is now."""
    world.ideas[name] = Idea.objects.for_writing().get(pk=world.ideas[name].pk)
    return world.ideas[name]


def _assignment(world: World, role: str, idea: str) -> Assignment:
    return Assignment.objects.select_related(
        "juror__user", "round__rubric", "idea__challenge", "idea__series"
    ).get(juror__user=world.people[role], idea=world.ideas[idea])


def _declare(world: World, role: str, idea: str, kind: str) -> Assignment:
    found = _assignment(world, role, idea)
    panel.declare(
        juror=found.juror,
        idea=world.ideas[idea],
        kind=kind,
        reason="" if kind == "none" else "Naapuri qztie",
        by=world.people[role],
        at=world.at,
    )
    return _assignment(world, role, idea)


def _score(world: World, found: Assignment, *, word: str, submit: bool) -> None:
    by = found.juror.user
    assert by is not None
    changes = dict.fromkeys(KEYS, 4) | {"comment": f"{word}-comment", "note": f"{word}-note"}
    sheets.save_sheet(assignment=found, changes=changes, by=by, at=world.at)
    if submit:
        sheets.submit_sheet(assignment=found, by=by, at=world.at)


def _scoring(world: World) -> None:
    """Host A's call in scoring: a juror at every distance from a proposal, and odd proposals."""
    a, staff = world.hosts["a"], world.people["staff_a"]
    call = world.calls["scoring"] = opened_call(a, staff, "Pisteytyksessä")
    world.ideas["ineligible"] = propose(call, "qzinel")
    world.ideas["withdrawn"] = propose(call, "qzwithdrawn")
    withdraw_idea(idea=world.ideas["withdrawn"], at=world.at)
    for role in ("juror", "fellow", "invited"):
        _seat(world, "scoring", role)
    Juror.objects.filter(pk=world.seats["scoring-fellow"].pk).update(chair=True)
    _with_jury(world, "scoring", ["read", "undeclared", "potential", "conflict"])
    check_idea(
        idea=_fresh(world, "ineligible"),
        eligible=False,
        reason="Ei kuulu tähän. qzreason",
        by=staff,
        at=world.at,
    )
    world.assignments["conflict"] = _assignment(world, "juror", "conflict")
    for kind in ("none", "potential", "conflict"):
        name = "read" if kind == "none" else kind
        found = _declare(world, "juror", name, kind)
        world.assignments[name] = found
    world.assignments["undeclared"] = _assignment(world, "juror", "undeclared")
    _score(world, world.assignments["read"], word="qzmysheet", submit=False)
    world.assignments["fellow"] = _declare(world, "fellow", "read", "none")
    _score(world, world.assignments["fellow"], word="qzfellow", submit=True)


def _other(world: World) -> None:
    """Host B's call, in scoring too."""
    staff = world.people["staff_b"]
    world.calls["other"] = opened_call(
        world.hosts["b"], staff, "Toisen kunnan", visibility=Visibility.WINNERS
    )
    _seat(world, "other", "other_juror")
    _with_jury(world, "other", ["foreign"])
    world.assignments["other"] = _declare(world, "other_juror", "foreign", "none")


def _decision(world: World, name: str) -> None:
    """A decision that is written, and one that is published. Jurors read blind."""
    staff, second = world.people["staff_a"], world.people["admin_a"]
    world.calls[name] = opened_call(
        world.hosts["a"], staff, f"Päätös {name}",
        visibility=Visibility.WINNERS if name == "deciding" else Visibility.AT_ONCE,
        blind=True, reasons_public=False,
    )  # fmt: skip
    _seat(world, name, "fellow")
    words = [f"{name}_{number}" for number in range(1, 3 if name == "deciding" else 7)]
    _with_jury(world, name, words)
    for word in words:
        _score(world, _declare(world, "fellow", word, "none"), word=f"qz{word}", submit=True)
    series = series_of(world.calls[name], "citizens")
    rounds.close_round(round_=series.rounds.get(), by=staff, at=world.at)
    world.meetings[name] = _meeting(world, series.rounds.get(), f"{name}-fellow")
    made = decision.draft_decision(challenge=world.calls[name], by=staff, at=world.at)
    choices = {
        verdict.pk: decision.Choice(
            awarded=verdict.awarded, reason=f"Syy qz{name}-{'won' if verdict.awarded else 'lost'}"
        )
        for verdict in made.verdicts.all()
    }
    made = decision.write_decision(
        decision=made, choices=choices, statement=f"Lausuma qz{name}-statement",
        publish_at=world.at, by=staff, needs_signatures=True,
    )  # fmt: skip
    if name == "decided":
        made = decision.propose_decision(decision=made, by=staff, at=world.at)
        decision.approve_decision(decision=made, by=second, at=world.at)
        seat = world.seats["decided-fellow"]
        signing.sign_decision(
            decision=made, juror=seat, digest=made.digest, shown_at=world.at,
            by=world.people["fellow"], at=world.at,
        )  # fmt: skip
        assert publish.publish_decision(decision=made, at=world.at)
        world.ideas["won"], world.ideas["lost"] = (
            made.verdicts.filter(awarded=awarded).first().idea for awarded in (True, False)
        )
        _documents(world)
    world.decisions[name] = made


def _documents(world: World) -> None:
    """The reports as HTML, whose words can be looked for, and a package of all there is."""
    call = world.calls["decided"]
    order_package(challenge=call, by=world.people["staff_a"], at=world.at)
    while audit.seal():
        pass
    for document in Document.objects.filter(challenge=call):
        full = document.kind == DocumentKind.FULL_REPORT
        content, media_type, end = package.build(call), "application/zip", "zip"
        if document.kind != DocumentKind.PACKAGE:
            page = report.html(call, document.language, full=full, printable=False)
            content, media_type, end = page.encode(), printing.HTML, "html"
        name = f"{document.kind}-{document.language}.{end}"
        world.documents[name] = keep_document(
            document=document, name=name, media_type=media_type, content=content, at=world.at
        )


def _meeting(world: World, round_: Round, seat: str) -> Meeting:
    """A meeting that has begun, one proposal on its agenda."""
    staff = world.people["staff_a"]
    made = deliberation.prepare_meeting(round_=round_, by=staff, at=world.at)
    deliberation.add_item(meeting=made, idea=round_.scores.first().idea, by=staff)
    return deliberation.open_meeting(
        meeting=made, present=[world.seats[seat].pk], by=staff, at=world.at
    )


def _compilation(world: World) -> None:
    """Of the decided call, as it is public; of the call in scoring, with what no longer is."""
    for name in ("decided", "scoring"):
        ideas = Idea.objects.filter(challenge=world.calls[name])
        if name == "decided":
            ideas = ideas.public()
        Compilation.objects.bulk_create(
            Compilation(
                challenge=world.calls[name],
                language=language,
                state=CompilationState.READY,
                contents=[list(pair) for pair in ideas.values_list("pk", "current_version_id")],
                body="<p>Kooste</p>",
                pdf=b"%PDF-",
                asked_at=world.at,
                made_at=world.at,
            )
            for language in ("fi", "sv", "en")
        )


def _recipe(world: World) -> None:
    SavedRecipe.objects.create(
        owner=world.hosts["a"], name={"fi": "qzrecipe"}, data={"name": {}}, at=world.at
    )


def _catalogue(world: World) -> None:
    solutions, a, b = world.solutions, world.hosts["a"], world.hosts["b"]
    solutions["won"] = Solution.objects.get(idea=world.ideas["won"])
    solutions["public"] = SolutionFactory(owner=a, title="Julkinen ratkaisu")
    solutions["hidden"] = SolutionFactory(
        owner=a, hidden=True, title="Piilossa qzhidden", problem="Ei vielä. qzhidden"
    )
    solutions["other_hidden"] = SolutionFactory(owner=b, hidden=True, title="Piilossa qzbhidden")
    for one in solutions.values():
        one.save_revision(user=world.people["owner"])
    reuse = tell_reuse(
        solution=solutions["public"],
        organisation=world.organisations["town"],
        stage=ReuseStage.PILOTING,
        note="Kokeilemme keväällä.",
        by=world.people["member"],
        at=world.at,
    )
    tell_claim(
        reuse=reuse,
        indicator="cost",
        told={
            "baseline": Decimal(100),
            "result": Decimal(80),
            "starts_on": dt.date(2025, 1, 1),
            "ends_on": dt.date(2025, 12, 31),
            "method": "measured",
            "basis": "Kirjanpidosta.",
        },
        by=world.people["member"],
        at=world.at,
    )
