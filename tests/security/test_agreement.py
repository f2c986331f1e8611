"""The contract and the Python verifier judge every proof alike.

``scripts/fuzz --agreement 5000000`` goes on for longer.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import time_ns

import pytest

from scripts.house.agreement.claims import Claim, Claims
from scripts.house.agreement.verdicts import (
    TAKEN,
    Contract,
    DisagreementError,
    compare,
    python_takes,
    run,
)
from scripts.house.chain import Anvil

CLAIMS = 40_000


@pytest.fixture
def anvil(tmp_path: Path) -> Iterator[Anvil]:
    chain = Anvil(tmp_path)
    yield chain
    chain.stop()


def test_contract_and_python_agree_on_tens_of_thousands_of_proofs(
    anvil: Anvil,
) -> None:
    # Other ones in each run; the seed is in the message of a failure.
    seed = time_ns()
    try:
        counts = run(anvil, CLAIMS, seed=seed)
    except DisagreementError as err:
        raise AssertionError(f"{seed=}") from err
    assert counts.total() == CLAIMS
    verdicts = Counter[str]()
    changes: dict[str, set[str]] = {}
    for (_, change, verdict), count in counts.items():
        verdicts[verdict] += count
        changes.setdefault(change, set()).add(verdict)
    assert verdicts["taken"] > CLAIMS // 5
    assert verdicts["refused"] > CLAIMS // 2
    assert verdicts["equal sizes"] > CLAIMS // 100
    assert changes["none"] == {"taken"}
    # Whatever is changed, most of the time it makes a claim that is refused.
    assert all(
        "refused" in found or "equal sizes" in found
        for change, found in changes.items()
        if change != "none"
    )
    assert len(changes) == 16


def first_of(anvil: Anvil, python: Callable[[Claim], bool]) -> str:
    with pytest.raises(DisagreementError) as raised:
        run(anvil, CLAIMS, seed=1, python=python)
    return str(raised.value)


def without_the_last(claim: Claim) -> bool:
    return python_takes(claim) or python_takes(replace(claim, proof=claim.proof[:-1]))


def of_any_size(claim: Claim) -> bool:
    return python_takes(claim) or python_takes(replace(claim, size=claim.size + 1))


def but_not_the_last_leaf(claim: Claim) -> bool:
    return python_takes(claim) and claim.first != claim.size - 1


@pytest.mark.parametrize(
    "python",
    [
        lambda _claim: True,
        lambda _claim: False,
        without_the_last,
        of_any_size,
        but_not_the_last_leaf,
    ],
)
def test_a_verifier_that_errs_is_found_out(
    anvil: Anvil, python: Callable[[Claim], bool]
) -> None:
    assert "contract=" in first_of(anvil, python)


def claims(count: int) -> list[Claim]:
    return list(islice(Claims(3), count))


def test_both_being_wrong_is_found_out() -> None:
    right = next(claim for claim in claims(10) if claim.must is True)
    wrong = next(claim for claim in claims(100) if claim.must is False)
    assert compare(right, True, TAKEN) == "taken"  # noqa: FBT003
    assert compare(wrong, False, "RootMismatch") == "refused"  # noqa: FBT003
    with pytest.raises(DisagreementError, match="both say False"):
        compare(right, False, "RootMismatch")  # noqa: FBT003
    with pytest.raises(DisagreementError, match="both say True"):
        compare(wrong, True, TAKEN)  # noqa: FBT003


def test_equal_sizes_are_the_one_difference_and_by_design(anvil: Anvil) -> None:
    contract = Contract(anvil)
    root = bytes(range(32))
    same = Claim("consistency", 5, 5, root, root, [], must=None, change="equal sizes")
    (verdict,) = contract.judge([same])
    assert verdict == "SizesOutOfOrder(uint64,uint64)"
    assert python_takes(same)
    for other in (
        replace(same, proof=[root]),
        replace(same, root=bytes(32)),
        replace(same, first=0, size=0),
    ):
        assert contract.judge([other]) == [verdict]
        assert not python_takes(other)
    with pytest.raises(DisagreementError, match="of equal sizes"):
        compare(same, True, TAKEN)  # noqa: FBT003


def test_a_refusal_without_a_reason_is_found_out(
    anvil: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = Contract(anvil)
    monkeypatch.setattr(contract, "_errors", {bytes(4): TAKEN})
    with pytest.raises(DisagreementError, match="refused with 0x"):
        contract.judge(claims(50))
