"""Invented names for the crowd behind the stories: people, companies, products, subjects of mails.

Companies are two syllable groups and a trade; a random one is never handed out twice.
"""

from random import Random

FIRST = (
    "Adela Alfred Amara Anton Bettina Boris Camille Cyrus Dalia Edmond Elena Ezra Fiona Franz Gemma Harold "
    "Ilse Isaac Jana Julius Keira Konrad Lucia Magnus Mirela Nadir Olive Pascal Quinn Rosa Rupert Selma "
    "Stefan Thea Ulrich Vanessa Viktor Wanda Xavier Zelda"
).split()
LAST = (
    "Albrecht Bancroft Caruso Dahl Eastman Ferrante Gallagher Hobbs Ivarsson Janssen Kimura Larkin Mercer "
    "Novak Ortega Pascoe Quiller Romero Sorensen Tobin Underhill Vasquez Whitlock Yardley Zimmer Ashdown "
    "Bergstrom Coyle Draper Engel Fairbank Grimaldi Hewitt Ingram Jarrow Kessler Lockhart Munro Nyman Oakes"
).split()
TITLES = (
    ("Operations Manager", "User"),
    ("Head of Operations", "Champion"),
    ("Finance Director", "Economic Buyer"),
    ("HR Systems Manager", "Technical"),
    ("Shift Planner", "User"),
    ("Procurement Specialist", "Procurement"),
    ("Site Manager", None),
    ("IT Service Lead", None),
)
_ONSETS = (
    "Alder Bracken Carl Dun Elms Fen Garth Hazel Ing Kel Lang Mar Nether Oad Pit Ral Stan Thorp Upper Whit "
    "Ash Birk Cold Dray Ever Farn Glen Holm Ketter Lind"
).split()
_CODAS = "wick stead field mouth gate combe worth ley dale hurst bridge sett moor holt brook croft".split()
_TRADES = (
    "Foods Textiles Clinics Logistics Retail Hotels Metals Paper Dairies Transport Interiors Chemicals "
    "Bakeries Security Catering Plastics"
).split()
PRODUCTS = (
    "Shift planning",
    "Absence cover",
    "Swap board",
    "Payroll bridge",
    "Time clock",
    "Agency desk",
    "Demand forecast",
)
SUBJECTS = {
    "sent": (
        "Notes from our talk",
        "Two open questions",
        "Example roster",
        "Next talk",
        "Answers to your list",
        "Figures we would need",
        "Proposal, second version",
        "Who else should see this?",
    ),
    "received": (
        "Re: Notes from our talk",
        "Re: Two open questions",
        "Our list",
        "Question on the export",
        "Re: Next talk",
        "Figures for last month",
        "Re: Proposal, second version",
    ),
    "meeting": (
        "First talk",
        "How shifts are planned today",
        "Working session",
        "Walk through a bad week",
        "Interfaces",
        "Proposal review",
        "Terms",
    ),
    "call": ("Quick question", "Checked the dates", "Left a message", "Open points", "Number of sites"),
}


class NameBag:
    """Names drawn with `rng`; companies come without repetition."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._places = [onset + coda for onset in _ONSETS for coda in _CODAS]
        rng.shuffle(self._places)

    def company(self) -> str:
        """Return a company nobody has been given yet. Raises IndexError when all are used."""
        return f"{self._places.pop()} {self._rng.choice(_TRADES)}"

    def people(self, count: int) -> list[tuple[str, str, str | None]]:
        """Return `count` different persons as (name, title, CRM role); titles repeat only beyond eight."""
        firsts, lasts = self._rng.sample(FIRST, count), self._rng.sample(LAST, count)
        titles = self._rng.sample(TITLES, min(count, len(TITLES)))
        return [
            (f"{first} {last}", *titles[number % len(titles)])
            for number, (first, last) in enumerate(zip(firsts, lasts, strict=True))
        ]


def domain_of(company: str) -> str:
    """Return the mail domain of an invented company; `.example` never resolves."""
    return f"{'-'.join(company.lower().split())}.example"
