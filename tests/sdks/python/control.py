"""What this provider has beside Auth0's own paths: trouble on demand."""

from contextlib import contextmanager

import requests

from environment import ISSUER


def limit(method, path, count, headers=None):
    """Answers the next `count` requests of this method and path with 429."""
    fault = {"kind": "status", "method": method, "path": path, "status": 429, "count": count}
    _control("POST", "/faults", {**fault, "headers": headers or {}})


@contextmanager
def under_limits_of(plan):
    """Puts the rate limits of a plan in force for a while."""
    _control("PUT", "/rate-limits", {"plan": plan})
    try:
        yield
    finally:
        _control("PUT", "/rate-limits", {"plan": None})


def _control(method, path, body):
    response = requests.request(method, f"{ISSUER}_tenantry{path}", json=body, timeout=10)
    if not response.ok:
        raise AssertionError(response.text)
