import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.coach.strangers import unknown_names
from bot.coach.understand import Kind, understand


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("how is Kolbotn doing?", Kind.ASSESS),
        ("Kolbotn", Kind.ASSESS),
        ("is Kolbotn a lock?", Kind.ASSESS),
        ("MEDDPPICC gaps on Kolbotn", Kind.GAPS),
        ("meddic for Kolbotn", Kind.GAPS),
        ("what's missing on Kolbotn?", Kind.GAPS),
        ("next step for Kolbotn", Kind.NEXT_STEPS),
        ("what should I do with Kolbotn?", Kind.NEXT_STEPS),
        ("how is my pipeline?", Kind.PIPELINE),
        ("which deals need me?", Kind.PIPELINE),
        ("team's deals at risk", Kind.PIPELINE),
        ("forecast please", Kind.FORECAST),
        ("weighted numbers for May", Kind.FORECAST),
        ("push Kolbotn to the end of the quarter and keep it in Commit", Kind.CHANGE),
        ("move the close date to Friday", Kind.CHANGE),
        ("help", Kind.HELP),
        ("hello there", Kind.GREETING),
        ("thanks!", Kind.THANKS),
    ],
)
def test_what_a_message_asks_for(text: str, kind: Kind) -> None:
    assert understand(text).kind is kind


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("when did Kolbotn last write?", "days_since_inbound"),
        ("how long since they replied?", "days_since_inbound"),
        ("when is the next meeting with Kolbotn?", "next_meeting"),
        ("when was our last meeting with Kolbotn?", "last_meeting"),
        ("how old is Kolbotn?", "opp_age"),
        ("how long has Kolbotn been in this stage?", "days_in_stage"),
        ("how many contacts are engaged at Kolbotn?", "contacts_engaged"),
        ("when does it close?", "close_date"),
        ("how big is Kolbotn?", "amount"),
        ("what stage is Kolbotn in?", "stage"),
        ("who owns Kolbotn?", "owner"),
    ],
)
def test_one_number_asked_for_by_itself(text: str, facet: str) -> None:
    assert understand(text).facet == facet


@pytest.mark.parametrize(
    ("text", "odds", "lines", "brief"),
    [
        ("what are the odds?", True, False, False),
        ("will they sign?", True, False, False),
        ("Kolbotn in two lines", False, False, True),
        ("tl;dr Kolbotn", False, False, True),
        ("write two lines to my boss about Kolbotn", False, True, False),
        ("draft a recap mail for Kolbotn", False, True, False),
        ("how is Kolbotn?", False, False, False),
    ],
)
def test_how_the_answer_should_look(text: str, odds: bool, lines: bool, brief: bool) -> None:
    question = understand(text)
    assert (question.wants_odds, question.wants_lines, question.brief) == (odds, lines, brief)


@given(st.text(max_size=300))
def test_any_text_is_understood_as_something(text: str) -> None:
    question = understand(text)
    assert question.text == text
    assert question.kind in Kind


class TestUnknownNames:
    def test_a_capitalised_word_nobody_knows_is_a_name(self) -> None:
        assert unknown_names("how is Grimsdalen doing?", frozenset()) == ["grimsdalen"]

    def test_weekdays_months_and_the_vocabulary_are_no_names(self) -> None:
        assert unknown_names("what about Monday in October?", frozenset()) == []
        assert unknown_names("is the Mutual plan from Ruben ready?", frozenset({"ruben"})) == []

    def test_a_lower_case_name_needs_a_vocabulary_to_be_seen(self) -> None:
        ordinary = frozenset(f"word{n}" for n in range(1500))
        assert unknown_names("how is grimsdalen doing?", ordinary) == ["grimsdalen"]
        assert unknown_names("how is grimsdalen doing?", frozenset()) == []
