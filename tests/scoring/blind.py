"""A blind competition from the call to the decision; whatever names a proposer says «qzwho»."""

import io
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from PIL import Image
from pypdf import PdfWriter

from accounts.actions import create_organisation
from accounts.models import Organisation, User
from accounts.states import OrganisationKind
from challenges import actions, recipes
from challenges.models import Challenge
from challenges.states import Visibility
from cms.setup import setup_site
from core import clock, outbox
from ideas.actions import submit_idea
from ideas.attachments import add_file
from ideas.eligibility import check_idea
from ideas.models import Idea
from ideas.team import invite_colleague
from scoring.actions import assign, decision, deliberation, panel, rounds, sheets, signs
from scoring.actions.publish import publish_decision
from scoring.actions.remind import remind
from scoring.actions.reopening import reopen_sheet
from scoring.actions.rubric_publishing import publish_by_two
from scoring.actions.signing import sign_decision
from scoring.models import Assignment, Decision, Juror, Meeting, Round
from scoring.queries.rubric import newest_rubric
from tests.factories import files
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory
from tests.factories.ideas import question
from tests.permissions.calls import colleague, move, propose, series_of

WORD = "qzwho"
KEYS = ("benefit", "feasibility", "impact", "replicability", "novelty")
KINDS = ["pdf", "docx", "odt", "jpg", "txt"]


def form() -> dict[str, Any]:
    """Files that everybody opens and files for the jury; who proposes is for staff only."""
    more = {"accept": KINDS, "max_files": 5}
    return {
        "steps": [
            {
                "key": "need",
                "title": {"fi": "Mikä kangertaa?"},
                "fields": [
                    question("title", "short_text", required=True, purpose="title"),
                    question("problem", "long_text", required=True),
                    question("plan", "file", visibility="jury", **more),
                    question("proof", "file", accept=["txt"], secret=True),
                    question("open", "file", **more),
                ],
            },
            {
                "key": "you",
                "title": {"fi": "Kuka olet?"},
                "fields": [
                    question("theme", "choice", purpose="theme", options_from="themes"),
                    question(
                        "email", "email", required=True, visibility="staff", purpose="contact_email"
                    ),
                    question("name", "short_text", visibility="staff", purpose="contact_name"),
                ],
            },
        ]
    }


def made_by() -> dict[str, bytes]:
    """One file of each kind whose properties name the proposer."""
    paper, target = PdfWriter(), io.BytesIO()
    paper.add_blank_page(200, 200)
    paper.add_metadata({"/Author": f"{WORD} Oy", "/Creator": WORD})
    paper.write(target)
    picture, exif = io.BytesIO(), Image.Exif()
    exif[0x013B], exif[0x8298] = WORD, f"© {WORD}"  # artist, copyright
    Image.new("RGB", (40, 30), (20, 120, 90)).save(picture, "JPEG", exif=exif)
    core = f"<cp><dc:creator>{WORD}</dc:creator><cp:lastModifiedBy>{WORD}</cp:lastModifiedBy></cp>"
    return {
        "pdf": target.getvalue(),
        "docx": files.office(
            **{
                "docProps/core.xml": core.encode(),
                "docProps/app.xml": f"<Properties><Company>{WORD}</Company></Properties>".encode(),
                "word/comments.xml": f'<w:comment w:author="{WORD}" w:initials="{WORD}"/>'.encode(),
            }
        ),
        "odt": files.open_document(
            **{"meta.xml": f"<meta:initial-creator>{WORD}</meta:initial-creator>".encode()}
        ),
        "jpg": picture.getvalue(),
        "txt": b"Suunnitelma ilman nimea\n",
    }


