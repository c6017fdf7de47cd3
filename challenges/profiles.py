"""What kind of a competition a challenge is under the Procurement Act (1397/2016), and what each
kind must say to those who take part: an idea competition, a design contest (directive 2014/24, art.
78–82), a pre-market consultation (art. 40–41). What is said is kept in `Challenge.statements`.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.states import ChallengeProfile, PhaseKind
from core.multilingual import clean, lang, text

WORDS_AT_MOST: Final = 1500
OUTCOME: Final = "outcome"  # what a consultation taught; said when it ends


@dataclass(frozen=True)
class Kind:
    """How a profile is told to anybody: in a list, in a sentence, with what follows from it."""

    short: Any
    line: Any
    more: Any


@dataclass(frozen=True)
class Statement:
    """Something that staff must say in their own words."""

    key: str
    heading: Any  # on the challenge's page
    ask: Any  # in the back office


@dataclass(frozen=True)
class Said:
    heading: str
    words: str
    language: str


KINDS: Final[dict[str, Kind]] = {
    ChallengeProfile.IDEAS: Kind(
        _("Idea competition, no purchase"),
        _("This is an idea competition, not a procurement."),
        _(
            "Taking part does not lead to a purchase. If the municipality buys something later, it"
            " asks for tenders separately."
        ),
    ),
    ChallengeProfile.CONTEST: Kind(
        _("Design contest"),
        _("This is a design contest under the Procurement Act (1397/2016)."),
        _(
            "The jury does not know who proposes until it has decided, and it uses only the"
            " published criteria."
        ),
    ),
    ChallengeProfile.CONSULTATION: Kind(
        _("Pre-market consultation, no purchase"),
        _("This is a pre-market consultation, not a call for tenders."),
        _(
            "Nobody wins and nothing is bought here. Taking part gives no advantage in the coming"
            " procurement. What the municipality learns is published to all equally; trade secrets"
            " are not given to others."
        ),
    ),
}
RIGHTS = Statement(
    "rights",
    _("What happens to the proposals and the rights"),
    _("Who owns the proposals, what the municipality may do with them, what is published."),
)
STATEMENTS: Final[dict[str, tuple[Statement, ...]]] = {
    ChallengeProfile.IDEAS: (RIGHTS,),
    ChallengeProfile.CONTEST: (
        Statement(
            "prizes",
            _("Prizes and fees"),
            _("The prizes, or what is paid to those who take part."),
        ),
        Statement(
            "contract",
            _("What may follow the contest"),
            _("Whether a service contract may be made with the winner or winners, and how."),
        ),
        Statement(
            "jury",
            _("The jury"),
            _(
                "Natural persons who are independent of the entrants. If the entrants must have a"
                " professional qualification, at least a third of the jury has it too."
            ),
        ),
        RIGHTS,
    ),
    ChallengeProfile.CONSULTATION: (
        Statement(
            "learned",
            _("How all get to know what was learned"),
            _("Where and when what was learned is published to all equally."),
        ),
        Statement(
            "procurement",
            _("The coming procurement"),
            _("What is planned to be bought, and where and when it will be announced."),
        ),
    ),
}
NOTICE_NEEDED: Final = frozenset({ChallengeProfile.CONTEST})
NOTICE_TAKEN: Final = frozenset({ChallengeProfile.CONTEST, ChallengeProfile.CONSULTATION})
# Nobody scores and nobody wins in a consultation.
NO_PHASES: Final[dict[str, frozenset[PhaseKind]]] = {
    ChallengeProfile.CONSULTATION: frozenset({PhaseKind.SCORING, PhaseKind.PILOTS})
}


def kind_of(challenge: Challenge) -> Kind | None:
    """None of a challenge that has not been said to be anything: nothing is told then."""
    return KINDS.get(challenge.profile)


def asked_of(profile: str) -> tuple[Statement, ...]:
    """What the profile must say."""
    return STATEMENTS.get(profile, ())


def asked_of_any() -> tuple[Statement, ...]:
    """What the kinds that have a jury must say, each once."""
    kinds = (ChallengeProfile.CONTEST, ChallengeProfile.IDEAS)
    return tuple(dict.fromkeys(one for kind in kinds for one in STATEMENTS[kind]))


def phases_of(profile: str) -> list[PhaseKind]:
    """The phases that a challenge of the profile may have."""
    return [kind for kind in PhaseKind if kind not in NO_PHASES.get(profile, ())]


def said(challenge: Challenge) -> list[Said]:
    """What the challenge says, for its page, in the reader's language where there is one."""
    asked = [*asked_of(challenge.profile)]
    if not challenge.has_jury:
        asked.insert(0, Statement(OUTCOME, _("What was learned"), ""))
    told = ((one, challenge.statements.get(one.key)) for one in asked)
    return [Said(str(one.heading), text(words), lang(words)) for one, words in told if words]


def lacking(challenge: Challenge) -> list[str]:
    """What the profile must still say."""
    if not challenge.profile:
        return [str(challenge._meta.get_field("profile").verbose_name)]
    asked = asked_of(challenge.profile)
    found = [str(one.heading) for one in asked if not challenge.statements.get(one.key)]
    if challenge.profile in NOTICE_NEEDED and not challenge.notice_url:
        found.append(str(_("The official notice (Hilma)")))
    return found


def tidy(statements: Any) -> dict[str, dict[str, str]]:
    """Known statements only, each a text by language. Raises ValidationError, TypeError."""
    known = {one.key for several in STATEMENTS.values() for one in several}
    kept = {key: clean(words, max_length=WORDS_AT_MOST) for key, words in dict(statements).items()}
    return {key: words for key, words in kept.items() if key in known and words}
