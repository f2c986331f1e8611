"""Repair issues about devices that sign: what their owner has to decide."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..device.state import StatusReason
from ..markdown import plain

QUARANTINE: str = "device_quarantined"
UNKNOWN: str = "device_unknown"


@callback
def set_quarantine_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry_id: str,
    device: str,
    reason: StatusReason | None,
) -> None:
    """Show that a device is in quarantine and why, until it is not."""
    issue_id = f"{QUARANTINE}_{subentry_id}"
    if reason is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, "subentry_id": subentry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=f"{QUARANTINE}_{reason}",
        translation_placeholders={"name": entry.title, "device": plain(device)},
    )


@callback
def set_unknown_issue(
    hass: HomeAssistant, did: str, fingerprint: str, name: str | None, model: str | None
) -> None:
    """Show that a key signs which the owner has not decided about."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{UNKNOWN}_{did}",
        data={"did": did},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=UNKNOWN,
        translation_placeholders={
            "device": plain(name or "?"),
            "model": plain(model or "?"),
            "did": did,
            "fingerprint": fingerprint,
        },
    )


@callback
def clear_unknown_issue(hass: HomeAssistant, did: str) -> None:
    """Ask no more what is to be done about a key."""
    ir.async_delete_issue(hass, DOMAIN, f"{UNKNOWN}_{did}")
