"""`docs/data.md` names every file and column of the pipeline CSV, and no other."""

import re
from pathlib import Path

from bot.pipeline.importing.contract import CONTRACTS

PAGE = Path(__file__).parents[2] / "docs" / "data.md"


def test_page_and_contract_name_the_same_columns() -> None:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    written = {
        re.match(r"(\w+)\.csv", section).group(1): re.findall(r"^\| \**`(\w+)`", section, flags=re.MULTILINE)  # type: ignore[union-attr]
        for section in sections
    }
    assert written == {contract.name: list(contract.column_names) for contract in CONTRACTS.values()}
