"""Envelopes on their way from the transports to the logs that know their devices."""

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from time import monotonic

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, SUBENTRY_DEVICE
from ..device.envelope import Payload, issuer_of
from ..device.errors import EnvelopeError, Reason
from ..device.jws import MAX_LENGTH
from ..device.throttle import Throttle
from . import esphome_transport, mqtt_transport
from .asking import Asking
from .devices import Devices
from .enrolled_device import Arrival, Reply
from .enrolment import Enrolment, async_get_enrolment

_LOGGER = logging.getLogger(__name__)

# A device signs a few envelopes a second at most, and sends a whole store of them when
# it is back. What one source sends beyond that is not even looked at.
_RATE = 20
_BURST = 200
_MOST_WAITING = 2000
_BATCH = 64
_ON_THEIR_WAY = {
    ConfigEntryState.NOT_LOADED,
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.SETUP_RETRY,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
}


class Envelopes:
    """Receives envelopes for all logs of this Home Assistant.

    ``refused`` counts, for each reason, what could not be given to any log.
    """

    def __init__(self, hass: HomeAssistant, enrolment: Enrolment) -> None:
        """Take what is done with envelopes of unknown devices."""
        self.enrolment = enrolment
        self.refused: Counter[Reason] = Counter()
        self._hass = hass
        self._logs: list[Devices] = []
        self._asking = Asking()
        self._announced = False
        self._throttle = Throttle(_RATE, _BURST)
        self._waiting: deque[Arrival] = deque()
        self._working = False
        self._transports: list[CALLBACK_TYPE] = []

    @callback
    def add(self, devices: Devices) -> None:
        """Give envelopes to the devices of one more log."""
        self._logs.append(devices)
        for did in devices.keys:
            # It may have signed when it was enrolled, and this log not loaded yet.
            self.enrolment.forget(did)
        if not self._transports:
            self._transports = [
                transport.async_listen(self._hass, self.receive)
                for transport in (esphome_transport, mqtt_transport)
            ]
        if not self._announced:
            self._announced = True
            esphome_transport.async_announce_all(self._hass)

    @callback
    def remove(self, devices: Devices) -> None:
        """Give no more envelopes to the devices of a log, if it was added."""
        if devices in self._logs:
            self._logs.remove(devices)
        while self._transports and not self._logs:
            self._transports.pop()()

    @callback
    def receive(
        self, text: object, source: str, reply: Reply, *, issuer: str | None = None
    ) -> None:
        """Take what came from a source: see ``Receive``.

        Nothing costly is done here: it is called for each of a flood.
        """
        if not self._throttle.admits(source, monotonic()):
            self.refused[Reason.TOO_FAST] += 1
        elif not isinstance(text, str):
            self.refused[Reason.MALFORMED] += 1
        elif len(text) > MAX_LENGTH:
            self.refused[Reason.TOO_LONG] += 1
        elif len(self._waiting) >= _MOST_WAITING:
            self.refused[Reason.TOO_FAST] += 1
        else:
            self._waiting.append(Arrival(text, dt_util.utcnow(), reply, issuer))
            if not self._working:
                self._working = True
                # Not at once: what comes at the same time is dealt with together.
                self._hass.async_create_background_task(
                    self._work(), f"{DOMAIN} envelopes", eager_start=False
                )

    async def _work(self) -> None:
        try:
            while self._waiting:
                count = min(_BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(count)]
                issued = await self._hass.async_add_executor_job(_by_issuer, batch)
                for reason, number in issued.refused.items():
                    self.refused[reason] += number
                for did, arrivals in issued.arrivals.items():
                    await self._give(did, arrivals)
        finally:
            self._working = False

    async def _give(self, did: str, arrivals: Sequence[Arrival]) -> None:
        reply = arrivals[-1].reply
        for devices in self._logs:
            if (subentry_id := devices.owner_of(did)) is not None:
                _acknowledge(await devices.async_take(subentry_id, arrivals))
                device = devices[subentry_id]
                key, state = device.rules.did, device.state
                # Its next key may have been heard before the change.
                self.enrolment.forget(key)
                self._asking.for_missing(key, state.sequence, reply, monotonic())
                if state.software is None:
                    self._asking.for_boot_message(key, reply, monotonic())
                return
        if _may_be_known_soon(self._hass, did):
            return  # The device sends it again.
        self.refused[Reason.UNKNOWN_DEVICE] += len(arrivals)
        candidate = await self.enrolment.async_meet(
            did, [arrival.jws for arrival in arrivals]
        )
        if any(devices.owner_of(did) is not None for devices in self._logs):
            self.enrolment.forget(did)  # Its owner has enrolled it meanwhile.
        elif candidate is not None and candidate.name is None:
            self._asking.for_boot_message(did, reply, monotonic())


@callback
def _may_be_known_soon(hass: HomeAssistant, did: str) -> bool:
    """Say whether a key may be that of a device whose log is not loaded.

    Which keys a device went on to, only its log knows. One that is on its way to be
    loaded is waited for; of another one, at least the key is known that was enrolled.
    """
    return any(
        entry.state in _ON_THEIR_WAY or device.data["did"] == did
        for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        if entry.state is not ConfigEntryState.LOADED
        for device in entry.get_subentries_of_type(SUBENTRY_DEVICE)
    )


class _Issued:
    """Envelopes by the key that they name, and why others name none."""

    def __init__(self) -> None:
        self.arrivals: defaultdict[str, list[Arrival]] = defaultdict(list)
        self.refused: Counter[Reason] = Counter()


def _by_issuer(batch: Iterable[Arrival]) -> _Issued:
    issued = _Issued()
    for arrival in batch:
        try:
            issuer = issuer_of(arrival.jws)
        except EnvelopeError as err:
            issued.refused[err.reason] += 1
            continue
        if arrival.issuer in (None, issuer):
            issued.arrivals[issuer].append(arrival)
        else:
            issued.refused[Reason.MALFORMED] += 1
    return issued


@callback
def _acknowledge(settled: Iterable[tuple[Reply, Payload]]) -> None:
    """Acknowledge in ranges: each is a message that a small device has to read."""
    numbers: defaultdict[tuple[Reply, str, int], set[int]] = defaultdict(set)
    for reply, payload in settled:
        numbers[reply, payload.iss, payload.epoch].add(payload.seq)
    for (reply, did, epoch), found in numbers.items():
        first = last = None
        for number in sorted(found):
            if last is not None and number == last + 1:
                last = number
                continue
            if first is not None and last is not None:
                reply.acknowledge(did, epoch, first, last)
            first = last = number
        if first is not None and last is not None:
            reply.acknowledge(did, epoch, first, last)


_ENVELOPES: HassKey[Envelopes] = HassKey(f"{DOMAIN}_envelopes")


@singleton(_ENVELOPES, async_=True)
async def async_get_envelopes(hass: HomeAssistant) -> Envelopes:
    """Return what receives the envelopes of this Home Assistant."""
    return Envelopes(hass, await async_get_enrolment(hass))
