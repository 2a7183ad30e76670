"""Writing the whole sample folder: the company, its stories, the crowd around them, and who to ask as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.pipeline.sample.company import Company, Person, load_company
from bot.pipeline.sample.ledger import Ledger
from bot.pipeline.sample.population import closed_deals, open_deals
from bot.pipeline.sample.recording import record
from bot.pipeline.sample.story import Story, load_stories
from bot.pipeline.sample.telling import tell

REP, MANAGER, DIRECTOR, OPERATIONS = "tess", "nadia", "ingrid", "pilar"
SYNCED_AGO = timedelta(minutes=20)
MAILING_FROM, MAILING_DAY = "renata", -18
MAILING_SIZE = 16
"""More than ten external people make a mailing, which is not outreach (DOMAIN 2.2)."""


@dataclass(frozen=True, slots=True)
class SampleStory:
    """One deal worth asking about: what it shows, who owns it, and a question in that person's words."""

    slug: str
    opportunity_id: str
    deal: str
    account: str
    owner_email: str
    about: str
    question: str


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written and whom to impersonate.

    `rep_email` owns several stories, `manager_email` leads that rep, `director_email` sees everybody below
    and `operations_email` sees all. `hidden_deal` exists but is out of sight of both rep and manager;
    `ambiguous_name` fits two open deals of the rep. `rows` counts rows by table.
    """

    directory: Path
    as_of: datetime
    company: str
    product: str
    rep_email: str
    manager_email: str
    director_email: str
    operations_email: str
    ambiguous_name: str
    hidden_deal: str
    stories: tuple[SampleStory, ...]
    rows: Mapping[str, int]

    def story(self, slug: str) -> SampleStory:
        """Return the story called `slug`. Raises KeyError listing the slugs there are."""
        for story in self.stories:
            if story.slug == slug:
                return story
        raise KeyError(f"no story {slug!r}; there are {', '.join(story.slug for story in self.stories)}")

    def stories_of(self, email: str) -> tuple[SampleStory, ...]:
        """Return the stories owned by the person with this address."""
        return tuple(story for story in self.stories if story.owner_email == email)


def write_sample(directory: Path, *, as_of: datetime, seed: int = 7) -> SampleSummary:
    """Write the sample company's pipeline as contract CSV files into `directory`, replacing old ones.

    Every date is told relative to `as_of`; the same `as_of` and `seed` give the same bytes. The seed only
    changes the generated crowd, never the stories. Raises ValueError if `as_of` has no time zone.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of has no time zone; pass an aware datetime, for example in UTC")
    company, stories, rng, ledger = load_company(), load_stories(), Random(seed), Ledger()  # noqa: S311
    for person in company.users:
        _add_person(person, company, as_of, ledger)
    for story in stories:
        tell(story, company, as_of, ledger)
    for outline in (*open_deals(), *closed_deals(company, rng)):
        record(outline, company, as_of, rng, ledger)
    _add_mailing(MAILING_FROM, company, as_of, ledger)
    return _summary(company, stories, directory, as_of, ledger.write(directory))


def _add_person(person: Person, company: Company, as_of: datetime, ledger: Ledger) -> None:
    ledger.add(
        "users",
        user_id=person.user_id,
        name=person.name,
        email=company.email(person.key),
        slack_user_id=person.slack,
        role=person.role.value,
        manager_id=company.people[person.manager].user_id if person.manager else None,
        segment=person.segment,
        discipline=person.discipline,
        timezone=person.timezone,
    )
    for source, connected in (("mail", True), ("calendar", person.calendar_connected)):
        last_sync = as_of - SYNCED_AGO if connected else None
        ledger.add("sources", user_id=person.user_id, source=source, connected=connected, last_sync=last_sync)


def _add_mailing(rep: str, company: Company, as_of: datetime, ledger: Ledger) -> None:
    """One newsletter from a rep's mailbox to people of many of their deals: looks like outreach, is none."""
    user_id = company.people[rep].user_id
    own = {row["opportunity_id"] for row in ledger.tables["opportunities"] if row["owner_id"] == user_id}
    wanted = {row["contact_id"] for row in ledger.tables["contact_roles"] if row["opportunity_id"] in own}
    readers = [row["email"] for row in ledger.tables["contacts"] if row["contact_id"] in wanted]
    ledger.add(
        "activities",
        user_id=user_id,
        kind="email",
        direction="outbound",
        start_at=company.workdays(rep, as_of).instant(MAILING_DAY, "11:00"),
        participants=";".join(str(email) for email in readers[:MAILING_SIZE]),
        is_auto=False,
        subject=f"What is new in {company.product} this quarter",
    )


def _summary(
    company: Company, stories: list[Story], directory: Path, as_of: datetime, rows: Mapping[str, int]
) -> SampleSummary:
    return SampleSummary(
        directory=directory,
        as_of=as_of,
        company=company.name,
        product=company.product,
        rep_email=company.email(REP),
        manager_email=company.email(MANAGER),
        director_email=company.email(DIRECTOR),
        operations_email=company.email(OPERATIONS),
        ambiguous_name="Bellamy",
        hidden_deal="Bellamy Freight",
        stories=tuple(
            SampleStory(
                slug=story.slug,
                opportunity_id=story.id,
                deal=story.name,
                account=story.account,
                owner_email=company.email(story.owner),
                about=story.about,
                question=story.ask,
            )
            for story in stories
        ),
        rows=rows,
    )
