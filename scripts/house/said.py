"""What a Home Assistant says to a person of its only log."""

import json
from typing import Any

from .home_assistant import HomeAssistant, HomeAssistantError
from .waiting import until


def issues(home: HomeAssistant) -> list[str]:
    """Return which problems of this integration are shown."""
    template = "{{ issues().keys() | list | to_json }}"
    found: list[tuple[str, str]] = home.request(
        "POST", "/api/template", {"template": template}
    )
    return [
        issue.rpartition("_")[0]  # behind it is the entry's id
        for domain, issue in found
        if domain == "iot_blockchain"
    ]


def wait_for_issue(home: HomeAssistant, issue: str) -> None:
    """Wait until a problem of this integration is shown.

    Raises:
        TimeoutError: it is not.
    """
    until(lambda: issue in issues(home), f"the issue {issue}")


def entry(home: HomeAssistant) -> dict[str, Any]:
    """Return what is said of the log's config entry: its state, and a reason."""
    found: dict[str, Any]
    (found,) = home.request(
        "GET", "/api/config/config_entries/entry?domain=iot_blockchain"
    )
    return found


def refused(home: HomeAssistant, action: str, **data: object) -> str:
    """Call an action that has to be refused, and return what is said then.

    Empty where it was not refused.
    """
    try:
        home.action("iot_blockchain", action, data, timeout=120)
    except HomeAssistantError as err:
        return str(err)
    return ""


def reason(home: HomeAssistant) -> str:
    """Return why the log could not be set up, empty where it could."""
    found = entry(home)
    failed = found["state"] in {"setup_error", "setup_retry"}
    return str(found["reason"]) if failed else ""


def shows_a_key(home: HomeAssistant) -> bool:
    """Say whether a private key stands in anything that Home Assistant has logged."""
    path = home.folder / ".storage" / "iot_blockchain"
    kept = json.loads(path.read_text())["data"]
    keys = [
        *kept["accounts"].values(),
        *(log["private_key"] for log in kept["logs"].values()),
    ]
    logged = home.log.lower()
    return any(key.lower().removeprefix("0x") in logged for key in keys)
