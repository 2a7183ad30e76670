"""The questions a page's front matter offers, and the section each belongs to: the words an asker would use."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import numpy as np

from bot.handbook.clean import fold
from bot.handbook.headings import slug
from bot.handbook.model import FileProblem, Page, Section
from bot.handbook.vault import Vault, text_id

SUGGESTED = 3
"""Headings of the page that are named to whoever mistyped one."""


def with_own_questions(page: Page, sections: Sequence[Section]) -> tuple[list[Section], list[FileProblem]]:
    """Return the sections of `page` with the questions written for each, and a problem for each that fits none."""
    asked: dict[int, tuple[str, ...]] = {}
    problems: list[FileProblem] = []
    for name, questions in page.questions.by_section.items():
        at = _named(name, sections)
        if at is None:
            reason = f"front matter, questions: no section with text is called {name!r}"
            problems.append(FileProblem(page.path, reason, _names_to_use(name, sections), skipped=False))
        elif not questions:
            reason = f"front matter, questions: {name!r} holds no question"
            problems.append(FileProblem(page.path, reason, 'write a list of "quoted" questions', skipped=False))
        else:
            asked[at] = (*asked.get(at, ()), *questions)
    return [_asking(section, asked.get(at, ())) for at, section in enumerate(sections)], problems


def _named(name: str, sections: Sequence[Section]) -> int | None:
    """The first section whose anchor, heading or heading as an anchor is `name`."""
    wanted = (name, fold(name), slug(name))
    offered = ((section.section, fold(section.title), slug(section.title)) for section in sections)
    return next((at for at, names in enumerate(offered) if any(map(str.__eq__, wanted, names))), None)


def _names_to_use(name: str, sections: Sequence[Section]) -> str:
    near = get_close_matches(slug(name), [section.section for section in sections if section.section], SUGGESTED, 0.0)
    return f"use a heading of this page: {', '.join(near)}" if near else "the page has no headings; write a plain list"


def _asking(section: Section, questions: tuple[str, ...]) -> Section:
    more = tuple(dict.fromkeys((*section.questions, *questions)))
    return section.model_copy(update={"questions": more}) if questions else section


def place_questions(sections: list[Section], pages: Sequence[tuple[Page, list[int]]], vault: Vault | None) -> None:
    """Give each question asked of a page as a whole to the section of that page that answers it best.

    `pages` tells where the sections of a page stand in `sections`. Without vectors they go to its first section.
    """
    for page, mine in pages:
        for question in page.questions.whole:
            best = max(mine, key=lambda at: _closeness(question, sections[at], vault)) if vault else mine[0]
            sections[best] = _asking(sections[best], (question,))


def _closeness(question: str, section: Section, vault: Vault) -> float:
    asked = vault[text_id(question)]
    return max(float(np.dot(vault[text_id(text)], asked)) for text in section.passages)


def texts_to_embed(sections: Sequence[Section], pages: Sequence[tuple[Page, list[int]]]) -> Iterator[str]:
    """Yield every text the index needs a vector of; some come more than once."""
    for section in sections:
        yield section.heading
        yield from section.passages
        yield from section.questions
    for page, _ in pages:
        yield from page.questions.whole
