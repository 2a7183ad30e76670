"""Noise goes, guidance stays."""

import pytest

from bot.handbook.clean import clean, drop_repeats


def test_a_table_of_contents_goes_and_a_real_list_stays() -> None:
    contents = "Guide\n- First Part\n- Second Part\n- Third Part\n- Appendix\n"
    text = contents + "First Part\nBody.\nSecond Part\n- one\n- two\n- three\n- four\nThird Part\nEnd."
    cleaned = clean(text)
    assert "- First Part" not in cleaned
    assert "- one\n- two\n- three\n- four" in cleaned


def test_entries_with_page_numbers_go() -> None:
    assert clean("Objections ........ 12\nTalk about price last.") == "Talk about price last."


@pytest.mark.parametrize(
    "line", ["Mind Map: Pricing", "Pricing Mind Map", "Mind map:", "Pricing Mind Map for a Single Deal"]
)
def test_mind_map_placeholders_go(line: str) -> None:
    assert clean(f"Before.\n{line}\nAfter.") == "Before.\nAfter."


@pytest.mark.parametrize(
    "line", ["Step 4: Create a Mind Map to Keep the Plan Coherent", "Draw the mind map below first."]
)
def test_sentences_about_mind_maps_stay(line: str) -> None:
    assert line in clean(f"Before.\n{line}\nAfter.")


def test_a_lone_hyphen_joins_the_line_it_belongs_to() -> None:
    assert clean("Two ways:\n-\nWay one\n-\n\nEnd.") == "Two ways:\n- Way one\n\nEnd."


def test_an_unfenced_diagram_goes() -> None:
    assert clean("Flow:\nflowchart TD\nA[Lead] --> B[Deal]\nB -->|won| C\nRead it left to right.") == (
        "Flow:\nRead it left to right."
    )


def test_scripts_go_and_prose_about_scripts_stays() -> None:
    assert clean("Hi<script type=x>steal()</script> there<!-- note -->.") == "Hi there."
    assert clean("Never paste a <script> tag. It is unsafe.") == "Never paste a  tag. It is unsafe."


def test_a_script_split_by_a_zero_width_space_goes() -> None:
    assert "steal" not in clean("Hi<scr\u200bipt>steal()</scr\u200bipt>.")


def test_a_long_paragraph_is_kept_once_and_short_lines_stay() -> None:
    paragraph = "A paragraph that somebody pasted three times by accident, long enough to be no coincidence."
    text = "\n".join([paragraph, "CTA: confirm.", paragraph.upper(), "CTA: confirm.", paragraph])
    assert drop_repeats(text) == f"{paragraph}\nCTA: confirm.\nCTA: confirm."


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("<script>" * 60_000, ""),
        ("." * 400_000, "." * 400_000),
        ("|" * 400_000, ""),
        ("![[" * 120_000, "![[" * 120_000),
        ("- " * 200_000, ("- " * 200_000).rstrip()),
    ],
    ids=["unclosed tags", "dots", "bars", "brackets", "markers"],
)
def test_no_input_stalls_cleaning(hostile: str, kept: str) -> None:
    """A pattern that tries every split of such a line would need hours; `make` ends any test after five minutes."""
    assert clean(f"flowchart TD\n{hostile}\nAfter.") == f"{kept}\nAfter.".lstrip()
