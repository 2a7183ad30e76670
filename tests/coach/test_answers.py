"""Closed deals, single numbers, lists and forecasts, excerpts, and how a conversation keeps its deal."""

from typing import Any

import pytest
from deal_worlds import Company
from hypothesis import given
from hypothesis import strategies as st

from bot.coach.answers.wording import money, within, word_count
from bot.coach.excerpt import excerpt
from bot.coach.reply import CoachReply, Outcome

EVA = {"eva": "Eva Lie | Plant Manager"}


def deal(name: str, **more: Any) -> dict[str, Any]:
    usual = {"owner": "tilda", "stages": {"Qualification": -50, "Discovery": -30}, "close": 40, "contacts": EVA}
    return {"deal": name, **usual, **more}


class TestClosed:
    WON = deal("Aker Mills - Looms", status="won", stages={"Solution": -40, "Closed Won": -8}, close=-8, closed=-8)
    LOST = deal("Aker Mills - Looms", status="lost", stages={"Solution": -40, "Closed Lost": -8}, close=-8, closed=-8)

    @pytest.mark.parametrize("closed", [WON, LOST])
    def test_a_closed_deal_has_no_bucket(self, company: Company, closed: dict[str, Any]) -> None:
        reply = company.reply("is Aker still healthy?", closed)
        assert (reply.outcome, reply.health) == (Outcome.ANSWER_CLOSED, None)
        assert reply.meddppicc == ()

    def test_won_leads_to_the_hand_off(self, company: Company) -> None:
        assert "hand-off" in company.reply("Aker?", self.WON).next_steps[0].text

    def test_lost_leads_to_the_reason_and_the_trigger(self, company: Company) -> None:
        reply = company.reply("Aker?", self.LOST)
        assert "trigger" in reply.next_steps[0].text
        assert "No loss reason is recorded" in reply.text
        assert "Price" in company.reply("Aker?", {**self.LOST, "loss_reason": "Price"}).text

    def test_the_consult_of_a_closed_deal_is_the_same_answer(self, company: Company) -> None:
        reply = company.reply("/consult Aker", self.WON, surface="/consult")
        assert reply.outcome is Outcome.ANSWER_CLOSED


FACET_LOG = ({"-16 from eva": "Seams."}, {"-9 meeting eva": "Seams"}, "-3 to eva", {"+6 meeting eva": "Day"})


class TestFacet:
    @pytest.mark.parametrize(
        ("ask", "said"),
        [
            ("when did Aker last write?", "16 days ago"),
            ("when is the next meeting with Aker?", "2026-10-13"),
            ("when was the last meeting with Aker?", "9 days ago"),
            ("how long since we reached out to Aker?", "3 days ago"),
            ("how old is Aker?", "50 days old"),
            ("how long has Aker been in this stage?", "30 days in Discovery"),
            ("how many contacts are engaged at Aker?", "1 p"),
            ("how big is Aker?", "€80,000"),
            ("who owns Aker?", "Tilda Aasen"),
            ("what stage is Aker in?", "Discovery"),
            ("when does Aker close, what is the close date?", "16 Nov"),
        ],
    )
    def test_one_number_with_its_day(self, company: Company, ask: str, said: str) -> None:
        reply = company.reply(ask, deal("Aker Mills - Looms", log=FACET_LOG))
        assert said in reply.text
        assert "2026-10-07" in reply.text

    @pytest.mark.parametrize("ask", ["when did Aker last write?", "how many contacts are engaged at Aker?"])
    def test_a_source_that_is_not_connected_makes_it_unknown(self, company: Company, ask: str) -> None:
        reply = company.reply(ask, deal("Aker Mills - Looms", sources="not connected, not connected"))
        assert "unknown" in reply.text
        assert " 0 " not in reply.text


class TestMany:
    def test_unlike_currencies_are_not_added(self, company: Company) -> None:
        deals = [
            deal("Aker Mills - Looms", amount="50000 EUR", stages={"Discovery": -70}),
            deal("Berg Farms - Milk", amount="90000 NOK", stages={"Discovery": -70}),
        ]
        text = company.reply("how is my pipeline?", *deals).text
        assert "€50,000 and NOK 90,000" in text
        assert "140,000" not in text

    def test_the_forecast_keeps_currencies_apart_too(self, company: Company) -> None:
        deals = [deal("Aker Mills - Looms", amount="50000 EUR"), deal("Berg Farms - Milk", amount="90000 NOK")]
        text = company.reply("weighted forecast", *deals, fixture={"stage_probabilities": {"Discovery": 0.5}}).text
        assert "€25,000 and NOK 45,000" in text
        assert "70,000" not in text

    def test_an_amount_nobody_recorded_is_left_out_by_name(self, company: Company) -> None:
        deals = [deal("Aker Mills - Looms"), deal("Berg Farms - Milk", amount="none NOK")]
        assert "Berg Farms" in company.reply("forecast", *deals).text.split("Left out", 1)[1]

    def test_a_deal_without_close_date_is_left_out_by_name(self, company: Company) -> None:
        deals = [deal("Aker Mills - Looms"), deal("Berg Farms - Milk", close=None)]
        assert "Berg Farms" in company.reply("forecast", *deals).text.split("Left out", 1)[1]

    def test_worst_first(self, company: Company) -> None:
        deals = [
            deal("Aker Mills - Looms", stages={"Discovery": -45}),
            deal("Zetten Docks - Cranes", stages={"Discovery": -75}),
        ]
        reply = company.reply("which deals need me?", *deals)
        assert [choice.account for choice in reply.choices] == ["Zetten Docks", "Aker Mills"]

    def test_a_manager_may_ask_for_one_report(self, company: Company) -> None:
        deals = [deal("Aker Mills - Looms"), deal("Berg Farms - Milk", owner="milo")]
        text = company.reply("Milo's pipeline", *deals, asker="ruben").text
        assert "Berg Farms" in text
        assert "Aker" not in text


