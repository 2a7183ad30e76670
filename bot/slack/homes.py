"""Gathers what a person's Home tab shows and publishes it."""

import asyncio
from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.home import HomeSummary
from bot.coach.saved_views import ViewFilter
from bot.pipeline.brief import HealthBucket
from bot.pipeline.service import UnknownDeal
from bot.pipeline.views import UnknownView
from bot.slack.failures import Refused
from bot.slack.services import Services
from bot.slack.views.home import WEEK, WEEKS_BACK, HealthWeek, HomeContent, home_view
from bot.slack.views.home_pages import HomePage, HomeView
from bot.slack.views.home_views import ViewPage, saved_view


class Homes:
    """Everybody's Home tab."""

    def __init__(self, services: Services) -> None:
        """Work with the coach and memory of `services`."""
        self._coach = services.coach
        self._memory = services.memory
        self._live_sources = services.live_sources

    async def publish(
        self,
        client: AsyncWebClient,
        slack_user_id: str,
        asker: Asker,
        now: datetime,
        page: HomePage | None = None,
        *,
        seen: str | None = None,
    ) -> None:
        """Show a page of the person's Home tab, in place of the view with the hash `seen` (None = of any).

        Raises UnknownDeal for a person out of their sight, Refused for a view they have not, and SlackApiError
        (`hash_conflict`) if another page was shown meanwhile.
        """
        view = await asyncio.to_thread(self._view, asker, now, page or HomePage())
        await client.views_publish(user_id=slack_user_id, view=view, hash=seen)

    def _view(self, asker: Asker, now: datetime, page: HomePage) -> HomeView:
        if page.person_id is not None and not asker.may_see_owner(page.person_id):
            raise UnknownDeal(page.person_id)
        if page.view is not None:
            return saved_view(self._saved(asker, now, page, page.view))
        return home_view(self._gather(asker, now, page))

    def _saved(self, asker: Asker, now: datetime, page: HomePage, name: str) -> ViewPage:
        """One page of a saved view. Raises Refused for a view that is gone or not for this person."""
        wanted = ViewFilter(page.person_id, page.stage, page.bucket)
        try:
            opened = self._coach.open_view(asker, name, now=now, wanted=wanted)
        except UnknownView as error:
            raise Refused(str(error)) from error
        return ViewPage(page, opened, self._coach.views_for(asker))

    def _gather(self, asker: Asker, now: datetime, page: HomePage) -> HomeContent:
        rota = self._coach.rota(asker, now=now)
        summary, today = self._coach.home(asker, now=now), local_day(asker, now)
        return HomeContent(
            summary=summary,
            suggestions=self._coach.suggestions(asker, now=now) if page == HomePage() else (),
            actions=self._memory.actions.open_of([page.person_id or asker.user.id]),
            before=self._week_ago(summary, now),
            weeks=self._weeks(summary, now),
            consults=self._memory.consults.of_person(asker.user.id),
            rota=[each for each in rota if page.person_id in {None, each.owner_id}],
            views=self._coach.views_for(asker),
            snoozed=self._memory.preferences.snoozed(asker.user.id, today),
            page=page,
            name=_name(summary, page.person_id),
            own_id=asker.user.id,
            today=today,
            live=self._live_sources(asker.user.email, here(asker, now)),
        )

    def _week_ago(self, summary: HomeSummary, now: datetime) -> dict[str, HealthBucket]:
        rows = self._memory.health_on([deal.ref.id for deal in summary.deals], (now - WEEK).date())
        return {deal_id: HealthBucket(row.bucket) for deal_id, row in rows.items() if row.bucket}

    def _weeks(self, summary: HomeSummary, now: datetime) -> list[HealthWeek]:
        """How many of the deals open now were in each bucket, week by week; weeks without any are left out."""
        ids = [deal.ref.id for deal in summary.deals]
        weeks = []
        for back in range(WEEKS_BACK, 0, -1):
            day = (now - back * WEEK).date()
            rows = self._memory.health_on(ids, day).values()
            weeks.append(HealthWeek(day, Counter(HealthBucket(row.bucket) for row in rows if row.bucket)))
        weeks.append(HealthWeek(now.date(), Counter(deal.bucket for deal in summary.deals if deal.bucket)))
        return [week for week in weeks if week.counts]


def local_day(asker: Asker, now: datetime) -> date:
    """Today where the person is; in UTC if their zone is not known."""
    return here(asker, now).date()


def here(asker: Asker, now: datetime) -> datetime:
    """The present by the person's own clock; by UTC if their zone is not known."""
    return now.astimezone(ZoneInfo(asker.user.timezone or "UTC"))


def _name(summary: HomeSummary, person_id: str | None) -> str | None:
    return next((deal.ref.owner for deal in summary.deals if deal.owner_id == person_id), "This person")
