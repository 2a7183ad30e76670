"""Every setting that comes from the environment, typed, in one place.

Numbers that sales operations may want to change live in `knowledge/playbook/`, not here.
"""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlparse
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.resources import shipped

PLACEHOLDERS = ("changeme", "your-", "xxx", "...", "<")


class Settings(BaseSettings):
    """The environment, read once at the edge and passed inwards.

    Secrets are `SecretStr`, so neither `repr` nor a log line shows them. A placeholder left in a
    secret (for example "xoxb-your-token") is refused with the name of the variable.
    """

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    home: Path = Field(default=Path(".coach"), validation_alias="COACH_HOME")
    playbook_dir: Path = Field(
        default_factory=lambda: shipped("knowledge") / "playbook", validation_alias="COACH_PLAYBOOK_DIR"
    )
    handbook_dir: Path = Field(
        default_factory=lambda: shipped("knowledge") / "handbook", validation_alias="COACH_HANDBOOK_DIR"
    )
    handbook_base_url: str | None = Field(default=None, validation_alias="COACH_HANDBOOK_BASE_URL")
    memory_url: str | None = Field(default=None, validation_alias="COACH_MEMORY_URL")
    chroma_url: str | None = Field(default=None, validation_alias="COACH_CHROMA_URL")
    timezone: str = Field(default="UTC", validation_alias="COACH_TIMEZONE")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", validation_alias="COACH_LOG_LEVEL")
    log_format: Literal["text", "json"] = Field(default="text", validation_alias="COACH_LOG_FORMAT")

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    embedding_model: str | None = Field(default=None, validation_alias="COACH_EMBEDDING_MODEL")
    model: str | None = Field(default=None, validation_alias="COACH_MODEL")
    redact: bool = Field(default=True, validation_alias="COACH_REDACT")

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")
    slack_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(default=None, validation_alias="SLACK_PORT")

    salesforce_login_url: str = Field(default="https://login.salesforce.com", validation_alias="SALESFORCE_LOGIN_URL")
    salesforce_client_id: str | None = Field(default=None, validation_alias="SALESFORCE_CLIENT_ID")
    salesforce_client_secret: SecretStr | None = Field(default=None, validation_alias="SALESFORCE_CLIENT_SECRET")
    salesforce_username: str | None = Field(default=None, validation_alias="SALESFORCE_USERNAME")
    salesforce_password: SecretStr | None = Field(default=None, validation_alias="SALESFORCE_PASSWORD")
    salesforce_private_key_file: Path | None = Field(default=None, validation_alias="SALESFORCE_PRIVATE_KEY_FILE")
    hubspot_access_token: SecretStr | None = Field(default=None, validation_alias="HUBSPOT_ACCESS_TOKEN")
    hubspot_api_url: str = Field(default="https://api.hubapi.com", validation_alias="HUBSPOT_API_URL")
    google_service_account_file: Path | None = Field(default=None, validation_alias="GOOGLE_SERVICE_ACCOUNT_FILE")
    google_client_file: Path | None = Field(default=None, validation_alias="GOOGLE_CLIENT_FILE")
    google_read_bodies: bool = Field(default=False, validation_alias="GOOGLE_READ_BODIES")
    google_api_url: str | None = Field(default=None, validation_alias="GOOGLE_API_URL")
    warehouse_url: SecretStr | None = Field(default=None, validation_alias="COACH_WAREHOUSE_URL")
    sync_every_minutes: Annotated[int, Field(ge=0)] = Field(default=30, validation_alias="COACH_SYNC_EVERY_MINUTES")

    write_back: Literal["off", "on"] = Field(default="off", validation_alias="WRITE_BACK")

    @field_validator(
        "openai_api_key", "slack_bot_token", "slack_app_token", "slack_signing_secret",
        "salesforce_client_secret", "hubspot_access_token",
    )  # fmt: skip
    @classmethod
    def refuse_placeholder(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse a secret that still reads like the example file."""
        if secret and any(mark in secret.get_secret_value().lower() for mark in PLACEHOLDERS):
            raise ValueError("still holds the example text; paste the real value or leave it empty")
        return secret

    @field_validator("openai_base_url")
    @classmethod
    def web_address(cls, url: str | None) -> str | None:
        """Refuse an address the model client could not call."""
        if url is not None and (urlparse(url).scheme not in {"http", "https"} or not urlparse(url).netloc):
            raise ValueError(f"{url!r} is not an http(s) address; use one such as http://localhost:8080/v1")
        return url

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Refuse a time zone the IANA database does not know."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is not an IANA time zone; use a name such as Europe/Berlin") from error
        return name

    @model_validator(mode="after")
    def api_url_ends_with_slash(self) -> Self:
        """Slack's client joins method names to the base URL, so it must end with a slash."""
        if urlparse(self.slack_api_url).scheme not in {"http", "https"}:
            raise ValueError("SLACK_API_URL must start with http:// or https://")
        if not self.slack_api_url.endswith("/"):
            self.slack_api_url += "/"
        return self

    @property
    def has_model(self) -> bool:
        """Whether a language model is configured: a key, an address, or a provider that brings its own."""
        own_provider = self.model is not None and ":" in self.model and not self.model.startswith("openai:")
        return self.openai_api_key is not None or self.openai_base_url is not None or own_provider

    @property
    def memory_database_url(self) -> str:
        """The SQL database of the bot's own memory; a SQLite file under `home` unless configured."""
        return self.memory_url or f"sqlite:///{(self.home / 'memory.db').resolve()}"

    @property
    def pipeline_dir(self) -> Path:
        """Folder of pipeline snapshots and of the pointer to the current one."""
        return self.home / "pipeline"

    @property
    def index_dir(self) -> Path:
        """Folder of handbook indexes and of the pointer to the current one."""
        return self.home / "handbook"

    @property
    def sources_dir(self) -> Path:
        """Folder of the staging area and of what became of the last sync of each source."""
        return self.home / "sources"

    @property
    def google_tokens_dir(self) -> Path:
        """Folder of the access people gave to their own mailbox and calendar, a file for each."""
        return self.home / "google"
