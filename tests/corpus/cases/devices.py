"""Receipts of readings that devices signed."""

from collections.abc import Iterator
from typing import Any

from custom_components.iot_blockchain.log import canonical

from .. import device, log
from ..case import Case, Json, written
from ..device import Device, Issuer

_FRIDGE = Device("the fridge")
_DOOR = Device("the door")
_THIEF = Device("a thief")
_ISSUER = Issuer()
_VOUCHED = _ISSUER.token(_ISSUER.device(_FRIDGE.did))
_NOTHING = _ISSUER.token(_ISSUER.revoked())
_BOTH = [_VOUCHED, _NOTHING]
_KNOWN = {"device_signed": "passed", "device_known": "passed"}
_UNKNOWN = {"device_signed": "passed", "device_known": "skipped"}
_PLAIN = log.reading(40, "sensor.humidity", "55", "10:00:00.000000")


def cases() -> Iterator[Case]:
    """Return them, the good ones first."""
    yield from _good()
    yield from _of_another_form()
    yield from _badly_signed()
    yield from _not_vouched_for()


def _receipt(*records: Json, credentials: list[str] | None = None) -> Json:
    return log.of_records(records) | {
        "format": "iot-blockchain-receipt/2",
        "credentials": _BOTH if credentials is None else credentials,
    }


def _reading(
    seq: int = 1,
    number: int = 1,
    *,
    of: Device = _FRIDGE,
    **other: Any,  # noqa: ANN401 - JSON
) -> Json:
    return device.entry(number, of.sign(of.payload(seq, **other)))


def _good() -> Iterator[Case]:
    boot = log.act(
        30, "device_booted", "10:20:00.000000", jws=_FRIDGE.sign(_FRIDGE.boot(4))
    )
    rotation = {
        "epoch": 1234567890,
        "iat": 0,
        "iss": _FRIDGE.did,
        "next": _DOOR.did,
        "seq": 5,
        "uptime": 9,
    }
    rotated = log.act(
        31, "device_rotated", "10:21:00.000000", jws=_FRIDGE.sign(rotation)
    )
    wrong = log.act(32, "device_booted", "10:20:00.000000", jws="no envelope")
    two = _ISSUER.token(_ISSUER.device(_DOOR.did, 8, assurance="secure_element"))
    said = _ISSUER.token(
        _ISSUER.device(_FRIDGE.did, model="esp8266 d1_mini", firmware="c0ffee" * 8)
    )
    no_unit = _FRIDGE.payload()
    del no_unit["unit"]
    good: dict[str, tuple[str, Json]] = {
        "one": ("One reading that a known device signed.", _receipt(_reading())),
        "three": (
            "Three, and a reading that is the gateway's word.",
            _receipt(_reading(1, 1), _reading(2, 2), _PLAIN, _reading(3, 3)),
        ),
        "numbers-missing": (
            "The device's numbers 2 to 4 are not in the receipt.",
            _receipt(_reading(1, 1), _reading(5, 2)),
        ),
        "number-twice": (
            "The same envelope stands there twice.",
            _receipt(_reading(1, 1), _reading(1, 2)),
        ),
        "boot-and-rotation": (
            "Boot messages and rotations count among the device's numbers.",
            _receipt(_reading(3, 1), boot, rotated, _reading(6, 2)),
        ),
        "act-with-no-envelope": (
            "What an act says is the gateway's word.",
            _receipt(_reading(), wrong),
        ),
        "two-devices": (
            "Two devices, and who vouches for each.",
            _receipt(
                _reading(),
                _reading(1, 2, of=_DOOR, sensor="door", unit="%"),
                credentials=[_VOUCHED, two, _NOTHING],
            ),
        ),
        "other-revoked": (
            "Another device was revoked.",
            _receipt(
                _reading(),
                credentials=[
                    _VOUCHED,
                    _ISSUER.token(_ISSUER.revoked(device.FIRST_REVOKED)),
                ],
            ),
        ),
        "model-and-firmware": (
            "The credential says what the device is.",
            _receipt(_reading(), credentials=[said, _NOTHING]),
        ),
        "no-unit": (
            "A reading without a unit.",
            _receipt(device.entry(1, _FRIDGE.sign(no_unit))),
        ),
        "limits": (
            "The largest numbers, and the longest texts.",
            _receipt(
                _reading(
                    2**53 - 1,
                    epoch=2**32 - 1,
                    iat=2**53 - 1,
                    uptime=2**53 - 1,
                    sensor="s" * 120,
                    unit="😀" * 120,
                    value="é" * 255,
                )
            ),
        ),
        "unit-of-any-other-characters": (
            "A label may have any character that does not deceive.",
            _receipt(_reading(unit="°\u00a0C\u3000\ue000\u0378\uffff\U000e0100")),
        ),
        "valid-at-once": (
            "The credential is valid from the moment of the reading.",
            _receipt(
                device.entry(1, _FRIDGE.sign(_FRIDGE.payload()), "09:00:00.000000")
                | {"received": "2026-11-20T09:00:00.000000Z"}
            ),
        ),
    }
    for name, (about, receipt) in good.items():
        yield Case(f"devices/good-{name}", about, written(receipt), devices=_KNOWN)
    yield Case(
        "devices/good-vouched-for-nobody-here",
        "A credential of a device that signed nothing here.",
        written(_receipt(_PLAIN)),
        devices={"device_known": "passed"},
    )
    yield Case(
        "devices/good-no-devices",
        "The format with devices, and none of them.",
        written(_receipt(_PLAIN, credentials=[])),
    )
    skipped: dict[str, tuple[str, list[str]]] = {
        "no-credentials": ("Nobody vouches for the key.", []),
        "only-the-list": ("Nobody vouches for the key.", [_NOTHING]),
        "only-the-credential": ("Nothing says what was revoked.", [_VOUCHED]),
        "of-another-device": ("Somebody vouches for another key.", [two, _NOTHING]),
        "valid-later": (
            "The credential is valid only after the reading.",
            [
                _ISSUER.token(
                    _ISSUER.device(_FRIDGE.did) | {"validFrom": "2026-11-21T10:22:02Z"}
                ),
                _NOTHING,
            ],
        ),
    }
    for name, (about, credentials) in skipped.items():
        yield Case(
            f"devices/unknown-{name}",
            about,
            written(_receipt(_reading(), credentials=credentials)),
            devices=_UNKNOWN,
        )


