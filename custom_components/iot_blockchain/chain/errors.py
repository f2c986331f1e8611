"""What can go wrong with a chain, in the words of what a person can do about it."""


class ChainError(Exception):
    """Anchoring cannot go on for now. Nothing recorded is lost by it.

    ``key`` names the reason for translations; ``placeholders`` fill the translation.
    """

    key = "chain_error"

    def __init__(self, message: str, **placeholders: str) -> None:
        """Take a message in English, and what a translation of it needs."""
        super().__init__(message)
        self.placeholders = placeholders


class ChainUnreachableError(ChainError):
    """The RPC endpoint does not answer, or not with sense. Trying again may help."""

    key = "chain_unreachable"


class AccessDeniedError(ChainUnreachableError):
    """The RPC endpoint does not let us in: its access key is missing or expired."""

    key = "access_denied"


class WrongChainError(ChainError):
    """The RPC endpoint serves another chain."""

    key = "wrong_chain"

    def __init__(self, expected: int, found: int) -> None:
        """Take both chain ids."""
        super().__init__(
            f"the RPC endpoint serves the chain {found}, not {expected}",
            expected=str(expected),
            found=str(found),
        )


class NoBaseFeeError(ChainError):
    """The chain knows no EIP-1559 fees, the only ones that are offered here."""

    key = "no_base_fee"


class ContractMissingError(ChainError):
    """The contract is not on this chain, and may not or cannot be deployed."""

    key = "contract_missing"


class NotPublisherError(ChainError):
    """The contract lets another account anchor this log, or the log is closed."""

    key = "not_publisher"


class NotOwnerError(ChainError):
    """The log belongs to another account, or was not created in the contract yet."""

    key = "not_owner"


class AccountEmptyError(ChainError):
    """The account cannot pay for the next transaction."""

    key = "account_empty"


class FeeTooHighError(ChainError):
    """The network asks for more than the ceiling that the operator set."""

    key = "fee_too_high"


class BudgetReachedError(ChainError):
    """The next transaction would go over the daily budget."""

    key = "budget_reached"


class SignerError(ChainError):
    """The program that signs for the account is away, refuses, or errs."""

    key = "signer"


class SignerDeniedError(SignerError):
    """The program that signs for the account does not let us in."""

    key = "signer_denied"


class FinalReorgedError(ChainError):
    """The network took back a block that it had called final."""

    key = "final_reorged"


class RevertedError(ChainError):
    """The contract, or the node, refused a transaction."""

    key = "reverted"


class UnexpectedError(ChainError):
    """This program itself errs, in a way that nobody has thought of."""

    key = "unexpected"


class LogDivergedError(ChainError):
    """The chain holds an anchor of this log that this log does not know."""

    key = "log_diverged"
