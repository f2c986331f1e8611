"""A real Mosquitto broker on the loopback interface."""

import socket
from pathlib import Path

from paho.mqtt import publish

from .process import ChildProcess, free_port

MOSQUITTO = Path(__file__).resolve().parents[2] / ".tools" / "mosquitto"


class Broker:
    """A broker that anybody on this machine may use, and that remembers nothing."""

    host = "127.0.0.1"

    def __init__(self, folder: Path) -> None:
        """Start it, and wait until it listens."""
        self.port = free_port()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(
            f"listener {self.port} {self.host}\nallow_anonymous true\n"
        )
        self.start()

    def start(self) -> None:
        """Start it again on the same port, after it was ended."""
        self._process = ChildProcess(
            [MOSQUITTO, "-c", self._configuration], self._folder / "mosquitto.log"
        )
        self._process.wait_until(self._listens, seconds=10, what="Mosquitto's start")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0

    def publish(self, topic: str, payload: str) -> None:
        """Publish as any program on the network can; return when the broker has it."""
        publish.single(topic, payload, qos=1, hostname=self.host, port=self.port)

    def stop(self) -> None:
        """End it."""
        self._process.stop()
