"""Any history of a decision: nobody publishes alone, nothing is changed after it was approved."""

import datetime as dt

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from catalogue.models import Solution
from core import clock
from core.errors import Denied, DomainError
from core.models import Mail
from ideas.actions import withdraw_idea
from ideas.models import Idea
from scoring.actions import decision as verbs
from scoring.actions.publish import publish_decision
from scoring.actions.reopening import reopen_sheet
from scoring.actions.signing import excuse_signer, sign_decision
from scoring.award import content_digest
from scoring.models import Decision, Document, ScoreSheet, Signature
from scoring.queries.decision import content_of, lacks, signers, unsigned
from tests.factories.accounts import UserFactory
from tests.scoring.test_decision import scored

HOUR = dt.timedelta(hours=1)
WHO = st.sampled_from(["first", "second", "juror", "stranger"])
STAND = ("proposed", "approved", "signed", "published")


class DecisionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = scored(ideas=3, jurors=2)
        self.at = clock.now()
        self.publish_at = self.at
        self.people: dict[str, User] = {
            "first": self.world.staff,
            "second": self.world.colleague(),
            "juror": self.world.jurors[0].user,
            "stranger": UserFactory(),
        }
        self.sheets = dict(ScoreSheet.objects.values_list("pk", "digest"))
        self.proposed = ""  # the digest that was proposed
        self.published: dict[str, object] | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # What people do

    @rule()
    def go_on(self) -> None:
        """The next thing that should be done, by who may do it."""
        found = self.decision
        state = found.state if found else ""
        if state == "" or (state in ("draft", "returned") and not found.publish_at):
            self.draft("first")
            self.write("first", awarded=None, reasons=True, sign=True, later=0)
        elif state in ("draft", "returned"):
            if lacks(found.verdicts.select_related("idea__series")).any or state == "returned":
                self.write("first", awarded=None, reasons=True, sign=True, later=0)
            self.propose("first")
        elif state == "proposed":
            self.approve("second")
        elif state == "approved" and found.needs_signatures and (left := unsigned(found)):
            self.sign(self.world.jurors.index(left[0]), stale=False, old=False)
        else:
            self.publish(later=2)

    @rule(who=WHO)
    def draft(self, who: str) -> None:
        by = self.people[who]
        self.attempt(
            who,
            lambda: verbs.draft_decision(challenge=self.world.challenge, by=by, at=self.at),
        )

    @rule(
        who=WHO,
        awarded=st.none() | st.integers(0, 2),
        reasons=st.booleans(),
        sign=st.booleans(),
        later=st.integers(0, 1),
    )
    def write(self, who: str, awarded: int | None, reasons: bool, sign: bool, later: int) -> None:
        """`awarded`: the one whose award is turned round, without a word why unless `reasons`."""
        if (found := self.decision) is None:
            return
        verdicts = list(found.verdicts.order_by("idea__number"))
        choices = {
            one.pk: verbs.Choice(
                awarded=one.awarded != (number == awarded),
                reason="Perustelu." if reasons else "",
                deviation="Siksi." if reasons else "",
            )
            for number, one in enumerate(verdicts)
        }
        moment = self.at + later * HOUR
        self.attempt(
            who,
            lambda: verbs.write_decision(
                decision=found,
                choices=choices,
                statement="Raati kiittää.",
                publish_at=moment,
                needs_signatures=sign,
                by=self.people[who],
            ),
        )

    @rule(who=WHO)
    def assemble(self, who: str) -> None:
        if found := self.decision:
            by = self.people[who]
            self.attempt(who, lambda: verbs.assemble_reasons(decision=found, by=by))

    @rule(who=WHO)
    def propose(self, who: str) -> None:
        if found := self.decision:
            by = self.people[who]
            self.attempt(who, lambda: verbs.propose_decision(decision=found, by=by, at=self.at))

    @rule(who=WHO)
    def approve(self, who: str) -> None:
        if found := self.decision:
            by = self.people[who]
            self.attempt(who, lambda: verbs.approve_decision(decision=found, by=by, at=self.at))

    @rule(who=WHO, reason=st.sampled_from(["", "Korjattava."]))
    def take_back(self, who: str, reason: str) -> None:
        if found := self.decision:
            by = self.people[who]
            self.attempt(who, lambda: verbs.return_decision(decision=found, by=by, reason=reason))

    @rule(n=st.integers(0, 1), stale=st.booleans(), old=st.booleans())
    def sign(self, n: int, stale: bool, old: bool) -> None:
        if (found := self.decision) is None:
            return
        juror = self.world.jurors[n]
        done = self.attempt(
            "first",
            lambda: sign_decision(
                decision=found,
                juror=juror,
                digest="0" * 64 if stale else found.digest,
                shown_at=self.at - HOUR if old else self.at,
                by=juror.user,
                at=self.at,
            ),
        )
        assert not (done and (stale or old))

    @rule(who=WHO, n=st.integers(0, 1), reason=st.sampled_from(["", "Matkalla."]))
    def excuse(self, who: str, n: int, reason: str) -> None:
        if found := self.decision:
            done = self.attempt(
                who,
                lambda: excuse_signer(
                    decision=found,
                    juror=self.world.jurors[n],
                    reason=reason,
                    by=self.people[who],
                    at=self.at,
                ),
            )
            assert reason or not done

    @rule(later=st.integers(-1, 2))
    def publish(self, later: int) -> None:
        """As the outbox does, at any moment and as often as it likes."""
        if found := self.decision:
            at = self.at + later * HOUR
            self.attempt("first", lambda: publish_decision(decision=found, at=at))

    @rule(n=st.integers(0, 2))
    def withdraw(self, n: int) -> None:
        """Seldom the first one, so that something is left to be decided."""
        if n == 2:
            idea = Idea.objects.for_writing().get(pk=self.world.ideas[2].pk)
            self.attempt("first", lambda: withdraw_idea(idea=idea, at=self.at, by=None))

    @rule(n=st.integers(0, 5))
    def reopen(self, n: int) -> None:
        """A closed round's sheets stay as they are, whatever becomes of the decision."""
        rows = self.world.assignments()
        done = self.attempt(
            "first",
            lambda: reopen_sheet(
                assignment=rows[n % len(rows)],
                reason="Uusiksi.",
                by=self.world.staff,
                at=self.at,
            ),
        )
        assert not done

    @property
    def decision(self) -> Decision | None:
        return Decision.objects.filter(challenge=self.world.challenge).first()

    def attempt(self, who: str, verb) -> bool:
        """Whether it was done. Whoever is not the host's staff is always sent away."""
        staff, refusal = who in ("first", "second"), None
        try:
            with transaction.atomic():
                verb()
        except DomainError as error:
            refusal = error
        assert staff or isinstance(refusal, Denied), who
        return refusal is None

    # What holds whatever they do

    @invariant()
    def what_stands_is_what_was_proposed_and_lacks_nothing(self) -> None:
        found = self.decision
        if found is None or found.state not in STAND:
            self.proposed = ""
            assert found is None or found.digest == ""
            return
        if found.state != "published":  # what was withdrawn since is left out then
            assert found.digest == content_digest(content_of(found))
            assert not lacks(found.verdicts.select_related("idea__series")).any
        assert self.proposed in ("", found.digest)
        self.proposed = found.digest
        assert found.publish_at is not None

    @invariant()
    def two_persons_and_every_signature(self) -> None:
        found = self.decision
        if found is None or found.state not in STAND[1:]:
            return
        assert found.approved_by_id not in (None, found.drafted_by_id)
        if found.state == "published" and found.needs_signatures:
            kept = Signature.objects.filter(decision=found, digest=found.digest)
            assert {one.juror_id for one in kept} >= {juror.pk for juror in signers(found)}
        if found.state == "signed":
            assert found.needs_signatures
            assert not unsigned(found)

    @invariant()
    def nothing_is_out_before_and_everything_after(self) -> None:
        found = self.decision
        out = found is not None and found.state == "published"
        self.world.challenge.refresh_from_db()
        assert (self.world.challenge.state == "decided") == out
        mine = Idea.objects.filter(challenge=self.world.challenge)
        decided = mine.filter(state="decided")
        verdicts = found.verdicts.count() if found and out else 0
        assert decided.count() == verdicts
        assert Mail.objects.filter(template="idea_decided").count() == verdicts
        winners = mine.filter(awarded=True).count()
        assert Solution.objects.filter(challenge=self.world.challenge).count() == winners
        assert Document.objects.filter(challenge=self.world.challenge).count() == 4 * out
        if found is None or not out:
            assert winners == 0
            return
        assert found.published_at >= found.publish_at
        now = {**content_of(found), "at": found.published_at, "digest": found.digest}
        assert self.published in (None, now), "a published decision was changed"
        self.published = now

    @invariant()
    def sheets_are_as_they_were_submitted(self) -> None:
        assert dict(ScoreSheet.objects.values_list("pk", "digest")) == self.sheets


def test_no_path_leads_round_a_rule_of_the_decision(db):
    run_state_machine_as_test(
        DecisionMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
