"""Durations, as forms take them and as entries keep them: days, hours and so on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.helpers import selector

LONGEST: Final = timedelta(days=3653)
"""Ten years. Added to any date of today, it leaves a date that can be written."""


class DurationField(selector.DurationSelector):
    """A field for a duration, which leaves it to the form to say it is too long."""

    @override
    def __call__(self, data: Any) -> dict[str, float]:
        """Check a duration. The selector itself knows no answer to a very long one."""
        try:
            return super().__call__(data)
        except OverflowError:
            return dict(data)


def duration_of(kept: Mapping[str, float]) -> timedelta:
    """Read a duration that an entry keeps; one that is too long is the longest."""
    return min(_as_it_is(kept), LONGEST)


def is_too_long(entered: Mapping[str, float]) -> bool:
    """Say whether a form has to refuse a duration."""
    return _as_it_is(entered) > LONGEST


def _as_it_is(duration: Mapping[str, float]) -> timedelta:
    try:
        return timedelta(**duration)
    except OverflowError:
        return timedelta.max
