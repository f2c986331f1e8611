"""Writes down for the verifier's page the networks that can be chosen here.

.venv/bin/python -m scripts.house.frontend_networks
"""

import json
from pathlib import Path

from custom_components.iot_blockchain.chain.networks import NETWORKS

PATH = Path(__file__).parents[2] / "frontend" / "src" / "networks.json"


def networks() -> str:
    """Return what the page knows of each chain, by its CAIP-2 id, as JSON."""
    known = {
        f"eip155:{network.chain_id}": {
            "name": network.name,
            "rpc": network.rpc_url,
            "explorer": network.explorer,
            "testnet": network.testnet,
        }
        for network in NETWORKS.values()
    }
    return json.dumps(known, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(networks(), encoding="utf-8")
