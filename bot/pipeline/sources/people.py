"""The people of `crm.yaml`, laid over what the CRM says of them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.pipeline.sources.crm_rules import CrmRules
from bot.pipeline.sources.protocol import Record


def with_people(users: Sequence[Record], rules: CrmRules) -> tuple[Record, ...]:
    """Return the records of all users, corrected by the playbook; a manager is found by address among them."""
    ids = {str(user.values.get("email")).lower(): user.id for user in users}
    known = {address.lower(): person for address, person in rules.people.items()}
    corrected = []
    for user in users:
        person = known.get(str(user.values.get("email")).lower())
        if person is not None:
            said = {column: value for column, value in person.model_dump(mode="json").items() if value}
            manager = ids.get(str(said.pop("manager", "")).lower())
            said |= {"manager_id": manager} if manager else {}
            user = replace(user, values={**user.values, **said})
        corrected.append(user)
    return tuple(corrected)
