"""Auth0's client for Python against the fake: people, an outage, the mailbox.

Run it with pytest; the variables are those that `tenantry fake --tls --empty` prints, and REQUESTS_CA_BUNDLE.
"""

import os

import pytest
import requests
from auth0.management import ManagementClient
from auth0.management.errors import NotFoundError

DOMAIN = os.environ["AUTH0_DOMAIN"]
DATABASE = "Username-Password-Authentication"
ACME = "org_acme000000000001"


def control(method, path, body=None):
    """A call of the control API."""
    response = requests.request(method, f"https://{DOMAIN}/_tenantry{path}", json=body, timeout=10)
    assert response.ok, response.text
    return response.json() if response.content else None


@pytest.fixture
def management():
    """The Management API of a tenant with one user and one organization."""
    control("POST", "/reset")
    seed = {
        "connections": [{"name": DATABASE, "strategy": "auth0"}],
        "clients": [
            {
                "name": "Portal",
                "client_id": "portal",
                "initiate_login_uri": "https://app.example/login",
                "organization_usage": "allow",
            }
        ],
        "users": [{"user_id": "auth0|ann", "email": "ann@acme.example", "password": "correct Horse 1"}],
        "organizations": [{"name": "acme", "id": ACME, "connections": [DATABASE]}],
    }
    control("POST", "/seed", seed)
    return ManagementClient(
        domain=DOMAIN,
        client_id=os.environ["AUTH0_M2M_CLIENT_ID"],
        client_secret=os.environ["AUTH0_M2M_CLIENT_SECRET"],
    )


def test_somebody_becomes_a_member(management):
    management.organizations.members.create(ACME, members=["auth0|ann"])
    assert [member.email for member in management.organizations.members.list(ACME)] == ["ann@acme.example"]


def test_who_is_not_there_is_not_found(management):
    with pytest.raises(NotFoundError):
        management.users.get("auth0|nobody")


def test_an_outage_is_survived(management):
    control("POST", "/faults", {"kind": "status", "status": 503, "path": "/api/v2/users/*", "count": 1})
    assert management.users.get("auth0|ann").email == "ann@acme.example"


def test_an_invitation_is_in_the_mailbox(management):
    management.organizations.invitations.create(
        ACME, inviter={"name": "Ann"}, invitee={"email": "bo@acme.example"}, client_id="portal"
    )
    [message] = control("GET", "/mailbox?to=bo@acme.example&kind=invitation")
    assert message["link"].startswith("https://app.example/login?invitation=")
