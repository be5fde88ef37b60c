"""A monitoring tool that sends alerts."""

import json
import time
from typing import Any

from installation import Company

from .client import Answer, Client


class Tool:
    """Sends alerts for a company to one Ingest."""

    def __init__(self, port: int, company: Company, signs: bool = True):
        self.company = company
        self.signs = signs
        self._client = Client(port)

    def post(self, alerts: Any, **headers: str) -> Answer:
        """Sends one alert or a list of them."""
        body = json.dumps(alerts).encode()
        own = {"Content-Type": "application/json", "X-API-Key": self.company.api_key}
        if self.signs:
            own = self.company.signed_headers(str(int(time.time())), body)
        return self._client.request("POST", "/api/webhooks/alerts", body, headers={**own, **headers})

    def send(self, *alerts: dict[str, Any]) -> list[str]:
        """Sends alerts that must be accepted; answers with their ids."""
        answer = self.post(alerts[0] if len(alerts) == 1 else list(alerts))
        assert answer.status == 202, answer
        return answer.json["alert_ids"]


def alert(asset: str, signature: str = "high_cpu_usage", severity: str = "high", **fields: Any) -> dict[str, Any]:
    """An alert as a tool words it."""
    return {
        "asset_name": asset, "signature": signature, "severity": severity, "message": f"{signature} on {asset}",
        "tool_source": "Datadog", **fields,
    }  # fmt: skip
