"""Repair issues: what a person has to know, or to do before anchoring can go on."""

from collections.abc import Collection

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .chain import errors
from .const import CONF_CURRENCY, DOMAIN
from .log.database import StoreError
from .markdown import plain

# An endpoint that is away for a while comes back by itself: that is no issue.
_CHAIN_ISSUES = tuple(
    error.key
    for error in (
        errors.AccountEmptyError,
        errors.BudgetReachedError,
        errors.ContractMissingError,
        errors.FeeTooHighError,
        errors.LogDivergedError,
        errors.NoBaseFeeError,
        errors.NotPublisherError,
        errors.RevertedError,
        errors.SignerError,
        errors.UnexpectedError,
        errors.WrongChainError,
    )
)
_AUDIT_ISSUE = "history_differs"
# That it happened matters, also when all is well again: a person takes it away.
_LASTING_ISSUES = (errors.FinalReorgedError.key, _AUDIT_ISSUE)
_RECORDING_ISSUE = "log_unwritable"
_LOST_ISSUE = "log_lost"
_GONE_ISSUE = "entity_gone"
_LOW_ISSUE = "balance_low"
_WEB3_ISSUE = "web3_version"
# These end with a new log, which a person has to want.
_ENDED_BY_SUCCESSOR = (errors.LogDivergedError.key, _LOST_ISSUE)
ENDED_BY_MONEY = (errors.AccountEmptyError.key, _LOW_ISSUE)
"""These end when money has come."""


@callback
def set_chain_issue(
    hass: HomeAssistant, entry: ConfigEntry, problem: errors.ChainError | None
) -> None:
    """Show what keeps a log from being anchored, and nothing that no longer does."""
    for key in _CHAIN_ISSUES:
        if problem is None or problem.key != key:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry))
    if problem is not None and problem.key in (*_CHAIN_ISSUES, *_LASTING_ISSUES):
        # An endpoint's refusal is in its own words.
        placeholders = {"error": plain(str(problem)), **problem.placeholders}
        _create(hass, entry, problem.key, placeholders)


@callback
def set_recording_issue(
    hass: HomeAssistant, entry: ConfigEntry, error: StoreError | None
) -> None:
    """Show that readings cannot be written, until they can."""
    _set(hass, entry, _RECORDING_ISSUE, _told(error))


@callback
def set_lost_issue(
    hass: HomeAssistant, entry: ConfigEntry, error: StoreError | None
) -> None:
    """Show that the log's file cannot be opened, until it can."""
    _set(hass, entry, _LOST_ISSUE, _told(error))


@callback
def set_gone_issue(
    hass: HomeAssistant, entry: ConfigEntry, entities: Collection[str]
) -> None:
    """Show which entities of the sources are gone, until none is."""
    gone = ", ".join(sorted(entities))
    _set(hass, entry, _GONE_ISSUE, {"entities": gone} if gone else None)


@callback
def set_low_issue(
    hass: HomeAssistant, entry: ConfigEntry, details: dict[str, str] | None
) -> None:
    """Show that the account can pay for a few anchors only, until it holds more."""
    _set(hass, entry, _LOW_ISSUE, details)


@callback
def set_web3_issue(
    hass: HomeAssistant, entry: ConfigEntry, version: str | None
) -> None:
    """Show that another integration has brought a web3 that does not fit."""
    _set(hass, entry, _WEB3_ISSUE, None if version is None else {"version": version})


@callback
def set_audit_issue(
    hass: HomeAssistant, entry: ConfigEntry, found: dict[str, str] | None
) -> bool:
    """Show what an audit has found; return whether that is not what showed before."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(_AUDIT_ISSUE, entry))
    before = issue.translation_placeholders if issue and issue.active else None
    _set(hass, entry, _AUDIT_ISSUE, found)
    return found is not None and not found.items() <= (before or {}).items()


@callback
def clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back all that was said of a log."""
    set_chain_issue(hass, entry, None)
    set_recording_issue(hass, entry, None)
    set_lost_issue(hass, entry, None)
    set_gone_issue(hass, entry, ())
    set_low_issue(hass, entry, None)
    set_web3_issue(hass, entry, None)


@callback
def clear_lasting_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what would stay until a person has seen it."""
    for key in _LASTING_ISSUES:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry))


def _set(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    placeholders: dict[str, str] | None,
) -> None:
    """Show an issue with these placeholders, or none without any."""
    if placeholders is None:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry))
    else:
        _create(hass, entry, key, placeholders)


def _create(
    hass: HomeAssistant, entry: ConfigEntry, key: str, placeholders: dict[str, str]
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(key, entry),
        data={"entry_id": entry.entry_id},
        is_fixable=key in (*_ENDED_BY_SUCCESSOR, *ENDED_BY_MONEY),
        is_persistent=key in _LASTING_ISSUES,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={
            "name": entry.title,
            "currency": entry.data.get(CONF_CURRENCY, ""),
            **placeholders,
        },
    )


def _issue_id(key: str, entry: ConfigEntry) -> str:
    return f"{key}_{entry.entry_id}"


def _told(error: StoreError | None) -> dict[str, str] | None:
    return None if error is None else {"error": str(error)}
