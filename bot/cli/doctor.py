"""The checks of `coach doctor`: each says what it found and, if that is bad, the fix."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.cli.doctor_slack import examine_accounts, examine_slack
from bot.cli.finding import Finding
from bot.cli.writable import writable
from bot.coach.llm.errors import ModelError
from bot.coach.llm.probe import JOB, answers
from bot.coach.llm.prompts import PromptError, load_prompt
from bot.coach.playbook import CoachPlaybook
from bot.handbook.errors import HandbookError
from bot.handbook.search import Handbook
from bot.jobs.digests import DigestRules
from bot.memory.deliveries import DeliveryStatus
from bot.memory.errors import BotMemoryError
from bot.pipeline.sources import configured
from bot.pipeline.store import NoSnapshot
from bot.pipeline.syncing import SyncState, read_statuses
from bot.playbook import PlaybookError
from bot.resources import shipped
from bot.runtime import Runtime

STALE_AFTER = timedelta(hours=48)


async def examine(runtime: Runtime, now: datetime) -> list[Finding]:
    """Run every check; a failing one never hides the others."""
    checks: tuple[Callable[[], Finding], ...] = (
        lambda: _playbook(runtime),
        lambda: _pipeline(runtime, now),
        lambda: _handbook(runtime),
        lambda: _memory(runtime),
        lambda: _sources(runtime),
        lambda: _write_back(runtime, now),
        lambda: _model(runtime),
    )
    return [*(check() for check in checks), await examine_slack(runtime), examine_accounts(runtime, now)]


def _playbook(runtime: Runtime) -> Finding:
    directory = runtime.settings.playbook_dir
    try:
        doubts = runtime.rules.stages.warnings()
        CoachPlaybook.load(directory)
        DigestRules.load(directory)
    except PlaybookError as error:
        return Finding("playbook", "bad", str(error), "edit the line named")
    return Finding("playbook", "ok", "; ".join(["all files are valid", *doubts]))


def _pipeline(runtime: Runtime, now: datetime) -> Finding:
    try:
        pipeline = runtime.coach.open_pipeline()
        snapshot = runtime.store.current()
    except (NoSnapshot, PlaybookError) as error:
        return Finding("pipeline", "bad", str(error), "coach import DIR")
    taken = datetime.fromtimestamp(snapshot.stat().st_mtime, tz=now.tzinfo) if snapshot else now
    found = f"{len(pipeline.deal_names(None)):,} deals, {len(pipeline.users):,} people, taken {taken:%Y-%m-%d %H:%M}"
    if now - taken > STALE_AFTER:
        return Finding("pipeline", "bad", f"{found}, older than 48 h", "coach import DIR with fresh files")
    return Finding("pipeline", "ok", found)


def _handbook(runtime: Runtime) -> Finding:
    try:
        book = Handbook.open(runtime.settings.index_dir, runtime.embedder, runtime.settings.handbook_base_url)
    except HandbookError as error:
        return Finding("handbook", "bad", str(error), "coach handbook index")
    degraded = f"; keyword search only: {book.degraded}" if book.degraded else ""
    return Finding("handbook", "ok", f"{book.size:,} sections{degraded}")


def _memory(runtime: Runtime) -> Finding:
    try:
        dead = runtime.memory.deliveries(DeliveryStatus.DEAD)
        gone = runtime.memory.mailings.out_of_reach()
    except BotMemoryError as error:
        return Finding("memory", "bad", str(error), "check COACH_MEMORY_URL and the rights on COACH_HOME")
    if dead:
        last = dead[0]
        found = f"{len(dead)} deliveries given up; last: {last.kind} to {last.reader_id} ({last.reason})"
        found += f"; {len(gone)} people or channels out of reach" if gone else ""
        fix = "mend the reason (coach deliveries --status dead lists them); the next day's message goes out by itself"
        return Finding("memory", "bad", found, fix)
    return Finding("memory", "ok", "reachable, no delivery given up")


def _sources(runtime: Runtime) -> Finding:
    statuses = read_statuses(runtime.settings.sources_dir)
    unsynced = [name for name in configured(runtime.settings) if name not in {status.source for status in statuses}]
    if not statuses and not unsynced:
        return Finding("sources", "off", "no live source was ever synced; files can be imported", "see docs/sources.md")
    found = "; ".join([*(status.summary for status in statuses), *(f"{name}: never read" for name in unsynced)])
    unread = [status.source for status in statuses if status.state in (SyncState.FAILED, SyncState.PARTIAL)]
    if unread:
        return Finding("sources", "bad", found, f"mend the reason (coach sync --status), then coach sync {unread[0]}")
    if unsynced:
        return Finding("sources", "bad", found, f"coach sync {unsynced[0]}")
    return Finding("sources", "ok", found)


def _write_back(runtime: Runtime, now: datetime) -> Finding:
    """Whether the CRM lets the coach write what it may be asked to; nothing is written to find out."""
    if runtime.settings.write_back == "off":
        return Finding("write back", "off", "WRITE_BACK is off; the coach only reads", "see docs/sources.md")
    able, problems = writable(runtime.settings)
    if abandoned := runtime.memory.crm_writes.abandoned(now):
        problems.append(f"{abandoned} writes were begun and never ended: see coach audit list --kind 'crm write'")
    if problems:
        return Finding("write back", "bad", "; ".join([*able, *problems]), "grant what is named, or correct crm.yaml")
    return Finding("write back", "ok", "; ".join(able))


def _model(runtime: Runtime) -> Finding:
    """Whether the configured model answers one small question in the agreed form."""
    settings = runtime.settings
    if settings.openai_api_key is None and settings.openai_base_url is None and settings.model is None:
        return Finding("model", "off", "none is configured; answers come from code alone", "see README, A model")
    try:
        deepener = runtime.deepener
        if deepener is None:
            return Finding("model", "off", "none is configured; answers come from code alone", "see README, A model")
        usable = answers(deepener.client.chat, load_prompt(shipped("prompts"), JOB))
    except (ModelError, PlaybookError, PromptError) as error:
        return Finding("model", "bad", str(error), "check OPENAI_API_KEY, OPENAI_BASE_URL and COACH_MODEL")
    if not usable:
        fix = "set structured_output in model.yaml to function_calling or json_mode"
        return Finding("model", "bad", f"{deepener.client.model} answers, but not in the agreed form", fix)
    return Finding("model", "ok", f"{deepener.client.model} answers in the agreed form")
