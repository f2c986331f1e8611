"""Why an envelope is refused: one word for machines, a sentence for people."""

from enum import StrEnum


class Reason(StrEnum):
    """Why an envelope is refused."""

    TOO_LONG = "too_long"
    """Longer than any envelope may be."""
    MALFORMED = "malformed"
    """Not an envelope, or its payload has members or values that none may have."""
    WRONG_ALGORITHM = "wrong_algorithm"
    """The protected header is not the one that envelopes have."""
    NOT_CANONICAL = "not_canonical"
    """Written in a second way: base64url or JSON not in its one form."""
    HIGH_S = "high_s"
    """The signature is the second one that fits; only the low one is taken."""
    BAD_SIGNATURE = "bad_signature"
    """Not signed by the key that the envelope names."""
    UNKNOWN_DEVICE = "unknown_device"
    """No device with this key is enrolled."""
    OLD_KEY = "old_key"
    """The device changed its key, and this is the one from before."""
    REVOKED = "revoked"
    """The owner revoked the device."""
    QUARANTINED = "quarantined"
    """The device is in quarantine until the owner releases it."""
    REPLAYED = "replayed"
    """This sequence number was received before, or is not waited for any more."""
    OLD_EPOCH = "old_epoch"
    """The device already went on from this epoch."""
    TOO_MANY_EPOCHS = "too_many_epochs"
    """The device began more epochs than are remembered."""
    TOO_FAST = "too_fast"
    """More envelopes than the device may send. It may send this one again later."""
    TOO_NEW = "too_new"
    """The device's time is ahead of the gateway's by more than is tolerated."""
    TOO_OLD = "too_old"
    """The device says that it signed this longer ago than is tolerated."""
    UNKNOWN_SENSOR = "unknown_sensor"
    """The device may not report this sensor."""
    OUT_OF_RANGE = "out_of_range"
    """The value is not a number between the sensor's limits."""
    ROTATION_REFUSED = "rotation_refused"
    """The next key is known already, or the device changed its key too often."""


class EnvelopeError(ValueError):
    """An envelope cannot be taken.

    ``reason`` is for machines, the message for people. ``signed`` says whether the
    key that the envelope names did sign it: only then did the device itself fail, and
    not somebody who writes in its name.
    """

    def __init__(self, reason: Reason, words: str, *, signed: bool = False) -> None:
        """Take the reason in one word and in a sentence."""
        super().__init__(words)
        self.reason = reason
        self.signed = signed
