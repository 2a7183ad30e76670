"""Google's token endpoint: assertions of a service account, refresh tokens and authorisation codes of people."""

import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.servers.google.refusals import LoginRefused

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/"
AUDIENCE = "https://oauth2.googleapis.com/token"  # what an assertion is for, wherever it is sent
SKEW_SECONDS = 300


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Grant:
    """What an access token opens."""

    address: str
    scopes: frozenset[str]


@dataclass
class LocalLogin:
    """Who may get a token. `clock_offset` is how far this machine's clock is behind Google's, in seconds."""

    delegated: set[str] = field(default_factory=lambda: {f"{SCOPE}gmail.metadata", f"{SCOPE}calendar.events.readonly"})
    accounts: set[str] = field(default_factory=set)
    suspended: set[str] = field(default_factory=set)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    clock_offset: float = 0.0
    key_is_valid: bool = True
    logins: int = 0

    def key_file(self, token_uri: str) -> dict[str, str]:
        """Return the JSON key of the service account."""
        pem = private_key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account", "project_id": "local", "private_key_id": "1", "private_key": pem.decode(),
            "client_email": "coach@local.iam.gserviceaccount.com", "client_id": "1122", "token_uri": token_uri,
        }  # fmt: skip

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer one request for a token. Raises LoginRefused in Google's words."""
        self.logins += 1
        kind = form.get("grant_type")
        if kind == JWT_GRANT:
            return self._token(self._asserted(form["assertion"]))
        if kind == "refresh_token":
            if form.get("refresh_token") not in self.refresh_tokens:
                raise LoginRefused("invalid_grant", "Token has been expired or revoked.")
            return self._token(self.refresh_tokens[form["refresh_token"]])
        if kind == "authorization_code" and form.get("code") in self.codes:
            grant = self.codes.pop(form["code"])
            self.refresh_tokens[f"1//{grant.address}"] = grant
            return self._token(grant) | {"refresh_token": f"1//{grant.address}"}
        raise LoginRefused("invalid_grant", "Bad Request")

    def _asserted(self, assertion: str) -> Grant:
        try:
            claims = jwt.decode(
                assertion, private_key().public_key(), algorithms=["RS256"], audience=AUDIENCE,
                options={"verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise LoginRefused("invalid_grant", "Invalid JWT Signature.") from error
        now = time.time() + self.clock_offset
        timely = claims["iat"] - SKEW_SECONDS <= now <= claims["exp"] + SKEW_SECONDS
        if not timely or claims["exp"] - claims["iat"] > 3600:
            raise LoginRefused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check "
                "your iat and exp values in the JWT claim.",
            )
        if not self.key_is_valid:
            raise LoginRefused("invalid_grant", "Invalid JWT Signature.")
        scopes = frozenset(claims["scope"].split())
        if not scopes <= self.delegated:
            raise LoginRefused(
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for "
                "any of the scopes requested.",
            )
        return self._account(claims["sub"], scopes)

    def _account(self, address: str, scopes: frozenset[str]) -> Grant:
        if address in self.suspended:
            raise LoginRefused("invalid_grant", "Account has been suspended")
        if address not in self.accounts:
            raise LoginRefused("invalid_grant", "Invalid email or User ID")
        return Grant(address, scopes)

    def _token(self, grant: Grant) -> dict[str, Any]:
        token = f"ya29.{len(self.tokens)}"
        self.tokens[token] = grant
        scope = " ".join(sorted(grant.scopes))
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer", "scope": scope}
