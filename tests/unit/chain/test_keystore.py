"""Keystore files: good ones, others, and hostile ones."""

import json
from typing import Any

import pytest
from eth_account import Account as EthAccount

from custom_components.iot_blockchain.chain.keystore import (
    CostlyKeystoreError,
    Keystore,
    KeystoreError,
    NotKeystoreError,
    WrongPasswordError,
)

# The test vectors of the format: their key is public.
_KEY = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"
_ADDRESS = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"
_SCRYPT: dict[str, Any] = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926e"
        "f8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt",
        "kdfparams": {
            "dklen": 32,
            "n": 262144,
            "r": 1,
            "p": 8,
            "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
        },
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}
_PBKDF2: dict[str, Any] = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e1"
        "6f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {
            "c": 262144,
            "dklen": 32,
            "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        },
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}


def _with(keystore: dict[str, Any], *path: str, value: object) -> bytes:
    """Return a keystore with one part changed."""
    changed = json.loads(json.dumps(keystore))
    part = changed
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return json.dumps(changed).encode()


@pytest.mark.parametrize("keystore", [_SCRYPT, _PBKDF2], ids=["scrypt", "pbkdf2"])
def test_keystores_of_the_specification_open(keystore: dict[str, Any]) -> None:
    account = Keystore(json.dumps(keystore).encode()).open("testpassword")
    assert account.address == _ADDRESS
    assert account.private_key == "0x" + _KEY


def test_names_may_be_written_in_capitals() -> None:
    content = {
        "Version": 3,
        "Crypto": {name.upper(): part for name, part in _PBKDF2["crypto"].items()},
    }
    assert Keystore(json.dumps(content).encode()).open("testpassword")


def test_wrong_password_is_told_from_a_wrong_file_and_repeated_nowhere() -> None:
    keystore = Keystore(json.dumps(_PBKDF2).encode())
    with pytest.raises(WrongPasswordError) as raised:
        keystore.open("open sesame")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "sesame" not in str(raised.value)
    assert _PBKDF2["crypto"]["mac"] not in f"{raised.value} {keystore!r}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"' + _KEY.encode() + b'"',
        b"{}",
        _with(_SCRYPT, "version", value=4),
        _with(_SCRYPT, "version", value="3"),
        _with(_SCRYPT, "crypto", value=None),
        _with(_SCRYPT, "crypto", "cipher", value="aes-256-cbc"),
        _with(_SCRYPT, "crypto", "ciphertext", value="zz" * 32),
        _with(_SCRYPT, "crypto", "ciphertext", value="ab" * 33),
        _with(_SCRYPT, "crypto", "mac", value=None),
        _with(_SCRYPT, "crypto", "cipherparams", value={}),
        _with(_SCRYPT, "crypto", "kdf", value="argon2id"),
        _with(_SCRYPT, "crypto", "kdf", value=None),
        _with(_SCRYPT, "crypto", "kdfparams", value=[]),
        _with(_SCRYPT, "crypto", "kdfparams", "dklen", value=2**31),
        _with(_SCRYPT, "crypto", "kdfparams", "salt", value=12),
        _with(_SCRYPT, "crypto", "kdfparams", "salt", value="ab cd"),
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        _with(_SCRYPT, "crypto", "kdfparams", "n", value=262143),
        _with(_SCRYPT, "crypto", "kdfparams", "n", value=1),
        _with(_SCRYPT, "crypto", "kdfparams", "n", value=-2),
        _with(_SCRYPT, "crypto", "kdfparams", "n", value=1024.0),
        _with(_SCRYPT, "crypto", "kdfparams", "r", value=0),
        _with(_SCRYPT, "crypto", "kdfparams", "p", value=True),
        _with(_PBKDF2, "crypto", "kdfparams", "prf", value="hmac-md5"),
        _with(_PBKDF2, "crypto", "kdfparams", "c", value="262144"),
    ],
)
def test_what_is_no_keystore_is_refused(data: bytes) -> None:
    with pytest.raises(NotKeystoreError):
        Keystore(data)


@pytest.mark.parametrize(
    ("keystore", "name", "value"),
    [
        (_SCRYPT, "n", 2**40),
        (_SCRYPT, "r", 2**30),
        (_SCRYPT, "p", 2**30),
        (_SCRYPT, "n", 2**20),
        (_PBKDF2, "c", 10**12),
    ],
)
def test_hostile_work_is_refused_before_any_of_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
    keystore: dict[str, Any],
    name: str,
    value: int,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(EthAccount, "decrypt", never)
    hostile = _with(keystore, "crypto", "kdfparams", name, value=value)
    with pytest.raises(CostlyKeystoreError):
        Keystore(hostile)


@pytest.mark.parametrize(
    ("n", "r", "p"), [(262144, 8, 1), (4096, 8, 6), (131072, 8, 1), (8192, 8, 1)]
)
def test_work_that_wallets_ask_for_is_allowed(n: int, r: int, p: int) -> None:
    content = json.loads(json.dumps(_SCRYPT))
    content["crypto"]["kdfparams"] |= {"n": n, "r": r, "p": p}
    Keystore(json.dumps(content).encode())


def test_every_reason_has_its_own_name() -> None:
    names = {error.key for error in KeystoreError.__subclasses__()}
    assert names == {"no_keystore", "keystore_too_costly", "wrong_password"}
