"""A company and how its tools authenticate."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    id: str
    api_key: str
    hmac_secret: str

    def sign(self, timestamp: str, body: bytes) -> str:
        """The value of `X-Signature`."""
        signed = timestamp.encode() + b"." + body
        return "sha256=" + hmac.new(self.hmac_secret.encode(), signed, hashlib.sha256).hexdigest()

    def signed_headers(self, timestamp: str, body: bytes) -> dict[str, str]:
        """Key, timestamp and signature of a request."""
        return {
            "Content-Type": "application/json",
            "X-API-Key": self.api_key,
            "X-Timestamp": timestamp,
            "X-Signature": self.sign(timestamp, body),
        }
