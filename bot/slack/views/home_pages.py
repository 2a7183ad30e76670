"""The pages of the Home tab: which one is shown travels in the value of the button that leads there."""

from dataclasses import dataclass, replace
from typing import Any

from bot.pipeline.brief import HealthBucket
from bot.slack.ids import ActionId
from bot.slack.views.blocks import Element, button
from bot.slack.views.message import Block

HomeView = dict[str, object]
LONGEST_OPTION = 150  # characters of an option's value
_BUCKETS = tuple(HealthBucket)


@dataclass(frozen=True, slots=True)
class HomePage:
    """Which part is shown: whose deals (None = all one may see), which ten, or which saved view how narrowed."""

    person_id: str | None = None
    number: int = 0
    view: str | None = None
    stage: str | None = None
    bucket: HealthBucket | None = None

    @property
    def value(self) -> str:
        """The page as the value of a button or option."""
        bucket = str(_BUCKETS.index(self.bucket)) if self.bucket else ""
        return ":".join([str(self.number), self.view or "", bucket, self.stage or "", self.person_id or ""])

    @classmethod
    def read(cls, value: str) -> "HomePage":
        """The page behind a button; the first one for a value that is not ours."""
        parts = value.split(":", 4)
        if len(parts) != 5:
            return cls()
        number, view, bucket, stage, person_id = parts
        chosen = _BUCKETS[int(bucket)] if bucket.isdigit() and int(bucket) < len(_BUCKETS) else None
        return cls(person_id or None, int(number) if number.isdigit() else 0, view or None, stage or None, chosen)

    def turned(self, by: int) -> "HomePage":
        """The page `by` pages on."""
        return replace(self, number=max(self.number + by, 0))

    def narrowed(self, **changes: Any) -> "HomePage":
        """The first page with other filters."""
        return replace(self, number=0, **changes)


def go(label: str, page: HomePage, number: int) -> Element:
    """A button to a page; `number` tells the buttons of one tab apart."""
    return button(label, ActionId.HOME_GO.numbered(number), page.value)


def home_tab(*blocks: Block) -> HomeView:
    """The blocks as a Home tab. Slack takes 100 blocks."""
    return {"type": "home", "blocks": list(blocks[:100])}
