"""The test of each element (DOMAIN 3.3): which evidence makes it partial, which confirms it.

Each test returns a `Finding`. `why` is a sentence for the reader: what is there, or what is missing.
The rules are strict on purpose: where they cannot tell, an element stays partial.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.coach.evidence.model import Evidence, Grade
from bot.coach.qualify.ledger import Ledger
from bot.coach.reply import Element
from bot.pipeline.model import Contact

A = (Grade.A,)
A_B = (Grade.A, Grade.B)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the evidence supports: level 0-2, why, the evidence used and the date proof starts to age from.

    `subject` names the person the element turns on where that is not who spoke; `met` says that this person is in
    contact with us.
    """

    level: int
    why: str
    evidence: tuple[Evidence, ...] = ()
    proven_on: date | None = None
    applicable: bool = True
    subject: str | None = None
    met: bool = False


def metrics(ledger: Ledger) -> Finding:
    """Confirmed: baseline, target, period and method in the buyer's writing, carried by someone with influence."""
    written = ledger.of(Element.METRICS, grades=A)
    parts = {item.trait for item in written}
    absent = [part for part in ("baseline", "target", "window", "method") if part not in parts]
    if written and not absent:
        carried = "sponsor" in parts or len({item.person for item in written if item.person}) > 1
        if carried:
            return _confirmed(written, f"their own figures: “{_short(written[-1].quote)}”")
        return _partial(written, "their figures are complete, but nobody with a budget has used them yet")
    numbers = ledger.of(Element.METRICS, "baseline", "target")
    if numbers:
        lacking = f"; {_listed(absent)} not on record" if written else "; not in the buyer's own writing"
        return _partial(numbers, f"a number exists (“{_short(numbers[0].quote)}”){lacking}")
    return Finding(0, "")


def identify_pain(ledger: Ledger) -> Finding:
    """Confirmed: the buyer wrote the problem, its consequence and what makes it urgent."""
    written = ledger.of(Element.IDENTIFY_PAIN, grades=A)
    if {"problem", "consequence", "urgency"} <= {item.trait for item in written}:
        figures = {item.quote for item in ledger.of(Element.METRICS, "target")}
        told = [item for item in written if item.trait == "consequence"]
        worst = next((item for item in told if item.quote not in figures), told[0])
        return _confirmed(written, f"in their words: “{_short(worst.quote)}”")
    named = ledger.of(Element.IDENTIFY_PAIN, "problem")
    if named:
        return _partial(named, f"a problem is named (“{_short(named[0].quote)}”), its cost and urgency are not")
    harmed = ledger.of(Element.IDENTIFY_PAIN, "consequence", grades=A)
    if harmed and (ledger.of(Element.IDENTIFY_PAIN, "urgency", grades=A) or ledger.of(Element.METRICS, grades=A)):
        return _partial(harmed, f"its cost is named (“{_short(harmed[0].quote)}”), the problem behind it is not")
    measured = ledger.of(Element.METRICS, "baseline", grades=A)
    if measured and ledger.of(Element.METRICS, "target", grades=A):
        return _partial(measured, "they measure it and want it better; what happens if nothing changes is not said")
    return Finding(0, "")


def economic_buyer(ledger: Ledger) -> Finding:
    """Confirmed: a named person, in contact with us, whose own words cover the amount."""
    for item in ledger.of(Element.ECONOMIC_BUYER, "authority", grades=A):
        if item.person and _proves_authority(item, ledger):
            acts = ledger.acts_of(item.person)
            why = f"{item.person.name} wrote “{_short(item.quote)}”, which covers the amount"
            return Finding(2, why, (item,), acts[0].on if acts else item.on)
    return _named_economic_buyer(ledger)


def _proves_authority(item: Evidence, ledger: Ledger) -> bool:
    """Whether the person is still there, their words cover the amount and no other sentence takes them back."""
    covers = item.person not in ledger.gone and _covers(item.quote, ledger.amount_at_stake)
    return covers and not _is_limited(ledger, item)


def _named_economic_buyer(ledger: Ledger) -> Finding:
    limits = ledger.of(Element.ECONOMIC_BUYER, "limited", grades=A_B)
    pointed = [(item, person) for item in _pointers(ledger) if (person := _pointed_person(ledger, item))]
    wrote = [item.person for item in ledger.of(Element.ECONOMIC_BUYER, "authority", grades=A) if item.person]
    people = [*wrote, *(person for _, person in pointed), *ledger.claimed("economic buyer")]
    people = [person for person in people if person not in ledger.gone]
    for person in people:
        if ledger.acts_of(person):
            reason = f"; “{_short(limits[0].quote)}”" if limits else "; authority at this amount is not shown"
            return Finding(1, f"{person.name} is in contact{reason}", limits[:1], subject=person.name, met=True)
    pointed = [(item, person) for item, person in pointed if person not in ledger.gone]
    if pointed:
        item, person = pointed[0]
        return Finding(1, f"{person.name} is named but not yet met", (item,), subject=person.name)
    if people:
        return Finding(0, f"{people[0].name} is only our entry in the CRM; no contact and no act of theirs")
    if (pointers := _pointers(ledger)) and (name := _STRANGER.search(pointers[0].quote)):
        return Finding(1, f"{name.group(1)} is named but not yet met", pointers[:1], subject=name.group(1))
    if unnamed := _pointers(ledger):
        return Finding(0, f"“{_short(unnamed[0].quote)}”: no person named", unnamed[:1])
    return Finding(0, "")