def _of_another_form() -> Iterator[Case]:
    record = _reading()
    jws = record["jws"]
    receipts: dict[str, Json] = {
        "first-format": log.of_records([record]),
        "lacks-credentials": log.without(_receipt(record), "credentials"),
        "credentials-null": _receipt(record) | {"credentials": None},
        "credentials-object": _receipt(record) | {"credentials": {}},
        "credentials-of-numbers": _receipt(record) | {"credentials": [1]},
        "too-many-credentials": _receipt(record, credentials=[""] * 1025),
        "long-credential": _receipt(record, credentials=["a" * 8193]),
        "another-member": _receipt(record | {"state": "4.2"}),
        "time-for-received": _receipt(
            log.without(record, "received") | {"time": record["received"]}
        ),
        "both-times": _receipt(record | {"time": record["received"]}),
        "no-entity": _receipt(log.without(record, "entity")),
        "jws-number": _receipt(record | {"jws": 1}),
        "jws-empty": _receipt(record | {"jws": ""}),
        "jws-of-two": _receipt(record | {"jws": jws.rpartition(".")[0]}),
        "jws-of-four": _receipt(record | {"jws": jws + ".AA"}),
        "jws-padded": _receipt(record | {"jws": jws + "=="}),
        "jws-too-long": _receipt(record | {"jws": "a." * 2 + "a" * 2045}),
        "jws-line-break": _receipt(record | {"jws": jws + "\n"}),
    }
    for name, receipt in receipts.items():
        yield Case(
            f"devices/form-{name}",
            "A signed reading, or a receipt of one, in another form.",
            written(receipt),
            failed="format",
        )


