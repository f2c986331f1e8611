"""The devices that a log takes signed readings from, and what they have sent."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util, slugify

from ..const import DOMAIN, SUBENTRY_DEVICE
from ..device import acts, status_list
from ..device.credential import Issuer
from ..device.envelope import Payload
from ..device.rules import DeviceRules
from ..device.state import DeviceState, Status
from ..device.status_list import StatusList
from ..intake.recording import Recording
from ..log.database import StoreError
from ..log.entry import Record, decode
from ..log.store import LogStore
from . import device_issues, esphome_transport
from .enrolled_device import MEMORY, Arrival, Device, Reply, take

_LOGGER = logging.getLogger(__name__)

_TELL_REFUSED = timedelta(hours=1)


def signal_of(subentry_id: str) -> str:
    """Return the dispatcher's signal that something about a device changed."""
    return f"{DOMAIN}_device_{subentry_id}"


class Devices:
    """Those of one log."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: LogStore,
        recording: Recording,
        issuer: Issuer,
    ) -> None:
        """Take the log; ``async_start`` reads what it knows."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._recording = recording
        self._issuer = issuer
        self._devices: dict[str, Device] = {}
        self._told_refused: dict[str, Mapping[str, int]] = {}
        self._unsaved: set[str] = set()
        # what the owner changed, and could not be written when the log was loaded
        self._untold: list[Record] = []
        self._untold_memory: dict[str, str] = {}
        self._former: dict[str, Device] = {}
        self._cancel_timer: CALLBACK_TYPE | None = None
        # What is known of a device is read, changed and written by one at a time.
        self._lock = asyncio.Lock()

    async def async_start(self) -> None:
        """Read what is known of the devices, and write what the owner changed since."""
        known = await self._hass.async_add_executor_job(self._recall)
        now = dt_util.utcnow()
        used = {device.status_index for device in known.values()}
        for subentry in self._entry.get_subentries_of_type(SUBENTRY_DEVICE):
            rules = DeviceRules.from_json({**subentry.data, "name": subentry.title})
            # It may have been enrolled by another of its keys than the first time.
            key = next((key for key in known if rules.did in known[key].keys), None)
            device = None if key is None else known.pop(key)
            before = device.rules if device and device.enrolled else None
            if device is None:
                device = Device(
                    rules.did,
                    rules,
                    DeviceState(),
                    {rules.did: now.timestamp()},
                    status_list.new_index(used),
                )
                used.add(device.status_index)
            device.rules = replace(
                rules, did=device.rules.did, previous_dids=device.rules.previous_dids
            )
            device.enrolled = True
            if device.rules != before:
                self._untold.append(acts.enrolled(device.rules, now))
                self._unsaved.add(subentry.subentry_id)
            self._devices[subentry.subentry_id] = device
            self._told_refused[subentry.subentry_id] = device.state.refused
            self._show(subentry.subentry_id)
        self._former = known
        removed = [device for device in known.values() if device.enrolled]
        for device in removed:
            device.enrolled = False
            self._untold.append(acts.removed(device.rules, now))
            self._untold_memory |= device.to_memory()
        try:
            await self._write([])
        except StoreError as err:
            _LOGGER.warning("What is known of devices could not be written: %s", err)
        self._cancel_timer = async_track_time_interval(
            self._hass, self._tell_refused, _TELL_REFUSED
        )

    async def async_stop(self) -> None:
        """Write what is not on the disk yet."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
            await self._tell_refused(dt_util.utcnow())
        for key, device in self._devices.items():
            device_issues.set_quarantine_issue(
                self._hass, self._entry, key, device.rules.name, None
            )

    def _recall(self) -> dict[str, Device]:
        return {
            device.key: device
            for name, text in self._store.recall().items()
            if name.startswith(MEMORY)
            for device in [Device.from_memory(name, text)]
        }

    def __getitem__(self, subentry_id: str) -> Device:
        """Return a device."""
        return self._devices[subentry_id]

    @property
    def keys(self) -> list[str]:
        """The did:keys of all that are enrolled, each key's before it too."""
        return [key for device in self._devices.values() for key in device.keys]

    @property
    def _known(self) -> list[Device]:
        """All devices, those too that are not enrolled any more."""
        return [*self._devices.values(), *self._former.values()]

    def owner_of(self, did: str) -> str | None:
        """Return the subentry of the device that signs with a key, or did once."""
        return next(
            (
                subentry_id
                for subentry_id, device in self._devices.items()
                if did in device.keys
            ),
            None,
        )

    def is_revoked(self, did: str) -> bool:
        """Say whether the key is one of a device that was revoked before."""
        return any(
            device.state.status is Status.REVOKED and did in device.keys
            for device in self._former.values()
        )

    async def async_take(
        self, subentry_id: str, arrivals: Sequence[Arrival]
    ) -> list[tuple[Reply, Payload]]:
        """Judge and record what came in the name of a device, in its order.

        Returns what is to be acknowledged: all of that is on the disk, and of what was
        refused that it was heard.
        """
        async with self._lock:
            return await self._take(subentry_id, arrivals)

    async def _take(
        self, subentry_id: str, arrivals: Sequence[Arrival]
    ) -> list[tuple[Reply, Payload]]:
        device = self._devices[subentry_id]
        entities = {
            sensor: self._entity_of(subentry_id, device, sensor)
            for sensor in device.rules.sensors
        }
        other_keys = {
            key for other in self._known if other is not device for key in other.keys
        }
        taken = await self._hass.async_add_executor_job(
            take, device, arrivals, entities, other_keys
        )
        # Each number that is used up must stay so. What strangers send uses none.
        if taken.records or taken.state.sequence != device.state.sequence:
            judged = replace(
                device, rules=taken.rules, state=taken.state, since=taken.since
            )
            try:
                await self._record(taken.records, judged.to_memory())
            except StoreError as err:
                # It stays as it was: the device sends all of it again.
                _LOGGER.debug("Signed readings wait at their device: %s", err)
                return []
        else:
            self._unsaved.add(subentry_id)
        device.rules, device.state, device.since = taken.rules, taken.state, taken.since
        device.values |= taken.values
        device.strangers += taken.strangers
        self._show(subentry_id)
        return taken.settled

    async def async_credentials(self, entries: Sequence[bytes]) -> list[str]:
        """Return what the log's owner vouches for of the devices that signed entries.

        With it comes the list of those that are revoked. Empty where none signed.
        """
        return await self._hass.async_add_executor_job(
            _credentials, self._issuer, self._known, entries, dt_util.utcnow()
        )

    async def async_release(self, subentry_id: str) -> None:
        """Trust a device again.

        Raises:
            StoreError: it cannot be written down; the device stays in quarantine.
        """
        await self._decide(subentry_id, acts.released, DeviceState.released)
        device = self._devices[subentry_id]
        epoch = device.state.sequence.epoch
        if epoch is not None:  # A change of its key may wait for this.
            esphome_transport.async_resend_all(self._hass, device.rules.did, epoch)

    async def async_revoke(self, subentry_id: str) -> None:
        """Never trust a device's key again.

        Raises:
            StoreError: it cannot be written down; nothing changes.
        """
        await self._decide(subentry_id, acts.revoked, DeviceState.revoked)

    async def _decide(
        self,
        subentry_id: str,
        act: Callable[[DeviceRules, datetime], Record],
        decided: Callable[[DeviceState], DeviceState],
    ) -> None:
        async with self._lock:
            device = self._devices[subentry_id]
            state = decided(device.state)
            memory = replace(device, state=state).to_memory()
            await self._record([act(device.rules, dt_util.utcnow())], memory)
            device.state = state
            self._show(subentry_id)

    @callback
    def _show(self, subentry_id: str) -> None:
        device = self._devices[subentry_id]
        device_issues.set_quarantine_issue(
            self._hass,
            self._entry,
            subentry_id,
            device.rules.name,
            device.state.status_reason
            if device.state.status is Status.QUARANTINED
            else None,
        )
        async_dispatcher_send(self._hass, signal_of(subentry_id))

    async def _tell_refused(self, now: datetime) -> None:
        """Write down how many envelopes were refused, where that has changed."""
        changed = {
            key: device
            for key, device in self._devices.items()
            if device.state.refused != self._told_refused[key]
        }
        records = [
            acts.refused(device.rules, device.state, now) for device in changed.values()
        ]
        try:
            await self._write(records)
        except StoreError as err:
            _LOGGER.debug("Refused envelopes are not written down yet: %s", err)
        else:
            self._told_refused |= {
                key: device.state.refused for key, device in changed.items()
            }

    async def _write(self, records: Sequence[Record]) -> None:
        """Write records, and all that is known of devices and not written yet."""
        async with self._lock:
            memory: dict[str, str] = {}
            for key in self._unsaved:
                memory |= self._devices[key].to_memory()
            if records or memory or self._untold:
                await self._record(records, memory)
            self._unsaved.clear()

    async def _record(
        self, records: Sequence[Record], memory: Mapping[str, str]
    ) -> None:
        """Write records, after what could not be written before them."""
        await self._recording.async_record(
            [*self._untold, *records], {**self._untold_memory, **memory}
        )
        self._untold, self._untold_memory = [], {}

    def _entity_of(self, subentry_id: str, device: Device, sensor: str) -> str:
        """Return the entity that shows a sensor; it can be disabled, or new."""
        registry = er.async_get(self._hass)
        return (
            registry.async_get_entity_id(
                Platform.SENSOR, DOMAIN, f"{subentry_id}_{sensor}"
            )
            or f"{Platform.SENSOR}.{slugify(f'{device.rules.name} {sensor}')}"
        )


def _credentials(
    issuer: Issuer, known: Sequence[Device], entries: Iterable[bytes], now: datetime
) -> list[str]:
    signers = {decode(entry).claims.get("iss") for entry in entries}
    credentials = [
        issuer.issue(device.credential(did))
        for device in known
        for did in device.since
        if did in signers
    ]
    if not credentials:
        return []
    revoked = [
        device.status_index for device in known if device.state.status is Status.REVOKED
    ]
    return [*credentials, issuer.issue(StatusList.of(revoked, now))]
