"""Words of a message that read like the name of a deal or a person, though nobody the asker may see bears it."""

import re

_NAME_AFTER = re.compile(
    r"\b(?:pull up|status of|how(?:'s| is| are| about)|what about|where are we (?:on|with)|update on|assess|"
    r"happened to|going with|show me|summari[sz]e|sum up|(?:brief me|fill me in) on|tell me about)\s+"
    r"(?:the |our |my )?((?:[a-z][\w&.'-]{3,}\s*){1,3})",
    re.IGNORECASE,
)
_NAME_LIKE = re.compile(r"\b[A-Z][a-z][\w'-]{2,}")
_SHORT = 3  # words: a message this short is a name or a keyword
_CAPITALISED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z][\w'-]{2,}")
_ORDINARY = frozenset(
    """
    about after again agenda all also always amount any anyone april are around assess assessment attainment august
    backwards battle because been before best better between biggest bonjour book bookings both bottleneck
    bottlenecks brief briefing budget build buyer buyers calendar call calls card category champion change changed
    changes chat christmas close closes closing cold come command commit commitment company competition consult
    contact contacts contract conversion could coverage criteria customer customers cycle danke date day days deal
    deals december decision discovery does doing draft due each economic email enough every everything evidence
    exec executive expensive explain february final find first fit fix follow-up followup forecast friday from
    funnel gap gaps gates get give going good gracias green haha half hallo hand handbook handle happened have
    health hear help her here him his hmm hola hot how hygiene intent into january joint joke july june just keep
    know last lead leave legal like line lines list lol look lost mail make manual many map march may mean meddpicc
    meddppicc meeting meetings merci metrics mind mine missing moin moment monday month more most move much mutual
    my need needs new newest next no nope not nothing november now number numbers objection october off okay old
    oldest once only oops open opportunity order other our out over own pain paper partner partners people percent
    pipeline plan please point points poor price pricing probability process procurement promise promised proposal
    pull push qualification quarter question questions quick quota rate rates readiness ready really rebook recap
    red rep reply reps response reverse review right risk rota rude safe sales saturday say see sell send september
    share should show sign signed silly since slipping smallest solution some someone soon stage stakeholder
    stakeholders start status stay step steps still stop such sunday take talk team tell than that the their them
    then there these they thing things this those thursday time timeline today tomorrow touch trial tuesday turned
    two under until update upset use used value verbal very view wait want was wednesday week weighted well went
    were what when where which while who whole why will win with without work worst would write written wrong yep
    yes yesterday yet you your yourself
    """.split()
)
"""Words a question may hold without naming a deal; anything else that looks like a name is treated as one."""
_VOCABULARY = 1_000  # words; a handbook has more, a list of colleagues fewer


def unknown_names(text: str, known: frozenset[str]) -> list[str]:
    """Words of `text` that read like a name nobody resolved. `known`: words that need no explaining.

    Used to choose between "no such deal in your view" and an answer without a deal. Words in lower case
    are judged only where `known` brings a vocabulary to judge them by.
    """
    candidates = _CAPITALISED.findall(text)
    if len(text.split()) <= _SHORT:
        candidates += _NAME_LIKE.findall(text) if " " in text.strip() else text.split()
    if len(known) >= _VOCABULARY:
        candidates += [word for match in _NAME_AFTER.findall(text) for word in match.split()]
    found = []
    for word in candidates:
        plain = re.sub(r"['’]s$|[^\w-]", "", word).casefold()
        if plain and plain not in _ORDINARY and plain not in known and not plain.isdigit():
            found.append(plain)
    return list(dict.fromkeys(found))