def _badly_signed() -> Iterator[Case]:
    payload = _FRIDGE.payload()
    jws = _FRIDGE.sign(payload)
    signed, _, signature = jws.rpartition(".")
    other = _THIEF.sign(payload).rpartition(".")[2]
    data = canonical.encode(payload)
    order = device.ORDER.to_bytes(32)
    texts: dict[str, str] = {
        "by-another-key": f"{signed}.{other}",
        "value-changed": _FRIDGE.sign(payload | {"value": "4.9"}).rpartition(".")[0]
        + f".{signature}",
        "high-s": f"{signed}.{device.base64url(_FRIDGE.signature(signed, high=True))}",
        "signature-of-zeros": f"{signed}.{device.base64url(bytes(64))}",
        "signature-of-ones": f"{signed}.{device.base64url(bytes([255] * 64))}",
        "r-is-order": f"{signed}.{device.base64url(order + bytes([1] * 32))}",
        "signature-short": f"{signed}.{device.base64url(bytes([1] * 63))}",
        "signature-der": f"{signed}.{device.base64url(bytes([48, 68] + [1] * 68))}",
        "spare-bits": jws[:-1] + chr(ord(jws[-1]) + 1),
        "five-characters": f"{signed}.AAAAA",
        "none": _FRIDGE.sign(data, b'{"alg":"none"}'),
        "header-with-space": _FRIDGE.sign(data, b'{"alg": "ES256"}'),
        "header-with-key": _FRIDGE.sign(data, b'{"alg":"ES256","kid":"x"}'),
        "not-json": _FRIDGE.sign(b"4.2"),
        "not-utf-8": _FRIDGE.sign(b'{"iss":"\xff"}'),
        "spaced": _FRIDGE.sign(data.replace(b":", b": ", 1)),
        "twice": _FRIDGE.sign(data.replace(b'"seq":1', b'"seq":1,"seq":1')),
        "fraction": _FRIDGE.sign(data.replace(b'"seq":1', b'"seq":1.0')),
        "boot": _FRIDGE.sign(_FRIDGE.boot(1)),
        "no-issuer": _FRIDGE.sign(log.without(payload, "iss")),
    }
    for name in ("epoch", "iat", "seq", "uptime", "value"):
        texts[f"lacks-{name}"] = _FRIDGE.sign(log.without(payload, name))
    wrong: dict[str, Json] = {
        "another-member": {"extra": 1},
        "seq-zero": {"seq": 0},
        "seq-text": {"seq": "1"},
        "seq-true": {"seq": True},
        "epoch-too-large": {"epoch": 2**32},
        "iat-negative": {"iat": -1},
        "value-number": {"value": 4},
        "value-too-long": {"value": "x" * 256},
        "sensor-upper-case": {"sensor": "Fridge"},
        "sensor-empty": {"sensor": ""},
        "sensor-too-long": {"sensor": "s" * 121},
        "unit-empty": {"unit": ""},
        "unit-hidden": {"unit": "°C\u202e"},
        "unit-soft-hyphen": {"unit": "°\u00adC"},
        "unit-zero-width": {"unit": "°\u200bC"},
        "unit-line-separator": {"unit": "°\u2028C"},
        "unit-tag": {"unit": "°\U000e0043C"},
        "unit-delete": {"unit": "°\u007fC"},
        "unit-too-long": {"unit": "x" * 121},
        "issuer-of-another-kind": {"iss": _ISSUER.did},
        "issuer-web": {"iss": "did:web:pharmacy.example"},
        "issuer-cut": {"iss": _FRIDGE.did[:-1]},
        "issuer-other-digit": {"iss": _FRIDGE.did[:-1] + "0"},
        "issuer-no-point": {
            "iss": "did:key:z" + device.base58(b"\x80\x24\x02" + bytes([255] * 32))
        },
        "issuer-uncompressed": {
            "iss": "did:key:z" + device.base58(b"\x80\x24\x04" + bytes([1] * 64))
        },
    }
    for name, members in wrong.items():
        texts[name] = _FRIDGE.sign(payload | members)
    for name, text in texts.items():
        yield Case(
            f"devices/signed-{name}",
            "An entry whose envelope is not one that its device made.",
            written(_receipt(_reading(2, 9), device.entry(1, text))),
            failed="device_signed",
        )


