"""Networks that can be chosen by name. Any other EVM chain works by its RPC URL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """A chain, and what is good to know of it.

    ``poll`` is how often to look for a transaction on its way, in seconds.
    """

    chain_id: int
    name: str
    currency: str
    rpc_url: str
    explorer: str
    testnet: bool = False
    poll: float = 4


NETWORKS: dict[str, Network] = {
    "base": Network(
        8453, "Base", "ETH", "https://mainnet.base.org", "https://basescan.org"
    ),
    "base_sepolia": Network(
        84532,
        "Base Sepolia",
        "ETH",
        "https://sepolia.base.org",
        "https://sepolia.basescan.org",
        testnet=True,
    ),
    "optimism": Network(
        10,
        "OP Mainnet",
        "ETH",
        "https://mainnet.optimism.io",
        "https://optimistic.etherscan.io",
    ),
    "optimism_sepolia": Network(
        11155420,
        "OP Sepolia",
        "ETH",
        "https://sepolia.optimism.io",
        "https://sepolia-optimism.etherscan.io",
        testnet=True,
    ),
    "arbitrum": Network(
        42161,
        "Arbitrum One",
        "ETH",
        "https://arb1.arbitrum.io/rpc",
        "https://arbiscan.io",
    ),
    "arbitrum_sepolia": Network(
        421614,
        "Arbitrum Sepolia",
        "ETH",
        "https://sepolia-rollup.arbitrum.io/rpc",
        "https://sepolia.arbiscan.io",
        testnet=True,
    ),
    "gnosis": Network(
        100, "Gnosis", "xDAI", "https://rpc.gnosischain.com", "https://gnosisscan.io"
    ),
    "chiado": Network(
        10200,
        "Gnosis Chiado",
        "xDAI",
        "https://rpc.chiadochain.net",
        "https://gnosis-chiado.blockscout.com",
        testnet=True,
    ),
    "polygon": Network(
        137, "Polygon", "POL", "https://polygon-rpc.com", "https://polygonscan.com"
    ),
    "amoy": Network(
        80002,
        "Polygon Amoy",
        "POL",
        "https://rpc-amoy.polygon.technology",
        "https://amoy.polygonscan.com",
        testnet=True,
    ),
    "iotex": Network(
        4689,
        "IoTeX",
        "IOTX",
        "https://babel-api.mainnet.iotex.io",
        "https://iotexscan.io",
    ),
    "iotex_testnet": Network(
        4690,
        "IoTeX Testnet",
        "IOTX",
        "https://babel-api.testnet.iotex.io",
        "https://testnet.iotexscan.io",
        testnet=True,
    ),
    "iota": Network(
        8822,
        "IOTA EVM",
        "IOTA",
        "https://json-rpc.evm.iotaledger.net",
        "https://explorer.evm.iota.org",
    ),
    "peaq": Network(
        3338,
        "peaq",
        "PEAQ",
        "https://peaq.api.onfinality.io/public",
        "https://peaq.subscan.io",
    ),
    "avalanche": Network(
        43114,
        "Avalanche",
        "AVAX",
        "https://api.avax.network/ext/bc/C/rpc",
        "https://snowtrace.io",
    ),
    "ethereum": Network(
        1,
        "Ethereum",
        "ETH",
        "https://ethereum-rpc.publicnode.com",
        "https://etherscan.io",
        poll=12,
    ),
    "sepolia": Network(
        11155111,
        "Ethereum Sepolia",
        "ETH",
        "https://ethereum-sepolia-rpc.publicnode.com",
        "https://sepolia.etherscan.io",
        testnet=True,
        poll=12,
    ),
    "hoodi": Network(
        560048,
        "Ethereum Hoodi",
        "ETH",
        "https://ethereum-hoodi-rpc.publicnode.com",
        "https://hoodi.etherscan.io",
        testnet=True,
        poll=12,
    ),
}

CUSTOM_POLL = 2.0


def by_chain_id(chain_id: int) -> Network | None:
    """Return the preset network of a chain id, if there is one."""
    return next((n for n in NETWORKS.values() if n.chain_id == chain_id), None)
