"""Names that several modules share."""

from typing import Final

DOMAIN: Final = "iot_blockchain"

# a config entry: one log, on one chain or (without a chain id) on none yet
CONF_CHAIN_ID: Final = "chain_id"
CONF_CURRENCY: Final = "currency"
CONF_LOG_ID: Final = "log_id"
CONF_MORE_RPC_URLS: Final = "more_rpc_urls"
CONF_PREDECESSOR: Final = "predecessor"
CONF_RPC_URL: Final = "rpc_url"
CONF_SIGNER_URL: Final = "signer_url"

# its options
CONF_ANCHOR_AGE: Final = "anchor_age"
CONF_ANCHOR_READINGS: Final = "anchor_readings"
CONF_DAILY_AUDIT: Final = "daily_audit"
CONF_CONFIRMATIONS: Final = "confirmations"
CONF_DAILY_BUDGET: Final = "daily_budget"
CONF_DEPLOY: Final = "deploy"
CONF_MAX_FEE: Final = "max_fee"

# a source, which is a subentry
SUBENTRY_SOURCE: Final = "source"
CONF_ATTRIBUTES: Final = "attributes"
CONF_DEADBAND: Final = "deadband"
CONF_EXCLUDED: Final = "excluded"
CONF_INTERVAL: Final = "interval"
CONF_REPORTS: Final = "reports"
CONF_URGENT: Final = "urgent"

# a device, which is a subentry too
SUBENTRY_DEVICE: Final = "device"

DEFAULT_ANCHOR_AGE: Final = {"hours": 1}
DEFAULT_ANCHOR_READINGS: Final = 5000

LOGS_FOLDER: Final = "iot_blockchain"

NO_CHAIN: Final = 0
"""Stands for the id of the chain where none was chosen: no chain has it (EIP-155)."""