def _not_vouched_for() -> Iterator[Case]:
    claims, revoked = _ISSUER.device(_FRIDGE.did), _ISSUER.revoked()
    other_log = Issuer(log_id=log.Key("another").log_id())
    thief = Issuer(log.Key("another"))
    token = _ISSUER.token
    first_revoked = token(_ISSUER.revoked(device.FIRST_REVOKED))
    changed = log.changed
    status = "credentialStatus"
    tokens: dict[str, list[str]] = {
        "revoked": [
            token(_ISSUER.device(_FRIDGE.did, 0)),
            first_revoked,
        ],
        "revoked-by-one-of-two-lists": [
            token(_ISSUER.device(_FRIDGE.did, 0)),
            _NOTHING,
            first_revoked,
        ],
        "empty-token": [""],
        "no-token": ["a.b.c"],
        "of-another-key": [thief.token(thief.device(_FRIDGE.did))],
        "of-another-log": [other_log.token(other_log.device(_FRIDGE.did))],
        "with-another-signature": [_VOUCHED.rpartition(".")[0] + "." + "A" * 86],
        "without-signature": [_VOUCHED.rpartition(".")[0] + "."],
        "signature-cut": [_VOUCHED[:-2]],
        "more-segments": [_VOUCHED + ".AA"],
        "algorithm-none": [token(claims, _ISSUER.header | {"alg": "none"})],
        "algorithm-eddsa": [token(claims, _ISSUER.header | {"alg": "EdDSA"})],
        "header-with-more": [token(claims, _ISSUER.header | {"cty": "vc"})],
        "not-json": [token(b"trust me")],
        "a-list": [token(b"[]")],
        "spaced": [token(b'{"a": 1}')],
        "empty-claims": [token(b"{}")],
        "more-claims": [token(claims | {"validUntil": "2026-11-20T10:00:00Z"})],
        "other-type": [token(claims | {"type": ["VerifiableCredential"]})],
        "other-issuer": [token(claims | {"issuer": thief.did})],
        "not-a-device": [token(_ISSUER.device(_ISSUER.did))],
        "not-a-did": [token(_ISSUER.device("the fridge"))],
        "assurance-unknown": [token(_ISSUER.device(_FRIDGE.did, assurance="solemn"))],
        "time-with-microseconds": [
            token(claims | {"validFrom": "2026-11-20T09:00:00.000000Z"})
        ],
        "time-in-another-zone": [
            token(claims | {"validFrom": "2026-11-20T10:00:00+01:00"})
        ],
        "time-of-no-day": [token(claims | {"validFrom": "2026-11-31T09:00:00Z"})],
        "index-negative": [token(changed(claims, status, "statusListIndex", to="-1"))],
        "index-too-large": [
            token(changed(claims, status, "statusListIndex", to="131072"))
        ],
        "index-leading-zero": [
            token(changed(claims, status, "statusListIndex", to="07"))
        ],
        "index-number": [token(changed(claims, status, "statusListIndex", to=7))],
        "another-list": [
            token(changed(claims, status, "statusListCredential", to="urn:x"))
        ],
        "another-purpose": [
            token(changed(claims, status, "statusPurpose", to="suspension"))
        ],
        "list-short": [token(_ISSUER.revoked(device.ONE_BYTE_LESS))],
        "list-long": [token(_ISSUER.revoked(device.ONE_BYTE_MORE))],
        "list-zlib": [token(_ISSUER.revoked(device.AS_ZLIB))],
        "list-truncated": [token(_ISSUER.revoked(device.NOTHING_REVOKED[:-4]))],
        "list-other-base": [token(_ISSUER.revoked("z" + device.NOTHING_REVOKED[1:]))],
        "list-empty": [token(_ISSUER.revoked(""))],
        "list-without-checksum": [
            token(_ISSUER.revoked(device.NOTHING_REVOKED.replace("YbSVKs", "YbSWKs")))
        ],
        "list-with-another-id": [token(revoked | {"id": "urn:uuid:0"})],
    }
    for name, credentials in tokens.items():
        both = credentials if len(credentials) > 1 else [*credentials, *_BOTH]
        yield Case(
            f"devices/known-{name}",
            "The log's owner revoked the device, or a credential is not the log's.",
            written(_receipt(_reading(), credentials=both)),
            failed="device_known",
            devices={"device_signed": "passed"},
        )
    # Without a log's id in its name, nobody can say whose credentials these are.
    root = bytes.fromhex(_receipt(_reading())["anchor"]["root"][2:])
    note = log.KEY.note("pharmacy", log.checkpoint(1, root, "pharmacy"))
    nameless = _receipt(_reading()) | {
        "checkpoint": note,
        "key": log.KEY.vkey("pharmacy"),
    }
    yield Case(
        "devices/known-without-log-id",
        "The log's name does not end in its id.",
        written(nameless),
        failed="device_known",
        devices={"device_signed": "passed"},
    )
