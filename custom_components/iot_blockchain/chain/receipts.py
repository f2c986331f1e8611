"""Making receipts from a log's file: what docs/formats.md calls a receipt."""

from ..log.checkpoint import Checkpoint
from ..log.database import StoreError
from ..log.note import Signer
from ..log.receipt import MAX_EARLIER, Anchor, EarlierAnchor, Receipt
from ..log.store import LogStore
from . import contract
from .journal import ANCHORED, Journal, Status, Submission


class Receipts:
    """Makes the receipts of one log. Its methods are for an executor."""

    def __init__(
        self,
        store: LogStore,
        journal: Journal,
        creator: str,
        signer: Signer | None,
    ) -> None:
        """Take a log, and the account that its id was made with.

        Without a signer, as for a log that another one continues, there are only
        receipts of what is anchored: a log that was given up must not sign anything
        that contradicts what the chain holds.
        """
        self._store = store
        self._journal = journal
        self._creator = creator
        self._signer = signer

    def status_of(self, index: int) -> Status | None:
        """Return how far the entry at an index is, None while nothing was sent."""
        return self._journal.status_of(index)

    def whole(self) -> tuple[Checkpoint, str, Anchor | None]:
        """Sign what the log is now; return that, its note, and the last anchor.

        The anchor is the last one that a block holds.

        Raises:
            StoreError: the log has no signer, or its file cannot be written.
        """
        if self._signer is None:
            raise StoreError("its log was given up")
        current, text = self._store.sign_checkpoint(self._signer)
        last = self._journal.last_anchor(*ANCHORED)
        return current, text, None if last is None else self._anchor(last)

    def make(self, first: int, stop: int) -> Receipt:
        """Make the receipt of the entries ``first`` up to ``stop``.

        It is for the first anchor that holds them all; where there is none yet, for
        the log as it is now, and says so.

        Raises:
            StoreError: the log does not hold them, or holds them unanchored and has
                no signer.
        """
        entries = self._store.entries(first, stop)
        covering = self._journal.anchor_covering(stop - 1)
        size = 0 if covering is None else covering.intent.size or 0
        text = self._store.checkpoint_at(size)
        if covering is None or text is None:
            if self._signer is None:
                raise StoreError("its log was given up before a block held it")
            current, text = self._store.sign_checkpoint(self._signer)
            covering, size = None, current.size
        return Receipt(
            first=first,
            entries=entries,
            proof=self._store.range_proof(first, stop, size),
            checkpoint=text,
            key=str(self._store.key),
            anchor=None if covering is None else self._anchor(covering),
            block=None if covering is None else self._journal.block_of(covering),
            earlier=() if covering is None else self._earlier(first, covering),
        )

    def _earlier(self, first: int, covering: Submission) -> list[EarlierAnchor]:
        """Return the anchors up to one, from the last that holds no entry of a range.

        Of many, some are left out, evenly: then less is known of when entries were
        made, and nothing wrong.
        """
        size = covering.intent.size or 0
        found = self._journal.anchors_between(first, size)
        kept = min(len(found), MAX_EARLIER)
        return [
            EarlierAnchor(
                anchor=self._anchor(submission),
                consistency=self._store.consistency_proof(
                    submission.intent.size or 0, size
                ),
                block=self._journal.block_of(submission),
            )
            for submission in (found[n * len(found) // kept] for n in range(kept))
        ]

    def _anchor(self, submission: Submission) -> Anchor:
        return anchor_of(
            submission,
            chain_id=self._journal.chain_id,
            creator=self._creator,
            key=self._store.key.public_key,
        )


def anchor_of(
    submission: Submission, *, chain_id: int, creator: str, key: bytes
) -> Anchor:
    """Say of an anchor that is in a block where it stands, as receipts do.

    ``key`` is the log's public key, and ``creator`` the account that the log's id was
    made with.
    """
    placement, intent = submission.placement, submission.intent
    if (
        placement is None
        or placement.number is None
        or intent.size is None
        or intent.root is None
    ):
        raise ValueError("only an anchor in a block can stand in a receipt")
    return Anchor(
        chain=f"eip155:{chain_id}",
        contract=contract.ADDRESS,
        creator=creator,
        log=contract.log_id(creator, key),
        number=placement.number,
        size=intent.size,
        root=intent.root,
        block_number=placement.block_number,
        block_hash=placement.block_hash,
        block_time=placement.time,
        transaction=placement.transaction,
    )