@dataclass
class Blind:
    """The competition, its people, and how far it is."""

    challenge: Challenge
    staff: User
    second: User
    people: dict[str, User]
    seats: dict[str, Juror] = field(default_factory=dict)
    ideas: list[Idea] = field(default_factory=list)
    round: Round = field(default_factory=Round)
    meeting: Meeting = field(default_factory=Meeting)
    decision: Decision = field(default_factory=Decision)
    at: Any = field(default_factory=clock.now)

    def client(self, name: str) -> Client:
        client = Client()
        if name:
            client.force_login(
                self.people[name], backend="django.contrib.auth.backends.ModelBackend"
            )
        return client

    def assignments(self, name: str) -> list[Assignment]:
        return list(
            Assignment.objects.filter(juror=self.seats[name], state="confirmed")
            .select_related("juror__user", "round__rubric", "idea__challenge", "idea__series")
            .order_by("pk")
        )

    # What happens, in order

    def scoring(self) -> None:
        """Sheets are submitted, one is opened again; a possible tie; everybody is reminded."""
        for name in self.seats:
            for number, one in enumerate(self.assignments(name)):
                potential = name == "juror" and number == 0
                panel.declare(
                    juror=one.juror,
                    idea=one.idea,
                    kind="potential" if potential else "none",
                    reason="Naapuri" if potential else "",
                    by=one.juror.user,
                    at=self.at,
                )
        self.settle()
        for name in self.seats:
            for one in self.assignments(name)[:-1]:
                self.score(one)
        reopen_sheet(
            assignment=self.assignments("juror")[0], reason="Katso taso.", by=self.staff, at=self.at
        )
        remind(
            challenge=self.challenge,
            jurors=[seat.pk for seat in self.seats.values()],
            press=uuid.uuid4(),
            by=self.staff,
            at=self.at,
        )
        outbox.run_now()

    def settle(self) -> None:
        for tie in self.seats["juror"].declarations.filter(kind="potential"):
            panel.settle_declaration(declaration=tie, conflict=False, by=self.staff, at=self.at)

    def score(self, one: Assignment) -> None:
        by = one.juror.user
        assert by is not None
        level = 1 + (one.idea_id + one.juror_id) % 5
        changes = dict.fromkeys(KEYS, level) | {"comment": "Selvä ajatus."}
        sheets.save_sheet(assignment=one, changes=changes, by=by, at=self.at)
        sheets.submit_sheet(assignment=one, by=by, at=self.at)

    def talking(self) -> None:
        """The round is closed, reasons are asked, the meeting goes on."""
        self.score(self.assignments("juror")[0])
        for name in self.seats:
            self.score(self.assignments(name)[-1])
        outbox.run_now()
        self.round = rounds.close_round(round_=self.round, by=self.staff, at=self.at)
        found = list(self.round.signs.values_list("pk", flat=True))
        signs.ask_for_reasons(round_=self.round, signs=found, by=self.staff, at=self.at)
        self.meeting = deliberation.prepare_meeting(round_=self.round, by=self.staff, at=self.at)
        deliberation.add_item(meeting=self.meeting, idea=self.ideas[0], by=self.staff)
        deliberation.open_meeting(
            meeting=self.meeting,
            present=[seat.pk for seat in self.seats.values()],
            by=self.staff,
            at=self.at,
        )
        deliberation.open_item(item=self.meeting.items.first(), by=self.staff, at=self.at)
        outbox.run_now()

    def signing(self) -> None:
        """Decided and approved; the jury has the decision before it."""
        deliberation.close_meeting(meeting=self.meeting, by=self.staff, at=self.at)
        made = decision.draft_decision(challenge=self.challenge, by=self.staff, at=self.at)
        made = decision.write_decision(
            decision=made,
            choices={
                one.pk: decision.Choice(awarded=one.awarded, reason="Selvä ajatus.")
                for one in made.verdicts.all()
            },
            statement="Raati kiittää.",
            publish_at=self.at,
            needs_signatures=True,
            by=self.staff,
        )
        made = decision.propose_decision(decision=made, by=self.staff, at=self.at)
        self.decision = decision.approve_decision(decision=made, by=self.second, at=self.at)
        outbox.run_now()

    def publish(self) -> None:
        for name, seat in self.seats.items():
            sign_decision(
                decision=self.decision,
                juror=seat,
                digest=self.decision.digest,
                shown_at=self.at,
                by=self.people[name],
                at=self.at,
            )
        self.decision.refresh_from_db()
        publish_decision(decision=self.decision, at=self.at)


