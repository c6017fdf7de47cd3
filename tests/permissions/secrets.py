"""Every secret word of the world, and the roles that may come upon it."""

from dataclasses import dataclass

from tests.permissions.world import HOST_A

B = frozenset({"staff_b", "owner"})
TEAM = frozenset({"company", "reader"})  # of the company's proposals
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Secret:
    """`may`: who may see the word anywhere. `must`: who does, or the search looks past it."""

    word: str
    what: str
    may: frozenset[str]
    must: frozenset[str] = NOBODY


SECRETS = [
    Secret("qzprep", "name of a call that is being prepared", HOST_A, HOST_A),
    # What has not been handed in is its writers' own: the platform's owner does not read it.
    Secret("qzdraft", "a citizen's draft", NOBODY),
    Secret("qzcodraft", "title of a company's draft", TEAM | {"invited"}),
    *(
        Secret(f"qzcodraft-{part}", "a company's draft", TEAM, must)
        for part, must in (
            ("public", TEAM),
            ("jury", TEAM),
            ("staff", TEAM),
            ("file", TEAM),
            ("trade", TEAM),
            ("why", TEAM),
        )
    ),
    # Trade secrets: the team, staff after closing, jurors behind the gate.
    *(
        Secret(f"qz{name}-{part}", "trade secret", may, must)
        for part in ("trade", "why")
        for name, may, must in (
            ("co", TEAM, TEAM),
            ("after", NOBODY, NOBODY),
            ("titles", NOBODY, NOBODY),
            ("cancelled", HOST_A, NOBODY),
            ("inel", HOST_A, HOST_A),
            ("read", HOST_A | {"juror", "fellow"}, HOST_A | {"juror", "fellow"}),
            ("undeclared", HOST_A, HOST_A),
            ("potential", HOST_A, HOST_A),
            ("conflict", HOST_A, HOST_A),
            ("deciding_1", HOST_A | {"fellow"}, HOST_A),
            ("decided_1", HOST_A | {"fellow"}, HOST_A),
            ("foreign", B | {"other_juror"}, B | {"other_juror"}),
        )
    ),
    Secret("qzco-public", "handed in, public after closing", HOST_A | TEAM, HOST_A),
    Secret("qzafter", "handed in, public after closing", HOST_A, HOST_A),
    Secret("qztitles-public", "text, where titles are public only", HOST_A, HOST_A),
    Secret("qztitles-jury", "answer to the jury", HOST_A, HOST_A),
    Secret("qzcancelled-jury", "answer to the jury of a cancelled call", HOST_A),
    Secret("qzinel-jury", "answer to the jury", HOST_A, HOST_A),
    Secret("qzreason", "why a proposal does not meet the rules", HOST_A, HOST_A),
    Secret("qzwithdrawn", "a proposal that was taken back", NOBODY),
    Secret(
        "qzread-jury",
        "answer to the jury",
        HOST_A | {"juror", "fellow"},
        HOST_A | {"juror", "fellow"},
    ),
    Secret("qzread-file", "file for the jury", HOST_A | {"juror", "fellow"}, HOST_A | {"juror"}),
    Secret("qzread-staff", "e-mail of a proposer", HOST_A, HOST_A),
    Secret("qzread-name", "name of a proposer who did not make it public", HOST_A, HOST_A),
    *(
        Secret(f"qz{name}-{part}", f"no juror has cleared it: {name}", HOST_A)
        for name in ("undeclared", "potential", "conflict")
        for part in ("jury", "file", "staff", "name")
    ),
    Secret("qzmessage", "what staff wrote to a proposer", HOST_A, HOST_A),
    Secret("qztie", "a juror's reason of a tie", HOST_A | {"juror", "fellow"}, HOST_A),
    Secret("qzmysheet-comment", "an unsubmitted sheet", frozenset({"juror"}), frozenset({"juror"})),
    Secret("qzmysheet-note", "a juror's own note", frozenset({"juror"}), frozenset({"juror"})),
    Secret("qzfellow-comment", "another juror's sheet", HOST_A | {"fellow"}, frozenset({"fellow"})),
    Secret("qzfellow-note", "another juror's own note", frozenset({"fellow"})),
    Secret("qzdeciding-won", "reason of a decision not yet made", HOST_A, HOST_A),
    Secret("qzdeciding-lost", "reason of a decision not yet made", HOST_A),
    Secret("qzdeciding-statement", "statement of a decision not yet made", HOST_A, HOST_A),
    Secret("qzdeciding_1-name", "proposer, to jurors who read blind", HOST_A),
    Secret("qzdeciding_1-staff", "proposer's e-mail, to jurors who read blind", HOST_A),
    Secret("qzdeciding_1-public", "only winners become public", HOST_A | {"fellow"}, HOST_A),
    # Who signs the decision reads its reasons.
    Secret(
        "qzdecided-lost",
        "reasons of others than winners are not public",
        HOST_A | {"fellow"},
        HOST_A | {"fellow"},
    ),
    # The package that an auditor gets has a juror's words to the proposer, never a private note.
    Secret("qzdecided_1-comment", "a juror's words to the proposer", HOST_A | {"fellow"}, HOST_A),
    Secret("qzdecided_1-note", "a juror's own note", frozenset({"fellow"})),
    *(
        Secret(f"qzdecided_{n}-{part}", "after the decision, of winners too", HOST_A)
        for n in (1, 6)
        for part in ("staff", "name")
    ),
    *(
        Secret(f"qzdecided_{n}-jury", "after the decision, of winners too", HOST_A | {"fellow"})
        for n in (1, 6)
    ),
    Secret("qzinquiryopen", "a question of host A not yet answered", HOST_A, HOST_A),
    Secret("qzinquiryother", "a question of host B not yet answered", B, B),
    Secret("qzneeda", "a need told to host A", HOST_A, HOST_A),
    Secret("qzneedb", "a need told to host B", B, B),
    Secret("qzneednowhere", "a need of no municipality here", frozenset({"owner"})),
    Secret("qzhidden", "a solution that is not published", HOST_A, HOST_A),
    Secret("qzbhidden", "another host's solution that is not published", B, B),
    Secret("qzforeign", "a proposal to another host", B | {"other_juror"}, B | {"other_juror"}),
    Secret("qzforeign-staff", "e-mail of a proposer to another host", B, B),
    Secret(
        "qzasks_company", "e-mail of somebody who asks to join", frozenset({"company", "owner"})
    ),
    Secret("qzasks_b", "e-mail of somebody who asks to join", B),
]
