"""What the contract and the Python verifier say of a claim."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from custom_components.iot_blockchain.log.merkle import (
    ProofError,
    verify_consistency,
    verify_inclusion,
    verify_range,
)

from ..chain import Anvil
from .claims import Claim, Claims

_CONTRACTS = Path(__file__).parents[3] / "contracts"
_ARTIFACT = _CONTRACTS / "out" / "Agreement.sol" / "Agreement.json"
_ADDRESS = "0x" + "a9" * 20
# anvil takes no larger request; and no call with more gas than a transaction may have.
_MAX_BATCH_BYTES = 300_000
_MAX_BATCH = 600

TAKEN = "taken"
_SIZES_OUT_OF_ORDER = "SizesOutOfOrder(uint64,uint64)"
_ERRORS = (
    "IndexOutOfRange(uint64,uint64)",
    _SIZES_OUT_OF_ORDER,
    "WrongProofLength(uint256)",
    "RootMismatch(bytes32,bytes32)",
)


class DisagreementError(Exception):
    """Two verifiers judge a proof differently, or one judges a right one wrong."""


class Contract:
    """``contracts/src/Rfc9162.sol``, asked in batches on a chain of our own."""

    def __init__(self, anvil: Anvil) -> None:
        """Build the contract, which needs not be deployed to be asked."""
        subprocess.run(
            ["npm", "--silent", "--prefix", _CONTRACTS, "run", "build"],  # noqa: S607
            check=True,
            stdout=subprocess.DEVNULL,
        )
        artifact = json.loads(_ARTIFACT.read_text(encoding="utf-8"))
        self._code: str = artifact["deployedBytecode"]["object"]
        self._anvil = anvil
        self._errors = {
            bytes.fromhex(anvil.rpc("web3_sha3", "0x" + name.encode().hex())[2:10]): (
                name
            )
            for name in _ERRORS
        } | {bytes(4): TAKEN}

    def judge(self, claims: Sequence[Claim]) -> list[str]:
        """Return, of each claim, ``TAKEN`` or the error that it is refused with.

        Raises:
            DisagreementError: one is refused without one of the known reasons.
        """
        data = b"".join(claim.packed() for claim in claims)
        answer = bytes.fromhex(
            self._anvil.rpc(
                "eth_call",
                {"to": _ADDRESS, "data": "0x" + data.hex()},
                "latest",
                {_ADDRESS: {"code": self._code}},
            )[2:]
        )
        verdicts = [answer[i : i + 4] for i in range(0, len(answer), 4)]
        for claim, verdict in zip(claims, verdicts, strict=True):
            if verdict not in self._errors:
                raise DisagreementError(f"refused with 0x{verdict.hex()}: {claim}")
        return [self._errors[verdict] for verdict in verdicts]


def python_takes(claim: Claim) -> bool:
    """Ask ``log.merkle``; both of its ways to check an inclusion must agree."""
    if claim.kind == "consistency":
        return _takes(
            verify_consistency,
            claim.first,
            claim.size,
            claim.proof,
            claim.start,
            claim.root,
        )
    inclusion = _takes(
        verify_inclusion, claim.start, claim.first, claim.size, claim.proof, claim.root
    )
    single = _takes(
        verify_range, [claim.start], claim.first, claim.size, claim.proof, claim.root
    )
    if inclusion != single:
        raise DisagreementError(f"an inclusion and a range of one differ: {claim}")
    return inclusion


def compare(claim: Claim, python: bool, contract: str) -> str:  # noqa: FBT001
    """Compare two verdicts, and say in a word what they are.

    Raises:
        DisagreementError: they are not what they should be.
    """
    taken = contract == TAKEN
    if claim.kind == "consistency" and claim.first == claim.size:
        trivial = claim.first > 0 and not claim.proof and claim.start == claim.root
        if contract != _SIZES_OUT_OF_ORDER or python != trivial:
            raise DisagreementError(f"{python=}, {contract=}, of equal sizes: {claim}")
        return "equal sizes"
    if python != taken:
        raise DisagreementError(f"{python=}, {contract=}: {claim}")
    if claim.must is not None and claim.must != taken:
        raise DisagreementError(f"both say {taken}, it is {claim.must}: {claim}")
    return "taken" if taken else "refused"


def run(
    anvil: Anvil,
    count: int,
    *,
    seed: int,
    python: Callable[[Claim], bool] = python_takes,
    progress: Callable[[int], None] = lambda _done: None,
    stop: Callable[[], bool] = lambda: False,
) -> Counter[tuple[str, str, str]]:
    """Compare the verdicts on so many claims; count them by kind, change and verdict.

    ``stop`` says whether those are enough that were asked about so far.

    Raises:
        DisagreementError: at the first claim where they differ.
    """
    contract = Contract(anvil)
    counts: Counter[tuple[str, str, str]] = Counter()
    claims = islice(Claims(seed), count)
    # While the chain judges a batch, Python makes and judges the next one.
    with ThreadPoolExecutor(1) as chain:
        waiting = None
        while True:
            batch = [] if stop() else _batch(claims)
            asked = chain.submit(contract.judge, batch) if batch else None
            verdicts = [python(claim) for claim in batch]
            if waiting is not None:
                claimed, said, answer = waiting
                for claim, python_said, contract_said in zip(
                    claimed, said, answer.result(), strict=True
                ):
                    word = compare(claim, python_said, contract_said)
                    counts[claim.kind, claim.change, word] += 1
                progress(counts.total())
            if asked is None:
                return counts
            waiting = batch, verdicts, asked


def _batch(claims: Iterator[Claim]) -> list[Claim]:
    batch: list[Claim] = []
    size = 0
    for claim in claims:
        batch.append(claim)
        size += 83 + 32 * len(claim.proof)
        if size > _MAX_BATCH_BYTES or len(batch) == _MAX_BATCH:
            break
    return batch


def _takes[**P](verify: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        verify(*args, **kwargs)
    except ProofError:
        return False
    return True
