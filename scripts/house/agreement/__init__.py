"""Whether the contract and the Python verifier say the same of any proof.

They differ in one place, by design: the contract refuses a consistency proof between
equal sizes, because what is anchored must grow; ``log.merkle`` takes one that is empty,
of one and the same root.

The contract cannot be asked about hashes of other lengths than 32 bytes, and numbers
below 0 or beyond 64 bits: its types do not hold them. That the Python verifier refuses
such hashes and negative numbers is in tests/unit/log/test_merkle.py.
"""
