"""Networks that can be chosen by name. Any other EVM chain works by its RPC URL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Network:
    """A chain, and what is good to know of it.

    ``poll`` is how often to look for a transaction on its way, in seconds.
    ``daily_budget`` is what a new log may spend in a day, in the chain's coin: a few
    times what hourly anchors usually cost, so that nobody is surprised by a market.
    None where the coin costs nothing, or its market is not known here.
    """

    chain_id: int
    name: str
    currency: str
    rpc_url: str
    explorer: str
    testnet: bool = False
    poll: float = 4
    daily_budget: float | None = None


NETWORKS: dict[str, Network] = {
    "base": Network(
        8453,
        "Base",
        "ETH",
        "https://mainnet.base.org",
        "https://basescan.org",
        daily_budget=0.001,
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
        daily_budget=0.001,
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
        daily_budget=0.001,
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
        100,
        "Gnosis",
        "xDAI",
        "https://rpc.gnosischain.com",
        "https://gnosisscan.io",
        daily_budget=1,
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
        137,
        "Polygon",
        "POL",
        "https://polygon-rpc.com",
        "https://polygonscan.com",
        daily_budget=5,
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
        daily_budget=50,
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
        daily_budget=5,
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
        daily_budget=0.1,
    ),
    "ethereum": Network(
        1,
        "Ethereum",
        "ETH",
        "https://ethereum-rpc.publicnode.com",
        "https://etherscan.io",
        poll=12,
        daily_budget=0.005,
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
