"""The evidence page of a card: what a model read is named as such, and a person takes it out with one press."""

from block_limits import shown_text
from sample_house import DEAL_ID, NOW, OTHER_REP
from test_cards import forged, key_of

from bot.coach.evidence.model import Evidence
from bot.coach.ground.evidence import Proposal, speaker_of, traits_of
from bot.coach.qualify.meddppicc import qualify
from bot.coach.recall import ReadHow
from bot.slack.cards import NOT_YOURS
from bot.slack.ids import ActionId

MARK = "read by a model, quote checked"


def read_something(house) -> Evidence:
    """Have a model point at a sentence of the deal, and keep the first that the checks let in."""
    recall = house.coach.recall
    view = house.coach.view(house.coach.briefs([DEAL_ID], NOW)[0])

    def judge(ledger):
        return qualify(ledger, view.brief, recall.playbook.meddppicc)

    for said in view.statements.items:
        for element, traits in traits_of(recall.playbook.cues).items():
            proposal = Proposal(element, traits[0], said.quote, said.source_id, speaker_of(said), said.on)
            if found := recall.check.admit([proposal], view.statements, view.ledger, judge).evidence:
                how = ReadHow("a-model", "extract@1", house.asker("tess.calloway").user.id, NOW)
                recall.keep(view.brief.deal, found, how)
                return found[0]
    raise AssertionError("no sentence of the deal can be read")


async def test_what_a_model_read_is_marked_and_one_press_takes_it_out(house):
    item = read_something(house)
    card = await house.card()
    await house.press(card, ActionId.EVIDENCE.value)
    page = await house.modal()
    assert shown_text(page.blocks).count(MARK) == 1
    press = next(b["accessory"]["action_id"] for b in page.blocks if b.get("accessory"))

    await house.press(page, press)

    await house.slack.wait_for(lambda s: MARK not in shown_text(s.modal(house.rep).blocks), seconds=10)
    assert house.memory.readings.of_deal(DEAL_ID) == []
    assert len(house.memory.readings.disputed_keys(DEAL_ID)) == 1
    assert item.quote not in str(house.memory.readings.sources())


async def test_nobody_takes_out_what_they_may_not_see(house):
    read_something(house)
    key = key_of(await house.card())
    other = house.people[OTHER_REP]
    message = await forged(house, other, ActionId.DISPUTE_READING, f"{key}:1")
    await house.press(message, ActionId.DISPUTE_READING.value, other)
    await house.slack.wait_for(lambda s: s.ephemerals(other), seconds=10)
    assert house.slack.ephemerals(other)[-1].text == NOT_YOURS
    assert len(house.memory.readings.of_deal(DEAL_ID)) == 1
