"""Sequence numbers, compared with a device that remembers every number."""

import json

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.device.sequence import (
    MAX_EPOCHS,
    MAX_GAPS,
    Gap,
    Place,
    Sequence,
)

TAKEN = (Place.NEXT, Place.LATE, Place.NEW_EPOCH)


def after(*numbers: int, epoch: int = 1, begun: bool = False) -> Sequence:
    sequence = Sequence(begun=begun)
    for number in numbers:
        assert sequence.place(epoch, number) in TAKEN
        sequence = sequence.after(epoch, number, uptime=0)
    return sequence


def test_what_came_before_the_enrolment_is_not_missing() -> None:
    sequence = after(100, 101)
    assert (sequence.last, sequence.gaps, sequence.missing) == (101, (), 0)
    assert sequence.place(1, 99) is Place.SEEN


def test_what_is_left_out_is_missing_until_it_comes() -> None:
    sequence = after(1, 5, 9)
    assert sequence.gaps == (Gap(2, 4), Gap(6, 8))
    assert sequence.missing == 6
    assert sequence.place(1, 3) is Place.LATE
    sequence = sequence.after(1, 3, uptime=0)
    assert sequence.gaps == (Gap(2, 2), Gap(4, 4), Gap(6, 8))
    for number in (2, 8, 4, 7, 6):
        assert sequence.place(1, number) is Place.LATE
        sequence = sequence.after(1, number, uptime=0)
    assert (sequence.gaps, sequence.last, sequence.lost) == ((), 9, 0)


def test_no_number_is_taken_twice() -> None:
    sequence = after(1, 5, 3)
    for number in (1, 3, 5):
        assert sequence.place(1, number) is Place.SEEN


def test_a_restart_is_told_by_the_uptime() -> None:
    sequence = Sequence().after(1, 1, uptime=50).after(1, 4, uptime=60)
    assert sequence.gaps == (Gap(2, 3),)
    sequence = sequence.after(1, 300, uptime=2)
    assert sequence.gaps == (Gap(2, 3, restart=True), Gap(5, 299, restart=True))
    sequence = sequence.after(1, 302, uptime=5)
    assert sequence.gaps[2:] == (Gap(301, 301),)


def test_a_late_envelope_of_long_ago_is_no_restart() -> None:
    sequence = Sequence().after(1, 1, uptime=50).after(1, 3, uptime=60)
    sequence = sequence.after(1, 2, uptime=55)
    assert (sequence.uptime, sequence.gaps) == (60, ())


def test_a_new_epoch_begins_at_one() -> None:
    sequence = after(1, 5)
    assert sequence.place(2, 3) is Place.NEW_EPOCH
    sequence = sequence.after(2, 3, uptime=0)
    assert (sequence.epoch, sequence.last, sequence.gaps) == (2, 3, (Gap(1, 2),))
    assert sequence.lost == 3
    assert sequence.past_epochs == (1,)


def test_an_old_epoch_never_comes_back() -> None:
    sequence = Sequence()
    for epoch in range(5):
        sequence = sequence.after(epoch, 1, uptime=0)
    for epoch in range(4):
        assert sequence.place(epoch, 2) is Place.OLD_EPOCH
    assert sequence.place(4, 2) is Place.NEXT


def test_more_epochs_than_can_be_remembered_are_refused() -> None:
    sequence = Sequence()
    for epoch in range(MAX_EPOCHS):
        assert sequence.place(epoch, 1) is Place.NEW_EPOCH
        sequence = sequence.after(epoch, 1, uptime=0)
    assert sequence.place(MAX_EPOCHS, 1) is Place.NO_ROOM
    assert sequence.place(0, 1) is Place.OLD_EPOCH
    assert sequence.place(MAX_EPOCHS - 1, 2) is Place.NEXT


def test_the_next_key_begins_anew_and_from_its_first_number() -> None:
    sequence = after(1, 5).for_next_key()
    assert (sequence.lost, sequence.missing) == (3, 0)
    # its epochs are its own
    assert sequence.place(1, 2) is Place.NEW_EPOCH
    assert sequence.after(1, 3, uptime=0).gaps == (Gap(1, 2),)


def test_gaps_are_given_up_before_they_fill_the_memory() -> None:
    sequence = after(*range(1, 2 * MAX_GAPS + 20, 2))
    assert len(sequence.gaps) == MAX_GAPS
    assert sequence.missing == MAX_GAPS
    assert sequence.lost == 9
    assert sequence.place(1, 2) is Place.SEEN
    # a gap that is split can push one out, too
    wide = sequence.after(1, 10_000, uptime=0).after(1, 5_000, uptime=0)
    assert len(wide.gaps) == MAX_GAPS
    assert wide.lost == 11


def test_the_largest_gap_costs_nothing() -> None:
    sequence = after(1, 2**53 - 1)
    assert sequence.missing == 2**53 - 3
    assert sequence.gaps == (Gap(2, 2**53 - 2),)


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 200), st.integers(0, 9)),
        max_size=150,
    )
)
def test_it_agrees_with_a_memory_of_every_number(
    arrivals: list[tuple[int, int, int]],
) -> None:
    sequence = Sequence()
    seen: dict[int, set[int]] = {}
    epochs: list[int] = []
    begin = 0
    for epoch, number, uptime in arrivals:
        place = sequence.place(epoch, number)
        if epoch in epochs[:-1]:
            assert place is Place.OLD_EPOCH
            continue
        if not epochs or epoch != epochs[-1]:
            assert place is Place.NEW_EPOCH
            begin = 0 if epochs else number - 1
            epochs.append(epoch)
            seen[epoch] = set()
        elif number in seen[epoch] or number <= begin:
            assert place is Place.SEEN
            continue
        else:
            newest = number > max(seen[epoch])
            assert place is (Place.NEXT if newest else Place.LATE)
        seen[epoch].add(number)
        sequence = sequence.after(epoch, number, uptime)
        last = max(seen[epoch])
        waited = {n for gap in sequence.gaps for n in range(gap.first, gap.last + 1)}
        assert waited == set(range(begin + 1, last)) - seen[epoch]
        assert sequence.missing == len(waited)
        assert sequence.last == last
        assert len(sequence.gaps) <= MAX_GAPS
        assert list(sequence.gaps) == sorted(sequence.gaps)
        again = Sequence.from_json(json.loads(json.dumps(sequence.to_json())))
        assert again == sequence


@pytest.mark.parametrize("gap", [Gap(3, 3), Gap(3, 9)])
def test_a_gap_has_a_size(gap: Gap) -> None:
    assert gap.size == len(range(gap.first, gap.last + 1))
