"""What this provider has beside Auth0's own paths: trouble on demand."""

import requests

from environment import ISSUER


def limit(method, path, count, headers=None):
    """Answers the next `count` requests of this method and path with 429."""
    fault = {"kind": "status", "method": method, "path": path, "status": 429, "count": count}
    response = requests.post(f"{ISSUER}_tenantry/faults", json={**fault, "headers": headers or {}}, timeout=10)
    if response.status_code != 201:
        raise AssertionError(response.text)
