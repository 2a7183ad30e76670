"""The CRM hygiene score: is the record filled in, well-formed and up to date (DOMAIN 7, 12.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from bot.pipeline.hygiene.case import Case
from bot.pipeline.hygiene.written import names_a_day

_CURRENCY_LETTERS = 3


@dataclass(frozen=True, slots=True)
class RecordScore:
    """Completeness and consistency in percent, with what broke them; days since anything changed.

    `recency_days` is None if nothing is dated. `is_stale` flags a record older than the playbook allows.
    """

    completeness: float
    consistency: float
    missing: tuple[str, ...]
    broken: tuple[str, ...]
    recency_days: int | None
    is_stale: bool

    @property
    def value(self) -> float:
        """The score in percent: mean of completeness and consistency."""
        return (self.completeness + self.consistency) / 2


def score_record(case: Case) -> RecordScore:
    """Score one open deal; fields your data does not have at all are not asked for."""
    filled = _fields(case)
    formats = {name: good for name, good in _formats(case).items() if good is not None}
    days = _recency(case)
    return RecordScore(
        completeness=100 * fmean(filled.values()),
        consistency=100 * fmean(formats.values()) if formats else 100.0,
        missing=tuple(name for name, good in filled.items() if not good),
        broken=tuple(name for name, good in formats.items() if not good),
        recency_days=days,
        is_stale=days is not None and days > case.limits.stale_days,
    )


def mean_score(scores: Iterable[RecordScore | None]) -> float | None:
    """Return the mean score of several records in percent; None without any."""
    values = [score.value for score in scores if score]
    return fmean(values) if values else None


def _fields(case: Case) -> dict[str, bool]:
    """Which of the minimum fields are filled, of those that are recorded at all."""
    deal = case.deal
    values = {
        "account": deal.account,
        "type": deal.type,
        "amount": deal.amount is not None,
        "currency": deal.currency,
        "stage": case.stages.resolve(deal.stage) or deal.stage_visits,
        "close_date": deal.close_date,
        "forecast_category": deal.forecast_category,
        "next_step": deal.next_step,
        "contact": deal.contacts,
        "industry": case.custom("industry"),
        "source": case.custom("source"),
    }
    unrecorded = {name for name in ("industry", "source") if not case.knows(name)}
    unrecorded |= set() if case.recorded.contacts else {"contact"}
    return {name: bool(values[name]) for name in case.rules.minimum_fields if name not in unrecorded}


def _formats(case: Case) -> dict[str, bool | None]:
    """Which format rules hold; None where there is nothing to judge."""
    deal, today = case.deal, case.brief.today
    born = deal.created_on or date.min
    currency = deal.currency
    return {
        "amount above zero": None if deal.amount is None else deal.amount > 0,
        "currency code of three letters": None if not currency else len(currency) == _CURRENCY_LETTERS,
        "stage of the playbook": case.stages.resolve(deal.stage) is not None,
        "close date after creation": None if deal.close_date is None else deal.close_date >= born,
        "close date ahead": None if deal.close_date is None else deal.close_date >= today,
        "next step with a day": None if not deal.next_step else names_a_day(deal.next_step),
    }


def _recency(case: Case) -> int | None:
    """Days since anybody touched the deal, moved it or wrote about it."""
    deal, facets = case.deal, case.brief.facets
    days = [visit.entered_on for visit in deal.stage_visits]
    days += [note.on for note in deal.notes]
    days += [change.on for change in deal.changes]
    days += [day for day in (deal.created_on, facets.last_meeting) if day]
    ages = [(case.brief.today - day).days for day in days]
    ages += [age for age in (facets.days_untouched, facets.days_since_inbound) if age is not None]
    return min(ages, default=None)
