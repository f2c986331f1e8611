"""The long form of the faults: nothing lost, nothing doubled, nothing blocked.

A house under load is killed, cut off from its chain and flooded with noise; another one
lives through every trouble that endpoints, chain, clock and files can be in; what reads
strangers' bytes is fuzzed; contract and verifier judge the same proofs. docs/soak.md
says what a run covers.
"""
