import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.coach.names import GENERIC, resolve, words
from bot.pipeline.model import DealName, DealStatus


def named(name: str, status: DealStatus = DealStatus.OPEN, deal_id: str | None = None) -> DealName:
    return DealName(deal_id or name, name, name.split(" - ")[0], "owner", status)


VESTBY_GLASS = named("Vestby Windows - Glass cutting")
VESTBY_SLOTS = named("Vestby Windows - Delivery slots")
STABEKK = named("Stabekk Ovens - Crumb tests", deal_id="OPP-17")
STABEKK_WON = named("Stabekk Ovens - Tray wash", DealStatus.WON)
HOLT = named("Holt - Harps")
DEALS = [VESTBY_GLASS, VESTBY_SLOTS, STABEKK, STABEKK_WON, HOLT]


@pytest.mark.parametrize(
    ("text", "deal"),
    [
        ("how is Stabekk doing?", STABEKK),
        ("stabekk's gaps", STABEKK),
        ("stabekk’s gaps", STABEKK),
        ("how is Stabbekk doing?", STABEKK),
        ("Stabekk Ovens - Crumb tests", STABEKK),
        ("tray wash at Stabekk", STABEKK_WON),
        ("what about OPP-17?", STABEKK),
        ("opp-17", STABEKK),
        ("vestby glass", VESTBY_GLASS),
        ("vestby delivery", VESTBY_SLOTS),
        ("Holt?", HOLT),
    ],
)
def test_a_name_finds_its_deal(text: str, deal: DealName) -> None:
    assert resolve(text, DEALS).deals == (deal,)


def test_a_name_two_deals_share_is_a_menu() -> None:
    assert set(resolve("status of Vestby", DEALS).deals) == {VESTBY_GLASS, VESTBY_SLOTS}


def test_an_open_deal_is_meant_before_a_closed_one_of_the_same_strength() -> None:
    assert resolve("Stabekk", DEALS).deals == (STABEKK,)
    assert resolve("Stabekk", [STABEKK_WON]).deals == (STABEKK_WON,)


@pytest.mark.parametrize(
    "text",
    [
        "how is my pipeline?",
        "how is the renewal going?",
        "what is a good next step?",
        "open deals in the project phase",
        "Holz?",  # four letters are too few for a misspelling
        "holts of wood",
        "",
        "???",
    ],
)
def test_ordinary_words_name_no_deal(text: str) -> None:
    assert resolve(text, DEALS).deals == ()


def test_a_first_word_that_is_generic_does_not_identify_a_deal_alone() -> None:
    deals = [named("Open Range - Fences"), named("Data Harbour - Cranes")]
    assert resolve("which open deals have data?", deals).deals == ()
    assert resolve("how is Open Range doing?", deals).deals == (deals[0],)


def test_a_near_name_is_an_offer_and_not_a_match() -> None:
    found = resolve("how is Stabrook doing?", [STABEKK, named("Stavrok Mills - Sheds")])
    assert found.deals == ()
    assert [deal.name for deal in found.near] == ["Stavrok Mills - Sheds"]


@given(st.lists(st.sampled_from(sorted(GENERIC)), max_size=8))
def test_generic_words_alone_never_identify_a_deal(chosen: list[str]) -> None:
    assert resolve(" ".join(chosen), DEALS).deals == ()


@given(st.text(max_size=80), st.lists(st.sampled_from(DEALS), unique=True, max_size=5))
def test_only_deals_that_were_handed_in_come_back(text: str, deals: list[DealName]) -> None:
    found = resolve(text, deals)
    assert {*found.deals, *found.near} <= set(deals)


@given(st.sampled_from(DEALS), st.text(alphabet=" ?!.,;:'’\"()", max_size=6))
def test_the_full_name_always_finds_the_deal(deal: DealName, around: str) -> None:
    assert deal in resolve(f"{around} {deal.name} {around}", DEALS).deals


def test_words_drop_the_possessive_and_the_case() -> None:
    assert words("Stabekk's Ovens, ØRE’s 12") == ["stabekk", "ovens", "øre", "12"]
