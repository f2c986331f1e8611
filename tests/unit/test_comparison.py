"""What an audit finds, on histories that are made up."""

from collections.abc import Sequence

from hypothesis import given, settings, strategies as st

from custom_components.iot_blockchain.history.comparison import (
    Comparison,
    Finding,
    Kind,
    Recorded,
    Row,
    Span,
)

ALWAYS: Sequence[Span] = [(0, 10**9)]
STATES = ("1", "2", "3", "unavailable")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Recorded], list[Row]]:
    """Make what a log and a history hold of an entity: changes, and attributes."""
    readings: list[Recorded] = []
    rows: list[Row] = []
    state = ""
    for time in sorted(draw(st.sets(st.integers(1, 5000), min_size=2, max_size=40))):
        new = draw(st.sampled_from(STATES))
        rows.append(Row(10 * time, new, is_change=new != state))
        if new != state:
            readings.append(Recorded(10 * time, new, len(readings)))
        state = new
    return readings, rows


def compare(
    readings: Sequence[Recorded],
    rows: Sequence[Row],
    covered: Sequence[Span] = ALWAYS,
    skipped: Sequence[Span] = (),
    pages: Sequence[int] = (),
) -> list[Finding]:
    """Compare all, in one go or page after page."""
    comparison = Comparison(covered, skipped, None, None)
    found: list[Finding] = []
    for first, stop in zip((0, *pages), (*pages, 10**9), strict=True):
        found += comparison.compare(
            [each for each in readings if first <= each.time < stop],
            [each for each in rows if first <= each.time < stop],
        )
    return found


@given(histories(), st.lists(st.integers(1, 50000), max_size=3))
def test_nothing_is_found_where_nothing_was_done(
    history: tuple[list[Recorded], list[Row]], pages: list[int]
) -> None:
    assert compare(*history, pages=sorted(pages)) == []


@given(histories(), st.data())
@settings(max_examples=200)
def test_one_change_is_found_and_nothing_else(
    history: tuple[list[Recorded], list[Row]], data: st.DataObject
) -> None:
    readings, rows = history
    number = data.draw(st.integers(0, len(rows) - 1))
    row = rows[number]
    kind = data.draw(st.sampled_from(Kind))
    if kind is Kind.ALTERED:
        rows[number] = Row(row.time, "9", row.is_change)
    elif kind is Kind.INSERTED:
        rows.insert(number + 1, Row(row.time + 5, "9"))
    elif row.is_change:
        del rows[number]
    else:
        return  # Nobody sees that a row without a change is gone.
    pages = data.draw(st.lists(st.integers(1, 50000), max_size=2))
    found = compare(readings, rows, pages=sorted(pages))
    assert [each.kind for each in found] == [kind]
    said = next(each for each in reversed(readings) if each.time <= row.time)
    assert found[0].recorded == said.state
    assert found[0].index == said.index
    assert found[0].found == (None if kind is Kind.DELETED else "9")


def test_where_not_each_change_became_a_reading_only_readings_speak() -> None:
    readings = [Recorded(10, "1", 0), Recorded(50, "2", 1)]
    rows = [Row(10, "1"), Row(20, "9"), Row(40, "2")]
    # "2" was recorded again when a report came, after the change itself.
    assert compare(readings, rows, covered=[]) == []
    rows[2] = Row(40, "3")
    (found,) = compare(readings, rows, covered=[])
    assert (found.kind, found.time, found.found) == (Kind.ALTERED, 50, "3")
    (found,) = compare(readings, rows[:1], covered=[])
    assert (found.kind, found.time, found.found) == (Kind.DELETED, 50, None)
    # Of a time before the history begins, it need not say anything.
    assert compare(readings, [], covered=[]) == []


def test_first_moment_of_a_span_is_not_covered() -> None:
    readings = [Recorded(10, "1", 0), Recorded(60, "1", 1)]
    rows = [Row(10, "1"), Row(20, "2"), Row(30, "3"), Row(55, "2"), Row(58, "1")]
    assert compare(readings, rows, covered=[(5, 15), (60, 90)]) == []
    (found,) = compare(readings, rows, covered=[(5, 15), (20, 31), (60, 90)])
    assert (found.kind, found.time) == (Kind.INSERTED, 30)


def test_of_what_is_skipped_nothing_is_said() -> None:
    readings = [Recorded(10, "1", 0), Recorded(20, "2", 1), Recorded(30, "3", 2)]
    rows = [Row(10, "1"), Row(25, "7"), Row(30, "3")]
    assert len(compare(readings, rows)) == 2
    assert compare(readings, rows, skipped=[(15, 29)]) == []


def test_removed_entity_has_no_state() -> None:
    readings = [Recorded(10, "1", 0), Recorded(30, "1", 1)]
    rows = [Row(10, "1"), Row(20, None), Row(30, "1")]
    assert compare(readings, rows) == []


def test_what_stands_elsewhere_is_not_missing() -> None:
    comparison = Comparison([], [], None, Row(5, "0"))
    reading = Recorded(10, "1", 0)
    assert list(comparison.compare([reading], [], {(10, "1")})) == []
    comparison = Comparison([], [], None, Row(5, "0"))
    assert len(list(comparison.compare([reading], [], {(10, "2")}))) == 1


def test_row_that_repeats_the_one_before_is_not_at_fault() -> None:
    readings = [Recorded(10, "1", 0), Recorded(90, "2", 1)]
    # From 20 to 50 nobody listened, and then the state was already another one.
    rows = [Row(10, "1"), Row(30, "5"), Row(60, "5"), Row(70, "5"), Row(90, "2")]
    assert compare(readings, rows, covered=[(0, 20), (50, 100)]) == []
    (found,) = compare(readings, rows)
    assert (found.kind, found.time) == (Kind.INSERTED, 30)