_STRANGER = re.compile(
    r"(?<!in )(?<!at )(?<!from )\b((?:(?:Mr|Ms|Mrs|Dr)\.? )?[A-Z][\w'-]+ [A-Z][\w'-]+)"
    r" (?:releases|approves|signs|decides|pays|authori[sz]es|funds|holds)\b"
)
"""A full name right before the deciding verb: a person nobody has in the contact list."""


def _pointers(ledger: Ledger) -> tuple[Evidence, ...]:
    """Sentences that name who releases the money; "I approve …" counts here when only a note reports it."""
    reported = ledger.of(Element.ECONOMIC_BUYER, "authority", grades=(Grade.B,))
    return (*ledger.of(Element.ECONOMIC_BUYER, "pointed_at", grades=A_B), *reported)


def _pointed_person(ledger: Ledger, item: Evidence) -> Contact | None:
    """The contact named in the sentence other than the person speaking."""
    for contact in ledger.deal.contacts:
        surname = contact.name.split()[-1] if contact.name.split() else ""
        if contact != item.person and len(surname) > 1 and re.search(rf"\b{re.escape(surname)}\b", item.quote):
            return contact
    speaks_of_self = item.grade is Grade.B and re.search(r"\b(he|she|himself|herself|his own|her own|I)\b", item.quote)
    return item.person if speaks_of_self else None


_MONEY = re.compile(r"(\d[\d.,' ]*\d|\d)\s*(k|m|thousand|million)?\b", re.IGNORECASE)
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


def _covers(sentence: str, amount: float | None) -> bool:
    """Whether a stated limit reaches the amount. No limit stated covers any amount; no amount, none."""
    if amount is None:
        return False
    limit = _LIMIT.search(sentence)
    found = _MONEY.search(limit.group(1)) if limit else None
    if found is None:
        return True
    return _figure(found.group(1)) * _SCALE.get((found.group(2) or "").lower(), 1.0) >= amount


_LIMIT = re.compile(
    r"\b(?:up to|below|under|limit (?:of|is)|until|at most|maximum(?: of)?|max\.?|bis(?: zu)?|jusqu['’]à|hasta)(?!\w)"
    r"(.{0,25})",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"[.,' ](?=\d{3}(?:\D|$))")
"""What separates thousands, as people of several countries write it."""


def _figure(text: str) -> float:
    """The number in `text`; a group of three digits is a thousand, whichever mark stands before it.

    >>> _figure("120.000"), _figure("1,250,000"), _figure("2.5")
    (120000.0, 1250000.0, 2.5)
    """
    return float(re.sub(r"[^\d.]", "", _GROUPS.sub("", text).replace(",", ".")))


def _is_limited(ledger: Ledger, authority: Evidence) -> bool:
    """Whether a sentence takes the authority back; "above that …" does not once a limit covers the amount."""
    limits = ledger.of(Element.ECONOMIC_BUYER, "limited", grades=A_B)
    has_limit = re.search(r"\bup to\b", authority.quote, re.IGNORECASE) is not None
    return any(not (has_limit and re.search(r"\b(above|beyond)\b", item.quote, re.IGNORECASE)) for item in limits)


def champion(ledger: Ledger) -> Finding:
    """Confirmed: influence, action and stake of one person, at least two of them in the buyer's own acts."""
    best: tuple[frozenset[str], Contact, tuple[Evidence, ...]] | None = None
    items = tuple(item for item in ledger.of(Element.CHAMPION, grades=A_B) if item.person not in ledger.gone)
    for person in dict.fromkeys(item.person for item in items if item.person):
        own = tuple(item for item in items if item.person == person)
        traits = frozenset(item.trait for item in own)
        if best is None or len(traits) > len(best[0]):
            best = (traits, person, own)
    if best is None:
        return _no_champion(ledger)
    traits, person, own = best
    acts_in_writing = {item.trait for item in own if item.grade is Grade.A}
    if len(traits) == 3 and len(acts_in_writing) >= 2:
        return _confirmed(own, f"{person.name} acted for us: “{_short(own[0].quote)}”")
    absent = [trait for trait in ("influence", "action", "stake") if trait not in traits]
    unproven = f"{_listed(absent)} not shown" if absent else "shown in notes more than in their own acts"
    return _partial(own, f"{person.name}: {_listed(sorted(traits))} shown, {unproven}")


def _no_champion(ledger: Ledger) -> Finding:
    claimed = ledger.claimed("champion")
    if claimed and claimed[0] in ledger.gone:
        return Finding(0, f"{claimed[0].name} has left; everything rested on them and has to be earned again")
    if claimed:
        return Finding(0, f"{claimed[0].name} is called champion in the CRM; no act of theirs for us is on record")
    return Finding(0, "")


