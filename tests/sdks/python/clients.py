"""The clients of auth0-python: management by one class, authentication by several."""

import base64
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from auth0.authentication import Database, GetToken, RevokeToken, Users
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from auth0.management import ManagementClient

from environment import AUTOMATION, CALLBACK, DOMAIN, ISSUER, READER, WEB

management = ManagementClient(domain=DOMAIN, **AUTOMATION)
read_only = ManagementClient(domain=DOMAIN, **READER)
database = Database(DOMAIN, WEB["client_id"])
tokens = GetToken(DOMAIN, **WEB)
revocations = RevokeToken(DOMAIN, **WEB)
userinfo = Users(DOMAIN).userinfo
_signatures = AsymmetricSignatureVerifier(f"{ISSUER}.well-known/jwks.json")


class CallbackError(Exception):
    """What the callback says instead of a code; the client leaves that to the application."""

    def __init__(self, answer):
        super().__init__(answer.get("error_description"))
        self.error = answer["error"]
        self.description = answer.get("error_description")


def code_for(person, **parameters):
    """Goes through the login pages; answers what the exchange needs, and the nonce."""
    verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    query = {
        "response_type": "code",
        "client_id": WEB["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "openid profile email offline_access",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        **parameters,
    }
    answer = person.comes_back_from(f"{ISSUER}authorize?{urlencode(query)}")
    if answer.get("state") != state:
        raise AssertionError("another state came back")
    if "error" in answer:
        raise CallbackError(answer)
    return {"code": answer["code"], "code_verifier": verifier}, nonce


def log_in(person, **parameters):
    """Logs somebody in; answers the tokens, whose ID token the client has verified, with its claims."""
    exchange, nonce = code_for(person, **parameters)
    answer = redeem(exchange)
    answer["claims"] = verify(answer["id_token"], nonce, parameters.get("organization"))
    return answer


def redeem(exchange):
    """Exchanges a code. The method for PKCE sends no secret, so the application's is added as the client does it."""
    body = {"client_id": WEB["client_id"], "grant_type": "authorization_code", "redirect_uri": CALLBACK, **exchange}
    return tokens.authenticated_post(f"{ISSUER}oauth/token", data=body)


def verify(id_token, nonce=None, organization=None, audience=WEB["client_id"]):
    """Verifies an ID token; answers its claims."""
    verifier = TokenVerifier(signature_verifier=_signatures, issuer=ISSUER, audience=audience)
    return verifier.verify(id_token, nonce=nonce, organization=organization)


def in_batches(count, call):
    """Answers what `call` answers for each index below `count`, ten calls at a time."""
    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(call, range(count)))
