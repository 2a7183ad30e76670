"""Chat spelling put into the spelling the rules know: "whats" is "what's", "pls" is "please"."""

import re

_SPELLED = {
    "whats": "what's", "hows": "how's", "whos": "who's", "wheres": "where's", "whens": "when's", "whys": "why's",
    "thats": "that's", "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't",
    "havent": "haven't", "hasnt": "hasn't", "isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "wont": "won't",
    "cant": "can't", "couldnt": "couldn't", "shouldnt": "shouldn't", "wouldnt": "wouldn't", "theyre": "they're",
    "u": "you", "ur": "your", "pls": "please", "plz": "please", "thx": "thanks", "tnx": "thanks", "ty": "thank you",
    "w": "with", "bout": "about", "wanna": "want to", "gonna": "going to", "lookin": "looking", "doin": "doing",
    "goin": "going", "opps": "opportunities", "mtg": "meeting", "mtgs": "meetings", "qtr": "quarter",
    "eoq": "quarter end", "eom": "month end", "eoy": "year end", "tmrw": "tomorrow", "tmr": "tomorrow",
    "tomorow": "tomorrow", "yday": "yesterday", "summarize": "summarise", "avg": "average",
    "biggets": "biggest", "bigest": "biggest", "meetngs": "meetings", "forcast": "forecast",
    "pipline": "pipeline", "piepline": "pipeline", "renewels": "renewals", "comit": "commit", "discout": "discount",
}  # fmt: skip
"""Words people type in a hurry, and what they stand for; none of them is part of a usual name."""

_WORD = re.compile(rf"(?<![\w'’.@-])({'|'.join(sorted(_SPELLED, key=len, reverse=True))})(?![\w'’@-]|\.\w)", re.I)


def tidy(text: str) -> str:
    """`text` with hurried words spelled out. A word in capitals may be a name or an abbreviation and stays."""
    return _WORD.sub(lambda found: found[0] if found[0].isupper() else _SPELLED[found[0].casefold()], text)
