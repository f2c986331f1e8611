"""Fixing the issues that a person can end in the user interface."""

from abc import abstractmethod
from typing import cast, override

import probatio as vol
from homeassistant.components.repairs import (
    FlowType,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import selector

from . import issues
from .anchoring.low_balance import FundFlow
from .const import DOMAIN, SUBENTRY_DEVICE
from .coordinator import IotBlockchainConfigEntry, loaded_log
from .flows.device_flow import CONF_DID
from .log.database import StoreError
from .markdown import plain
from .signing import device_issues
from .signing.enrolment import Candidate, async_get_enrolment
from .successor import async_continue_with_successor

CONF_LOG = "log"


class _ConfirmedFlow(RepairsFlow):
    """Asks for consent, then writes to the log what ends the issue."""

    def __init__(self, **asked_about: str) -> None:
        """Take what the question names."""
        self._asked_about = asked_about

    @abstractmethod
    async def _async_do(self) -> None:
        """Do it.

        Raises:
            StoreError: the log cannot be written.
        """

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin with the question."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Do it once the person has agreed."""
        if user_input is not None:
            try:
                await self._async_do()
            except StoreError as err:
                return self.async_abort(
                    reason="log_unwritable",
                    description_placeholders={"error": str(err)},
                )
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders=self._asked_about,
        )


class SuccessorFlow(_ConfirmedFlow):
    """Asks whether a new log is to continue one that cannot be continued."""

    def __init__(self, entry: IotBlockchainConfigEntry) -> None:
        """Take the entry of the log."""
        super().__init__(name=entry.title)
        self._entry = entry

    @override
    async def _async_do(self) -> None:
        await async_continue_with_successor(self.hass, self._entry)
        issues.clear_issues(self.hass, self._entry)


class ReleaseFlow(_ConfirmedFlow):
    """Asks whether a device in quarantine is to be trusted again."""

    def __init__(self, entry: IotBlockchainConfigEntry, subentry_id: str) -> None:
        """Take the device."""
        super().__init__(device=plain(entry.subentries[subentry_id].title))
        self._entry = entry
        self._subentry_id = subentry_id

    @override
    async def _async_do(self) -> None:
        await loaded_log(self._entry).devices.async_release(self._subentry_id)


class UnknownDeviceFlow(RepairsFlow):
    """Asks what is to be done about a key that nobody knows."""

    def __init__(self, did: str) -> None:
        """Take the key."""
        self._did = did

    async def async_step_init(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to enrol the device."""
        candidates = (await async_get_enrolment(self.hass)).candidates
        candidate = candidates.get(self._did, Candidate(self._did))
        return self.async_show_menu(
            step_id="init",
            menu_options=["enrol", "refuse"],
            description_placeholders={
                "did": self._did,
                "device": plain(candidate.name or "?"),
                "model": plain(candidate.model or "?"),
            },
        )

    async def async_step_refuse(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask nothing about the key any more."""
        await (await async_get_enrolment(self.hass)).async_refuse(self._did)
        return self.async_create_entry(data={})

    async def async_step_enrol(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Go on with the flow that adds a device to a log."""
        logs = {
            entry.entry_id: entry.title
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            if entry.state is ConfigEntryState.LOADED
        }
        if not logs:
            return self.async_abort(reason="no_log")
        if user_input is None and len(logs) > 1:
            return self.async_show_form(
                step_id="enrol",
                data_schema=vol.Schema(
                    {
                        vol.Required(CONF_LOG): selector.SelectSelector(
                            selector.SelectSelectorConfig(
                                options=[
                                    selector.SelectOptionDict(value=key, label=title)
                                    for key, title in logs.items()
                                ]
                            )
                        )
                    }
                ),
            )
        log = user_input[CONF_LOG] if user_input else next(iter(logs))
        flow = await self.hass.config_entries.subentries.async_init(
            (log, SUBENTRY_DEVICE),
            context=SubentryFlowContext(source=SOURCE_USER),
            data={CONF_DID: self._did},
        )
        return self.async_create_entry(
            data={}, next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that ends an issue."""
    assert data is not None
    if issue_id.startswith(device_issues.UNKNOWN):
        return UnknownDeviceFlow(str(data["did"]))
    entry = cast(
        "IotBlockchainConfigEntry",
        hass.config_entries.async_get_known_entry(str(data["entry_id"])),
    )
    if issue_id.startswith(issues.ENDED_BY_MONEY):
        return FundFlow(entry)
    if issue_id.startswith(device_issues.QUARANTINE):
        return ReleaseFlow(entry, str(data["subentry_id"]))
    return SuccessorFlow(entry)
