"""The associations of one HubSpot record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class Links:
    """Associations by the type of object they lead to, as HubSpot answers them."""

    by_type: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    def ids(self, object_type: str) -> list[str]:
        """Return the ids of the associated records, in a fixed order."""
        return sorted(str(link["toObjectId"]) for link in self.by_type.get(object_type, ()))

    def primary(self, object_type: str) -> str | None:
        """Return the record HubSpot calls primary, else the first; None without any."""
        labelled = list(self.labelled(object_type))
        named = [record for record, labels in labelled if PRIMARY in (label.lower() for label in labels)]
        return next(iter(named or [record for record, _ in labelled]), None)

    def labelled(self, object_type: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each associated record with the labels people gave the association."""
        links = {str(link["toObjectId"]): link for link in self.by_type.get(object_type, ())}
        for record, link in sorted(links.items()):
            yield record, tuple(sorted({kind["label"] for kind in link["associationTypes"] if kind.get("label")}))
