"""A real Home Assistant with this integration, driven over its REST API."""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .process import ChildProcess, free_port

_REPOSITORY = Path(__file__).parents[2]
CONFIGURATION = """\
homeassistant:
  name: Corner pharmacy
  country: DE
automation: !include automations.yaml
frontend:
config:
history:
logbook:
my:
logger:
  default: warning
  logs:
    custom_components.iot_blockchain: debug
"""

USERNAME = "demo"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a house to try things in


class HomeAssistantError(Exception):
    """Home Assistant refused a request."""


class HomeAssistant:
    """A Home Assistant process with a config folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        configuration: str = CONFIGURATION,
        components: Sequence[Path] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare the folder; an existing one is used as it is.

        ``configuration`` is for configuration.yaml. ``components`` are other custom
        integrations that it has; ``env`` is added to the environment.
        """
        self.folder = folder
        self.configuration = configuration
        self._components = components
        self._env = env
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: ChildProcess | None = None
        self.tokens: dict[str, Any] = {}

    def launch(self) -> ChildProcess:
        """Start it, and do not wait until it is there."""
        self._seed()
        self._process = ChildProcess(
            # It has all it needs: what it would install could only change under it.
            [Path(sys.executable).parent / "hass", "--skip-pip", "-c", self.folder],
            self.folder / "process.log",
            env=self._env,
        )
        return self._process

    def start(self) -> None:
        """Start it, and log in if need be, as a first user if there is none."""
        self._process = self.launch()
        self._process.wait_until(
            self._serves, seconds=300, what="Home Assistant's start"
        )
        if not self._logged_in():
            self.log_in()
        self._process.wait_until(self._runs, seconds=120, what="Home Assistant's start")

    def stop(self) -> None:
        """End it as a restart would."""
        if self._process is not None:
            self._process.stop(seconds=60)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()

    @property
    def log(self) -> str:
        """All that Home Assistant has logged."""
        return (self.folder / "process.log").read_text(errors="replace")

    def request(
        self, method: str, path: str, body: object = None, *, timeout: float = 60
    ) -> Any:  # noqa: ANN401 - JSON
        """Send a request to the API.

        Raises:
            HomeAssistantError: it was refused.
        """
        headers = {"content-type": "application/json"}
        if token := self.tokens.get("access_token"):
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            headers,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as err:
            raise HomeAssistantError(f"{path}: {err.read().decode()}") from err

    def state(self, entity: str) -> str | None:
        """Return the state of an entity, None where there is no such entity."""
        try:
            state: str = self.request("GET", f"/api/states/{entity}")["state"]
        except HomeAssistantError:
            return None
        return state

    def entities(self, device_name: str) -> list[str]:
        """Return the ids of the entities whose names begin with a device's name."""
        return [
            state["entity_id"]
            for state in self.request("GET", "/api/states")
            if state["attributes"].get("friendly_name", "").startswith(device_name)
        ]

    def action(
        self, domain: str, name: str, data: object, *, timeout: float = 60
    ) -> Any:  # noqa: ANN401 - JSON
        """Call an action, and return its response."""
        return self.request(
            "POST",
            f"/api/services/{domain}/{name}?return_response",
            data,
            timeout=timeout,
        )["service_response"]

    def start_flow(self, handler: object, *, kind: str = "flow") -> dict[str, Any]:
        """Begin a flow: of an integration, or of a subentry or options of an entry."""
        flow: dict[str, Any] = self.request(
            "POST", f"/api/config/config_entries/{kind}", {"handler": handler}
        )
        return flow

    def continue_flow(
        self, flow: dict[str, Any], answers: object, *, kind: str = "flow"
    ) -> dict[str, Any]:
        """Answer the step that a flow is at."""
        path = f"/api/config/config_entries/{kind}/{flow['flow_id']}"
        step: dict[str, Any] = self.request("POST", path, answers)
        if step.get("errors"):
            raise HomeAssistantError(f"the step {step['step_id']}: {step['errors']}")
        return step

    def _seed(self) -> None:
        storage = self.folder / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        (self.folder / "custom_components").mkdir(exist_ok=True)
        for component in (
            _REPOSITORY / "custom_components" / "iot_blockchain",
            *self._components,
        ):
            link = self.folder / "custom_components" / component.name
            if not link.exists():
                link.symlink_to(component)
        (self.folder / "configuration.yaml").write_text(self.configuration)
        # The editor of automations keeps them here.
        (self.folder / "automations.yaml").touch()
        if not (storage / "onboarding").exists():
            # Without these steps done, core would set up integrations that look for
            # things on the network.
            _write(storage / "onboarding", 4, 1, {"done": ["core_config", "analytics"]})
        _write(
            storage / "http",
            2,
            2,
            {
                "stable": {
                    "server_port": self.port,
                    "server_host": ["127.0.0.1"],
                    "cors_allowed_origins": [],
                    "login_attempts_threshold": -1,
                    "ip_ban_enabled": True,
                    "ssl_profile": "modern",
                    "use_x_frame_options": True,
                    "created_at": "2026-01-01T00:00:00+00:00",
                    "error": None,
                    "error_message": None,
                },
                "pending": None,
                "yaml_migration_done": True,
            },
        )

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/manifest.json", timeout=5):
                return True
        except urllib.error.URLError, OSError:
            return False

    def _logged_in(self) -> bool:
        try:
            self.request("GET", "/api/")
        except HomeAssistantError:
            return False
        return True

    def _runs(self) -> bool:
        return bool(self.request("GET", "/api/config")["state"] == "RUNNING")

    def log_in(self) -> None:
        """Get new tokens; make the first user if there is none."""
        self.tokens = {}
        client = self.url + "/"
        try:
            code = self.request(
                "POST",
                "/api/onboarding/users",
                {
                    "client_id": client,
                    "name": "Demo",
                    "username": USERNAME,
                    "password": PASSWORD,
                    "language": "en",
                },
            )["auth_code"]
        except HomeAssistantError:  # there is a user already
            flow = self.request(
                "POST",
                "/auth/login_flow",
                {
                    "client_id": client,
                    "handler": ["homeassistant", None],
                    "redirect_uri": client,
                },
            )
            code = self.request(
                "POST",
                f"/auth/login_flow/{flow['flow_id']}",
                {"client_id": client, "username": USERNAME, "password": PASSWORD},
            )["result"]
            self._get_tokens(client, code)
            return
        self._get_tokens(client, code)
        self.request(
            "POST",
            "/api/onboarding/integration",
            {"client_id": client, "redirect_uri": client},
        )

    def _get_tokens(self, client: str, code: str) -> None:
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        request = urllib.request.Request(
            self.url + "/auth/token", urllib.parse.urlencode(form).encode()
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            self.tokens = json.load(response)
        self.tokens |= {
            "hassUrl": self.url,
            "clientId": client,
            "expires": int((time.time() + self.tokens["expires_in"]) * 1000),
        }


def _write(path: Path, version: int, minor: int, data: object) -> None:
    path.write_text(
        json.dumps(
            {
                "version": version,
                "minor_version": minor,
                "key": path.name,
                "data": data,
            }
        )
    )
