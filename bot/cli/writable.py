"""What the configured CRMs let the coach write, for `coach doctor`."""

from datetime import UTC, datetime

from bot.coach.writing.model import label_of
from bot.pipeline.sources import SourceError, configured, load_crm_rules
from bot.pipeline.sources.writers import WRITERS, make_writer
from bot.settings import Settings


def writable(settings: Settings) -> tuple[list[str], list[str]]:
    """Return what may be written in each CRM, and what may not with what to grant. Asks, and writes nothing."""
    rules = load_crm_rules(settings.playbook_dir)
    names = [name for name in WRITERS if name in configured(settings)]
    able, problems = [], []
    for name in names:
        try:
            found = make_writer(name, settings, rules, lambda: datetime.now(UTC)).describe()
        except SourceError as error:
            problems.append(f"{name}: {error}")
            continue
        targets = [label_of(target).lower() for target in (*found.fields, *found.adds)]
        able.append(f"{name}: {', '.join(targets) or 'nothing'} can be written")
        problems += found.problems
    return able, problems if names else ["WRITE_BACK is on and neither Salesforce nor HubSpot is set up"]
