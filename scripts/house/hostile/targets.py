"""All that reads what strangers wrote."""

from collections.abc import Mapping

from custom_components.iot_blockchain.log.note import Signer

from . import devices
from .endpoint import answers, read_answer
from .formats import (
    read_canonical,
    read_checkpoint,
    read_credential,
    read_entry,
    read_envelope,
    read_key,
    read_note,
    read_receipt,
    read_rlp,
)
from .honest import (
    ENTRIES,
    KEY,
    SIGNED_ENTRY,
    SIZE,
    right_anchor,
    right_block,
    right_receipt,
    signed_checkpoint,
    signed_texts,
)
from .proofs import read_range
from .target import Target


def targets() -> Mapping[str, Target]:
    """Return all targets, by name."""
    body = signed_checkpoint().body()
    notes = list(signed_texts().values())
    receipts = [
        right_receipt(3, 5, None),
        right_receipt(0, SIZE, right_anchor()),
        right_receipt(10, 11, right_anchor()),
        right_receipt(2, 3, right_anchor(), right_block()),
    ]
    values = [
        b'{"a":{"b":null,"c":true},"d":-9007199254740991,"\xc3\xa9":"\\u0001\\n"}',
        b'"x"',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b"[1.5]",
        b"-0",
    ]
    block = right_block()
    forged = Signer(KEY.name, bytes(32)).sign(body)
    return {
        target.name: target
        for target in (
            Target("canonical", read_canonical, [*values, *ENTRIES[-2:]]),
            Target("entry", read_entry, [*ENTRIES[-3:], SIGNED_ENTRY, *values]),
            Target("key", read_key, [str(KEY).encode(), b"a+00000000+AQ=="]),
            Target("note", read_note, [text.encode() for text in (*notes, forged)]),
            Target("checkpoint", read_checkpoint, [body.encode(), b"a\n01\nAA==\n"]),
            Target("receipt", read_receipt, receipts),
            Target("rlp", read_rlp, [block.header, *block.proof, b"\xc2\x81\x80"]),
            Target("range", read_range, [bytes([10, 3, 2]), bytes([10, 0, 9, 4, 1])]),
            Target("answer", read_answer, answers()),
            Target("envelope", read_envelope, devices.envelopes()),
            Target("credential", read_credential, devices.credentials()),
        )
    }
