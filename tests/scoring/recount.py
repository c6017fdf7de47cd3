"""The stored sums of scoring, added up again from the rows that they stand for."""

from fractions import Fraction

from scoring.models import Assignment, IdeaScore, Juror, Round, ScoreSheet

NEARLY = Fraction(2, 10**9)


def assert_sums() -> None:
    """Every stored sum equals a recount in Python."""
    rows = list(Assignment.objects.select_related("round"))
    done = {
        sheet.assignment_id: sheet
        for sheet in ScoreSheet.objects.filter(state__in=["submitted", "abstained"])
    }
    confirmed = [row for row in rows if row.state == "confirmed"]
    for juror in Juror.objects.all():
        mine = [row for row in confirmed if row.juror_id == juror.pk]
        assert (juror.to_read, juror.submitted, juror.undeclared, juror.recused) == (
            len(mine),
            sum(row.pk in done for row in mine),
            sum(not row.declared for row in mine),
            sum(row.juror_id == juror.pk and row.state == "recused" for row in rows),
        ), juror
    for round_ in Round.objects.all():
        given = [row for row in confirmed if row.round_id == round_.pk]
        assert (round_.sheets_wanted, round_.sheets_submitted) == (
            len(given),
            sum(row.pk in done for row in given),
        )
    for score in IdeaScore.objects.all():
        given = [
            row
            for row in confirmed
            if (row.round_id, row.idea_id) == (score.round_id, score.idea_id)
        ]
        answered = [done[row.pk] for row in given if row.pk in done]
        totals = [Fraction(sheet.total) for sheet in answered if sheet.state == "submitted"]
        assert (score.wanted, score.submitted) == (len(given), len(answered))
        if not totals:
            assert score.mean is None
            continue
        assert abs(Fraction(score.mean) - sum(totals) / len(totals)) <= NEARLY
        assert (Fraction(score.lowest), Fraction(score.highest)) == (min(totals), max(totals))