def decision_criteria(ledger: Ledger) -> Finding:
    """Partial at most by rules: that a list covers both sides and has owners needs a reader."""
    items = ledger.of(Element.DECISION_CRITERIA)
    if not items:
        return Finding(0, "")
    ranked = ledger.of(Element.DECISION_CRITERIA, "ranked", grades=A)
    if ranked:
        return _partial(ranked, f"ranked by {_who(ranked[0])}; who owns each criterion is not on record")
    return _partial(items, f"heard, not ranked: “{_short(items[0].quote)}”")


def decision_process(ledger: Ledger) -> Finding:
    """Confirmed: the buyer confirmed dated steps in writing. A newer "nobody knows" takes a level away."""
    items = ledger.of(Element.DECISION_PROCESS, "step", "plan_confirmed")
    if not items:
        return _open_question(ledger)
    written = ledger.traits(Element.DECISION_PROCESS, grades=A)
    if {"step", "dated", "plan_confirmed"} <= written:
        dated = ledger.of(Element.DECISION_PROCESS, "dated", grades=A)
        return _confirmed(items, f"confirmed in writing: “{_short(dated[0].quote)}”")
    against = ledger.against(Element.DECISION_PROCESS)
    if against and against[0].on > items[0].on:
        return Finding(0, f"“{_short(against[0].quote)}”", against[:1])
    return _partial(items, f"one step heard, the path to yes is not: “{_short(items[0].quote)}”")


def _open_question(ledger: Ledger) -> Finding:
    against = ledger.against(Element.DECISION_PROCESS)
    return Finding(0, f"“{_short(against[0].quote)}”" if against else "", against[:1])


def paper_process(ledger: Ledger) -> Finding:
    """Confirmed: documents, owner, duration and a step already started, at least one in the buyer's writing."""
    items = ledger.of(Element.PAPER_PROCESS, "step", "owner", "started", "duration")
    if not items:
        return Finding(0, "")
    traits = {item.trait for item in items}
    if {"step", "owner", "started", "duration"} <= traits and ledger.of(Element.PAPER_PROCESS, grades=A):
        return _confirmed(items, f"under way: “{_short(items[0].quote)}”")
    absent = [part for part in ("owner", "duration") if part not in traits]
    return _partial(items, f"“{_short(items[0].quote)}”; {_listed(absent) or 'proof in their writing'} not on record")


def competition(ledger: Ledger) -> Finding:
    """Confirmed: the buyer named the alternatives and our standing against them."""
    named = ledger.of(Element.COMPETITION, "named", grades=A_B) or _by_name(ledger)
    if not named:
        return Finding(0, "")
    if {"named", "standing"} <= ledger.traits(Element.COMPETITION, grades=A):
        return _confirmed(named, f"named with our standing: “{_short(named[0].quote)}”")
    return _partial(named, f"“{_short(named[0].quote)}”; our standing is not known")


def _by_name(ledger: Ledger) -> tuple[Evidence, ...]:
    """What only we assert about rivals counts where it names one."""
    asserted = ledger.of(Element.COMPETITION, "named")
    return tuple(item for item in asserted if re.search(r"(?<!^)\b[A-Z]\w+|^[A-Z][a-z]+[A-Z]", item.quote))


def partner(ledger: Ledger) -> Finding:
    """Not applicable while nobody resells, installs or influences; else role and registration must be agreed."""
    if not has_partner(ledger):
        return Finding(0, "no partner is involved", applicable=False)
    traits = ledger.traits(Element.PARTNER)
    items = ledger.of(Element.PARTNER)
    if "roles_agreed" in ledger.traits(Element.PARTNER, grades=A_B) and "registered" in traits:
        return _confirmed(items, "role and registration are agreed")
    return _partial(items, "the partner is active; who does what is not in writing")


def has_partner(ledger: Ledger) -> bool:
    """Whether a third party is recorded on the deal or in the evidence."""
    recorded = any("partner" in key.casefold() and value for key, value in ledger.deal.custom.items())
    return recorded or bool(ledger.claimed("partner")) or bool(ledger.of(Element.PARTNER, "involved"))


ELEMENT_TESTS: dict[Element, Callable[[Ledger], Finding]] = {
    Element.METRICS: metrics,
    Element.ECONOMIC_BUYER: economic_buyer,
    Element.DECISION_CRITERIA: decision_criteria,
    Element.DECISION_PROCESS: decision_process,
    Element.PAPER_PROCESS: paper_process,
    Element.PARTNER: partner,
    Element.IDENTIFY_PAIN: identify_pain,
    Element.CHAMPION: champion,
    Element.COMPETITION: competition,
}


def _confirmed(items: tuple[Evidence, ...], why: str) -> Finding:
    return Finding(2, why, items, max(item.on for item in items))


def _partial(items: tuple[Evidence, ...], why: str) -> Finding:
    return Finding(1, why, items)


def _who(item: Evidence) -> str:
    return item.person.name if item.person else "the buyer"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _short(quote: str, limit: int = 90) -> str:
    if len(quote) <= limit:
        return quote.rstrip(".")
    return quote[:limit].rsplit(" ", 1)[0] + " …"