def with_the_jury() -> Blind:
    """The call is closed, proposals are checked and with the jury."""
    setup_site()
    host: Organisation = HostFactory(name="Mikkelin kaupunki", slug="mikkeli")
    staff = UserFactory(email="staff@mikkeli.example", staff_of=host)
    people = {
        name: UserFactory(email=f"{name}@{name}.example")
        for name in ("juror", "chair", "person", "rival")
    }
    challenge = opened(host, staff)
    world = Blind(challenge, staff, colleague(host), people)
    ours = firm(f"{WORD} Oy", f"{WORD}@{WORD}-oy.example", f"Hilkka {WORD}")
    theirs = create_organisation(
        by=people["rival"], name="Vaahtera ry", kind=OrganisationKind.ASSOCIATION
    ).organisation
    for number in range(4):
        by, organisation = ours if number < 3 else (people["rival"], theirs)
        world.ideas.append(proposed(challenge, number, by=by, organisation=organisation))
    world.challenge = move(challenge, days=-80)
    for idea in Idea.objects.for_writing().filter(challenge=challenge):
        check_idea(idea=idea, eligible=True, by=staff, at=world.at)
    for name in ("juror", "chair"):
        (seat,) = panel.invite_jurors(
            challenge=world.challenge,
            people=[panel.Invitation(people[name].email, people[name].name)],
            series=[world.challenge.series.get(key="organisations")],
            by=staff,
            at=world.at,
        )
        panel.accept_invitation(juror=seat, by=people[name], at=world.at)
        seat.refresh_from_db()
        world.seats[name] = seat
    Juror.objects.filter(pk=world.seats["chair"].pk).update(chair=True)
    series = series_of(world.challenge, "organisations")
    world.round = assign.ensure_round(series=series, by=staff)
    assign.assign_round(round_=world.round, by=staff, at=world.at)
    world.round = Round.objects.select_related("series__challenge", "rubric").get(pk=world.round.pk)
    outbox.run_now()
    return world


def opened(host: Organisation, staff: User) -> Challenge:
    """From the Mikkeli recipe, jurors blind, proposals public as they come."""
    challenge = actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=host,
        opens_on=clock.local(clock.now()).date(),
        title={"fi": "Sokea kilpailu"},
        contact_email="haaste@mikkeli.example",
        by=staff,
    )
    challenge = actions.save_basics(
        challenge=challenge,
        name=challenge.name,
        contact_email=challenge.contact_email,
        themes=challenge.themes.all(),
        visibility=Visibility.AT_ONCE,
        reasons_public=True,
        by=staff,
    )
    for series in challenge.series.all():
        actions.save_form(series=series, definition=form(), based_on=1, by=staff)
        rubric = newest_rubric(series)
        assert rubric is not None
        rubric.blind = True
        rubric.save()
        publish_by_two(rubric=rubric, by=staff, second=colleague(host), at=clock.now())
    actions.open_challenge(challenge=challenge, by=staff, at=clock.now())
    return move(challenge, days=-10)


def firm(name: str, email: str, person: str) -> tuple[User, Organisation]:
    by: User = UserFactory(email=email, name=person)
    membership = create_organisation(by=by, name=name, kind=OrganisationKind.COMPANY)
    return by, membership.organisation


def proposed(challenge: Challenge, number: int, *, by: User, organisation: Organisation) -> Idea:
    """Handed in, with a colleague asked to write too; of ours, with files that name the maker."""
    word = WORD if WORD in by.email else "vaahtera"
    idea = propose(
        challenge,
        f"numero {number}",
        series="organisations",
        by=by,
        organisation=organisation,
        submit=False,
        email=f"{word}-{number}@posti.example",
        name=f"Nimi {word}",
    )
    at = clock.now()
    invite_colleague(idea=idea, email=f"{word}-toinen-{number}@posti.example", by=by, at=at)
    for key in ("plan", "open") if word == WORD else ():
        for kind, body in made_by().items():
            if kind == "txt" and key == "plan":
                continue  # one is there
            add_file(
                idea=idea,
                question=idea.form.parsed.fields[key],
                file=io.BytesIO(body),
                name=f"{WORD} Oy tarjous.{kind}",
                size=len(body),
                at=at,
                by=by,
            )
    submit_idea(idea=idea, at=at, by=by)
    return Idea.objects.for_writing().get(pk=idea.pk)