class TestConversation:
    DEALS = (deal("Aker Mills - Looms", id="AKER"), deal("Berg Farms - Milk", id="BERG"))

    def ask(self, company: Company, text: str, focus: str | None) -> CoachReply:
        coach, asker, world = company.at_work(*self.DEALS)
        return coach.answer(asker, text, now=world.as_of, focus=focus)

    @pytest.mark.parametrize("text", ["and the next step?", "gaps?", "when did they last write?"])
    def test_a_follow_up_keeps_the_deal(self, company: Company, text: str) -> None:
        reply = self.ask(company, text, "AKER")
        assert reply.deal is not None
        assert reply.deal.id == "AKER"

    def test_naming_another_deal_switches(self, company: Company) -> None:
        reply = self.ask(company, "and Berg?", "AKER")
        assert reply.deal is not None
        assert reply.deal.id == "BERG"

    def test_without_a_focus_several_deals_are_a_menu(self, company: Company) -> None:
        reply = self.ask(company, "assess it", None)
        assert reply.outcome is Outcome.CLARIFY
        assert {choice.id for choice in reply.choices} == {"AKER", "BERG"}

    def test_a_menu_says_nothing_about_how_a_deal_is_doing(self, company: Company) -> None:
        reply = self.ask(company, "assess it", None)
        assert all((choice.stage, choice.owner, choice.amount) == ("", "", None) for choice in reply.choices)

    def test_an_unknown_name_is_not_answered_with_the_deal_in_focus(self, company: Company) -> None:
        assert self.ask(company, "how is Grimsdalen doing?", "AKER").outcome is Outcome.NOT_FOUND

    def test_a_question_for_the_handbook_stays_one(self, company: Company) -> None:
        assert self.ask(company, "how do I test a champion?", "AKER").outcome is Outcome.ANSWER_HANDBOOK


class TestWording:
    @pytest.mark.parametrize(
        ("amount", "currency", "said"),
        [
            (80000, "EUR", "€80,000"),
            (80000, "eur", "€80,000"),
            (1234.5, "USD", "$1,234.50"),
            (80000, "NOK", "NOK 80,000"),
            (80000, None, "80,000 (currency not recorded)"),
            (None, "EUR", "no amount recorded"),
            (0, "EUR", "€0"),
        ],
    )
    def test_money(self, amount: float | None, currency: str | None, said: str) -> None:
        assert money(amount, currency) == said

    @given(
        st.integers(0, 60),
        st.lists(st.text(alphabet="ab ", max_size=20), max_size=5),
        st.lists(st.tuples(st.integers(0, 5), st.text(alphabet="cd ", max_size=20)), max_size=5),
    )
    def test_optional_lines_never_break_the_limit(
        self, limit: int, must: list[str], may: list[tuple[int, str]]
    ) -> None:
        text = within(limit, must, may)
        assert word_count(text) <= max(limit, sum(word_count(line) for line in must))
        assert all(line in text for line in must)


class TestExcerpt:
    TEXT = (
        "A plan has four phases.\n\nThe phases are:\n- confirm\n- design\n- implement\n- prove\n\nKeep it to one page."
    )

    @given(st.text(max_size=40), st.integers(1, 60))
    def test_only_lines_of_the_section_in_their_own_order(self, question: str, limit: int) -> None:
        lines = [line for line in self.TEXT.splitlines() if line.strip()]
        shown = excerpt(self.TEXT, "Plans", question, "Keep it to one page.", limit).splitlines()
        assert shown
        places = [lines.index(line) for line in shown]
        assert places == sorted(places)

    def test_a_question_for_four_phases_gets_the_list_of_four(self) -> None:
        assert "- prove" in excerpt(self.TEXT, "Plans", "what are the four phases?", "A plan has four phases.", 12)


def test_the_reason_is_given_once(company: Company) -> None:
    lively = [{"-3 from eva": "Hello."}, "-2 to eva", {"+5 meeting eva": "Day"}, {"-9 meeting eva": "Day"}]
    late = deal("Lysholm Theatres - Ticket desk", close=-4, log=lively)
    text = company.reply("how is Lysholm?", late).text
    why = next(line for line in text.splitlines() if line.startswith("*Why:*"))
    assert why.count("4 days ago") == 1
