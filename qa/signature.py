"""Sign what this program made, with a key of this machine, so that an edited copy can be told from it.

Ed25519, not a shared secret: the public key stands beside the signature, so that anybody can check that nothing was
edited, and this machine that it made it. Over the canonical JSON of RFC 8785, in which a browser that reads 1.0 and
writes 1 changes nothing. Each field has a digest of its own, so that it can be said which one was edited.
"""

import base64
import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from platformdirs import user_data_path

NAME = "receipt.key"
"""The private key: 32 bytes in a file of the user data folder that only its owner may read."""

log = logging.getLogger(__name__)


def sign(said: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the signature of a JSON object, in plain types; None, with a warning, where no key can be kept."""
    file = user_data_path("qa") / NAME
    try:
        key = _key(file)
    except (OSError, ValueError) as error:
        log.warning("nothing is signed, for the key %s cannot be used (%s): make it readable, or move it", file, error)
        return None
    fields = {name: _digest(value) for name, value in said.items()}
    value = key.sign(rfc8785.dumps(fields))
    return {"key": _text(key.public_key().public_bytes_raw()), "fields": fields, "value": _text(value)}


def edited(said: Mapping[str, Any], signature: Mapping[str, Any]) -> list[str] | None:
    """Return the fields of a signed object that are not what was signed; None if the signature itself does not fit."""
    fields: dict[str, str] = signature["fields"]
    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes(signature["key"]))
        key.verify(_bytes(signature["value"]), rfc8785.dumps(fields))
    except (InvalidSignature, ValueError):
        return None
    now = {name: _digest(value) for name, value in said.items()}
    return sorted(name for name in now.keys() | fields.keys() if now.get(name) != fields.get(name))


def is_own(signature: Mapping[str, Any]) -> bool:
    """Whether a signature names the key of this machine; that it fits is for `edited` to tell."""
    file = user_data_path("qa") / NAME
    try:
        return file.exists() and bool(signature["key"] == _text(_key(file).public_key().public_bytes_raw()))
    except (OSError, ValueError):
        return False


def fingerprint(signature: Mapping[str, Any]) -> str:
    """Return a short name of the key of a signature, to compare by eye: "3f2a 90b1 77c4"."""
    digits = hashlib.sha256(_bytes(signature["key"])).hexdigest()
    return " ".join(digits[i : i + 4] for i in (0, 4, 8))


@lru_cache(maxsize=4)
def _key(file: Path) -> Ed25519PrivateKey:
    """Return the key in a file, made there if there is none; whoever comes second takes that of the first."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=f"{NAME}.", dir=file.parent)  # for its owner alone
        try:
            with os.fdopen(descriptor, "wb") as new:
                new.write(Ed25519PrivateKey.generate().private_bytes_raw())
                new.flush()
                os.fsync(new.fileno())
            with suppress(FileExistsError):
                os.link(draft, file)  # in one step, and never over another key
        finally:
            os.unlink(draft)
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def _digest(value: Any) -> str:
    """Return 128 bits that stand for a value; of what is no JSON, none that was signed."""
    try:
        return hashlib.blake2b(rfc8785.dumps(value), digest_size=16).hexdigest()
    except rfc8785.CanonicalizationError:
        return ""


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
