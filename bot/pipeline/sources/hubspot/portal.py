"""One HubSpot portal: the few questions the coach asks of it, polite about its limits.

The client's typed calls are used for their addresses, retries and authorisation; answers stay JSON, because
building a model a record costs more than reading it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from time import sleep
from typing import Any

from hubspot import HubSpot
from hubspot.crm.associations.v4.exceptions import ApiException as AssociationsException
from hubspot.crm.objects.exceptions import ApiException as ObjectsException
from hubspot.crm.owners.exceptions import ApiException as OwnersException
from hubspot.crm.pipelines.exceptions import ApiException as PipelinesException
from hubspot.crm.properties.exceptions import ApiException as PropertiesException
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from bot.pipeline.sources.protocol import QuotaNearlySpent, SourceMisconfigured, SourceUnavailable
from bot.pipeline.sources.wire import FIRST_PAUSE_SECONDS, RETRIED, RETRIES, TIMEOUT_SECONDS, checked_url

PAGE = 100
BATCH_WITH_HISTORY = 50  # the most that may be read at once with property history
LONGEST_PAUSE_SECONDS = 30.0
_REFUSALS = (AssociationsException, ObjectsException, OwnersException, PipelinesException, PropertiesException)

Json = dict[str, Any]


class ScopeMissing(Exception):  # noqa: N818 - one question of many
    """The token may not read this kind of object; the message names the scopes HubSpot asks for."""


class Portal:
    """The portal that `token` opens. `keep_share` of its daily calls are left to others."""

    def __init__(self, token: str, url: str, keep_share: float = 0.0, pause: Callable[[float], None] = sleep) -> None:
        retry = Retry(
            total=RETRIES,
            backoff_factor=FIRST_PAUSE_SECONDS,
            status_forcelist=[status for status in RETRIED if status != 429],
            allowed_methods=None,  # every call here reads, also those by POST
            raise_on_status=False,
        )
        self._client = HubSpot(access_token=token, host=checked_url(url, "HUBSPOT_API_URL"), retry=retry)
        self._keep_share = keep_share
        self._pause = pause
        self.daily_calls: tuple[int, int] | None = None
        """How many calls the portal has a day and how many are left, as the last answer said; None if none did."""

    def properties(self, object_type: str) -> frozenset[str]:
        """Return the internal names of the properties of an object. Raises ScopeMissing."""
        answer = self._call(self._client.crm.properties.core_api.get_all, object_type)
        return frozenset(each["name"] for each in answer["results"])

    def owners(self, *, archived: bool) -> Iterator[Json]:
        """Yield the people who own deals, with their teams."""
        yield from self._pages(self._client.crm.owners.owners_api.get_page, archived=archived)

    def pipelines(self) -> list[Json]:
        """Return the deal pipelines with their stages."""
        found: list[Json] = self._call(self._client.crm.pipelines.pipelines_api.get_all, "deals")["results"]
        return found

    def list_ids(self, object_type: str, after: str | None, *, archived: bool) -> tuple[list[str], str | None]:
        """Return a page of ids in the order of ids, and from where to go on; None at the end."""
        place = {"after": after} if after else {}
        answer = self._call(
            self._client.crm.objects.basic_api.get_page,
            object_type, limit=PAGE, archived=archived, properties=["hs_object_id"], **place,
        )  # fmt: skip
        return [row["id"] for row in answer["results"]], _next(answer)

    def search(self, object_type: str, filters: Sequence[Json], sort: str, newest_first: bool = False) -> list[Json]:
        """Return the first page of what fits all `filters`, in the order of the property `sort`."""
        direction = "DESCENDING" if newest_first else "ASCENDING"
        question = {
            "filterGroups": [{"filters": list(filters)}] if filters else [],
            "sorts": [{"propertyName": sort, "direction": direction}],
            "properties": [sort],
            "limit": PAGE,
        }
        found: list[Json] = self._call(self._client.crm.objects.search_api.do_search, object_type, question)["results"]
        return found

    def read(
        self, object_type: str, ids: Sequence[str], properties: Sequence[str], history: Sequence[str] = ()
    ) -> list[Json]:
        """Return the records with these ids that exist and are not archived."""
        size = BATCH_WITH_HISTORY if history else PAGE
        rows: list[Json] = []
        for start in range(0, len(ids), size):
            question = {
                "inputs": [{"id": each} for each in ids[start : start + size]],
                "properties": list(properties),
                "propertiesWithHistory": list(history),
            }
            rows += self._call(self._client.crm.objects.batch_api.read, object_type, question)["results"]
        return rows

    def associations(self, object_type: str, other: str, ids: Sequence[str]) -> dict[str, list[Json]]:
        """Return the associations of each record that has some: `toObjectId` and `associationTypes`."""
        found: dict[str, list[Json]] = {}
        asked: list[Json] = [{"id": each} for each in ids]
        while asked:
            answer = self._call(
                self._client.crm.associations.v4.batch_api.get_page, object_type, other, {"inputs": asked}
            )
            asked = []
            for result in answer["results"]:
                record = str(result["from"]["id"])
                found.setdefault(record, []).extend(result["to"])
                if after := _next(result):
                    asked.append({"id": record, "after": after})
        return found

    def _pages(self, ask: Callable[..., Any], **options: Any) -> Iterator[Json]:
        after: str | None = None
        while True:
            place = {"after": after} if after else {}
            answer = self._call(ask, limit=PAGE, **options, **place)
            yield from answer["results"]
            after = _next(answer)
            if after is None:
                return

    def _call(self, ask: Callable[..., Any], *args: Any, **options: Any) -> Json:
        for _ in range(RETRIES):
            try:
                answer = ask(*args, **options, _preload_content=False, _request_timeout=TIMEOUT_SECONDS)
            except _REFUSALS as error:
                self._pause(_pause_after(error))
                continue
            except HTTPError as error:
                raise SourceUnavailable(
                    f"HubSpot gave no answer ({type(error).__name__}); the next sync goes on from here"
                ) from error
            self._mind_the_quota(answer.headers)
            content: Json = json.loads(answer.data)
            return content
        raise SourceUnavailable("HubSpot keeps asking to slow down; the next sync goes on from here")

    def _mind_the_quota(self, headers: Any) -> None:
        total, left = headers.get("X-HubSpot-RateLimit-Daily"), headers.get("X-HubSpot-RateLimit-Daily-Remaining")
        if total is None or left is None:
            return
        self.daily_calls = (int(total), int(left))
        if int(left) < self._keep_share * int(total):
            raise QuotaNearlySpent(
                f"HubSpot: {int(left):,} of {int(total):,} API calls of the day are left; "
                "the next sync goes on from here (keep_api_share in crm.yaml)"
            )


def _next(answer: Json) -> str | None:
    after = ((answer.get("paging") or {}).get("next") or {}).get("after")
    return str(after) if after else None


def _pause_after(error: Any) -> float:
    """Return how long to wait before asking again, or raise what the refusal means."""
    said = _said(error)
    if error.status == 429 and said.get("policyName") == "DAILY":
        raise QuotaNearlySpent("HubSpot: the API calls of the day are spent; try again tomorrow") from error
    if error.status == 429:
        wait = str((error.headers or {}).get("Retry-After", ""))
        return min(float(wait) if wait.replace(".", "", 1).isdigit() else 1.0, LONGEST_PAUSE_SECONDS)
    if error.status == 401:
        raise SourceMisconfigured(
            "HubSpot refuses the token (expired or revoked); copy the private app's access token into "
            "HUBSPOT_ACCESS_TOKEN again"
        ) from error
    if error.status == 403:
        raise ScopeMissing(str(said.get("message") or "missing scope")) from error
    if error.status >= 500:
        raise SourceUnavailable(f"HubSpot answered {error.status}; the next sync goes on from here") from error
    raise SourceUnavailable(f"HubSpot answered {error.status}: {said.get('message', '')}") from error


def _said(error: Any) -> Json:
    try:
        content = json.loads(error.body)
    except (TypeError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
