"""What the Rust side of the rig tells a script: where the provider is, and as whom to come."""

import os
from pathlib import Path

DOMAIN = os.environ["AUTH0_DOMAIN"]
ISSUER = f"https://{DOMAIN}/"
CALLBACK = os.environ["CALLBACK_URL"]
INITIATE_LOGIN = os.environ["INITIATE_LOGIN_URL"]

# Everybody's password: strong enough for the provider's own rules.
PASSWORD = "Correct-horse-9"
DATABASE = "Username-Password-Authentication"


def credentials(name):
    """The id and the secret of an application."""
    return {
        "client_id": os.environ[f"{name}_CLIENT_ID"],
        "client_secret": os.environ[f"{name}_CLIENT_SECRET"],
    }


# Logs people in; may do everything through the Management API; may read organizations and nothing else.
WEB = credentials("WEB")
AUTOMATION = credentials("AUTOMATION")
READER = credentials("READER")


def action(name):
    """An Action of tests/sdks/actions."""
    return (Path(__file__).parent.parent / "actions" / f"{name}.js").read_text()
