"""The signature that lets a listener know an event is from this operator."""

import hashlib
import hmac


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Value of X-Event-Signature for a body sent at the given unix second."""
    message = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
