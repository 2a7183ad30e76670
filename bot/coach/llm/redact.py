"""Addresses and telephone numbers are replaced before anything leaves the house, and put back afterwards."""

import re
from dataclasses import dataclass, field
from typing import Any

_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w+])(?:\+\d{1,3}[ .()/-]{0,2}|\(0\)\d{1,4}[ ./-]?|\(?0\d{1,4}\)?[ ./-]{0,2}|\(\d{2,4}\)[ .-]?)"
    r"(?:\d{2,}[ ./-]{0,2}){2,5}\d?(?!\w)"
)
_FEWEST_DIGITS = 8


@dataclass(slots=True)
class Redactor:
    """Stand-ins for one request: the same address always gets the same one."""

    _stand_ins: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """`text` with stand-ins such as [address-1] and [phone-1]."""
        hidden = _ADDRESS.sub(lambda match: self._stand_in(match[0], "address"), text)
        return _PHONE.sub(lambda match: self._phone(match[0]), hidden)

    def restore(self, answer: Any) -> Any:
        """An answer of the model with the real values back in every text of it."""
        if isinstance(answer, str):
            for real, stand_in in self._stand_ins.items():
                answer = answer.replace(stand_in, real)
            return answer
        if isinstance(answer, dict):
            return {key: self.restore(value) for key, value in answer.items()}
        return [self.restore(item) for item in answer] if isinstance(answer, list) else answer

    def _phone(self, found: str) -> str:
        digits = sum(char.isdigit() for char in found)
        if digits < _FEWEST_DIGITS:
            return found
        number = found.rstrip(" ./-")
        return self._stand_in(number, "phone") + found[len(number) :]

    def _stand_in(self, real: str, kind: str) -> str:
        count = sum(stand_in.startswith(f"[{kind}") for stand_in in self._stand_ins.values())
        return self._stand_ins.setdefault(real, f"[{kind}-{count + 1}]")
