"""Every view within Slack's limits for any input, and saying what it must."""

import json
from dataclasses import replace
from datetime import date

import pytest
from block_limits import problems, shown_text
from samples import (
    ANSWER,
    CLARIFY,
    CONSULT,
    DAIRY,
    DIGEST,
    HANDBOOK,
    HARBOUR,
    HOSTS,
    NOT_FOUND,
    NOW,
    PIPELINE,
    STEPS,
    TIMBER,
)

from bot.coach.home import HomeDeal, HomeSummary, Suggestion
from bot.coach.reply import (
    BenchmarkLine,
    CitationLine,
    CoachReply,
    DealRef,
    Element,
    ElementLine,
    ElementStatus,
    HealthLine,
    NextStep,
    Observation,
    Section,
    Severity,
)
from bot.memory import ActionItem, ActionStatus
from bot.pipeline.brief import HealthBucket
from bot.slack.ids import ActionId
from bot.slack.local import block_kit as message_kit
from bot.slack.views import answer_message, clarify_message, consult_message
from bot.slack.views.card import CardState
from bot.slack.views.digest import digest_message
from bot.slack.views.home import HomeContent, home_view, reason_view
from bot.slack.views.message import Message
from bot.slack.views.notices import fault_message, help_message, reason_message
from bot.slack.views.prompts import prompts

REPLIES = {
    "answer": ANSWER,
    "consult": CONSULT,
    "handbook": HANDBOOK,
    "not found": NOT_FOUND,
    "pipeline": PIPELINE,
}
LONG = "<!channel> *very* _long_ & `nasty` <http://evil.example/x|y> " * 200
LABELLED = "\n".join(f"*{label}:* {LONG}; {LONG}" for label in ("Why", "They did", "Only said", "MEDDPPICC", "Next"))


def nasty_deal(number: int) -> DealRef:
    return DealRef(
        id="x" * 3000 + str(number), name=LONG, account=LONG, stage=LONG, owner=LONG, currency=LONG, amount=1e15
    )


def nasty_reply() -> CoachReply:
    step = NextStep(owner=LONG, counterpart=LONG, text=LONG, due=date(2026, 1, 1), done_when=LONG)
    seen = Observation(on=None, text=LONG, source=LONG, quote=LONG)
    gap = ElementLine(element=Element.METRICS, status=ElementStatus.MISSING, severity=Severity.LOW, why=LONG)
    return CoachReply(
        outcome=ANSWER.outcome,
        as_of=NOW,
        headline=LONG,
        text=LONG * 5 + "\n" + "\n".join(["• " + LONG] * 100),
        deal=nasty_deal(0),
        choices=tuple(nasty_deal(number) for number in range(60)),
        health=HealthLine(bucket=HealthBucket.POOR, reasons=(LONG,) * 4, caps=(LONG,) * 9, insufficient=LONG),
        benchmarks=(BenchmarkLine(name=LONG, value=1e9, n=1, level=LONG),) * 20,
        said=(seen,) * 50,
        did=(seen,) * 50,
        meddppicc=(gap,) * 9,
        next_steps=(step,) * 3,
        sections=(Section(title=LONG, lines=(LONG,) * 50), Section(title="empty", lines=())) * 30,
        citations=(CitationLine(key="k", title=LONG, url="https://handbook.example.com/" + "a" * 5000),) * 30,
        caveats=(LONG,) * 30,
    )


def nasty_item(due: date) -> ActionItem:
    return ActionItem(
        deal_id="d", deal_name=LONG, source="advice", source_key="k", advice=None, owner_id="me", owner_name=LONG,
        counterpart=LONG, text=LONG, due=due, done_when=LONG, created_by="me", id=1, status=ActionStatus.OPEN, moves=3,
        version=4, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def all_messages(reply: CoachReply) -> list[Message]:
    return [
        answer_message(reply, hosts=HOSTS, reply_id=1),
        answer_message(reply, hosts=HOSTS, reply_id=1, state=CardState("k" * 24, {}, (LONG,) * 2, shareable=True)),
        answer_message(reply.model_copy(update={"text": LABELLED}), hosts=HOSTS, state=CardState("k" * 24)),
        answer_message(reply.model_copy(update={"health": None, "meddppicc": ()}), hosts=HOSTS, reply_id=1),
        answer_message(reply.model_copy(update={"health": None, "meddppicc": (), "deal": None}), hosts=HOSTS),
        consult_message(reply, hosts=HOSTS, reply_id=1),
        consult_message(reply.model_copy(update={"sections": (), "deal": None}), hosts=HOSTS, reply_id=1),
        clarify_message(reply, action=ActionId.CHOOSE_CONSULT, menu="m"),
        reason_message(reply.text),
        fault_message("ABC123"),
        help_message(),
    ]


@pytest.mark.parametrize("reply", [*REPLIES.values(), nasty_reply()], ids=[*REPLIES, "nasty"])
def test_every_message_keeps_the_limits_and_has_a_fallback(reply):
    for message in all_messages(reply):
        assert problems(list(message.blocks)) == []
        assert 0 < len(message.text) <= 3000


def test_a_nasty_digest_and_home_keep_the_limits():
    item = replace(DIGEST.items[0], deal=nasty_deal(1), why=LONG, step=nasty_reply().next_steps[0])
    digest = digest_message(replace(DIGEST, headline=LONG, footer=LONG, items=(item,) * 40))
    home = HomeSummary(tuple(HomeDeal(nasty_deal(n), None, LONG, f"u{n % 40}") for n in range(150)), (LONG,) * 50, LONG)
    items = [replace(nasty_item(date(2020, 1, 1)), id=number) for number in range(40)]
    content = HomeContent(
        summary=home, suggestions=[Suggestion(LONG, LONG)] * 9, actions=items, today=NOW.date(), own_id="me"
    )
    view = home_view(content)

    assert problems(list(digest.blocks)) == []
    assert problems([block for block in view["blocks"] if block["type"] != "data_visualization"], most=100) == []
    assert problems(reason_view(LONG)["blocks"]) == []
    assert "30 more deals" in shown_text(list(digest.blocks))
    assert "1 to 10 of 150 open deals" in shown_text(view["blocks"])
    assert message_kit.view_problems(json.loads(json.dumps(view))) == []


def test_nothing_untrusted_becomes_markup():
    for message in [*all_messages(nasty_reply()), digest_message(replace(DIGEST, headline=LONG, footer=LONG))]:
        shown = shown_text(list(message.blocks)) + message.text
        assert "<!channel" not in shown
        assert "evil.example" not in shown


def test_an_answer_leads_with_the_bucket_and_keeps_the_order():
    shown = shown_text(list(answer_message(ANSWER, hosts=HOSTS, reply_id=9).blocks))
    order = [
        "🟠 Mill control rollout · At Risk",
        "€184,000",
        "Why At Risk",
        "They did",
        "They said",
        "MEDDPPICC",
        "Next",
        "Figures as of",
    ]

    places = [shown.index(part) for part in order]
    assert places == sorted(places)
    assert "typical time in this stage 23 days (n=38)" in shown
    assert shown.count("L2 same segment and type") == 1


def test_what_the_heading_says_is_not_said_again():
    shown = shown_text(list(answer_message(ANSWER).blocks))

    assert "Mill control rollout: At Risk" not in shown
    assert "Mill control rollout: At Risk" in answer_message(ANSWER).text


def test_gaps_are_a_table_worst_first_and_what_is_settled_stands_below():
    blocks = list(answer_message(ANSWER).blocks)
    rows = [[cell["text"] for cell in row] for row in next(b for b in blocks if b["type"] == "table")["rows"]]

    assert rows[1:] == [
        ["Economic buyer", "missing", "🔴 critical"],
        ["Paper process", "partial", "🟠 high"],
        ["Competition", "stale", "🟡 medium"],
    ]
    assert "Confirmed: metrics, identify pain" in shown_text(blocks)
    assert "Partner" not in shown_text(blocks)


def test_deeds_stand_beside_words():
    (fields,) = [block["fields"] for block in answer_message(ANSWER).blocks if "fields" in block]

    assert "• Elin replied to the proposal on 3 Nov" in fields[0]["text"]
    assert "we would like to sign before Christmas" in fields[1]["text"]
    assert "soft" in fields[1]["text"]


def test_a_reason_with_a_semicolon_stays_one():
    reason = "0 contacts engaged; won deals typically have 3.6"
    health = ANSWER.health.model_copy(update={"reasons": (reason,)})
    card = ANSWER.model_copy(update={"health": health, "text": f"{ANSWER.headline}\n*Why:* {reason}; nothing booked."})
    why = next(block for block in answer_message(card).blocks if "Why At Risk" in str(block))

    assert [item["elements"][0]["text"] for item in why["elements"][1]["elements"]] == [reason, "Nothing booked"]


def test_a_kept_card_has_buttons_and_a_tracked_step_has_none():
    state = CardState("key", {0: "Tracked for Priya, Tue 24 Nov"}, ("Priya: a meeting is booked",), shareable=True)
    blocks = list(answer_message(ANSWER, state=state).blocks)
    pressed = [block["accessory"]["value"] for block in blocks if "accessory" in block]

    assert pressed == ["key:1"]
    assert "Tracked for Priya" in shown_text(blocks)
    assert "✋  Priya: a meeting is booked" in shown_text(blocks)
    assert [e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"]] == [
        "Explain", "Evidence", "Contest", "Share here…",
    ]  # fmt: skip
    assert "accessory" not in str(answer_message(ANSWER).blocks)


def test_words_without_labels_are_shown_whole():
    words = ANSWER.model_copy(update={"text": "*Mill control rollout: At Risk*\nCall Elin today.\nShe waits."})
    shown = shown_text(list(answer_message(words).blocks))

    assert "Call Elin today." in shown
    assert "She waits." in shown


def test_what_is_left_out_is_counted():
    many = ANSWER.model_copy(
        update={
            "caveats": ("one", "two", "three", "four", "five"),
            "citations": ANSWER.citations * 3,
            "text": "\n".join(f"line {number}" for number in range(45)),
        }
    )
    shown = shown_text(list(answer_message(many).blocks))

    assert "2 more caveats not shown" in shown
    assert "2 more" in shown
    assert "5 more lines not shown" in shown


def test_sources_carry_the_numbers_the_message_cites():
    blocks = answer_message(ANSWER).blocks

    assert "[1] Finding the economic buyer  ·  [2] Paper process" in shown_text(list(blocks))
    assert "[1]" not in shown_text(list(answer_message(HANDBOOK).blocks))


def test_links_go_only_to_the_handbook_host():
    assert "<https://handbook.example.com/meddppicc/paper-process|" in shown_text(
        list(answer_message(ANSWER, hosts=HOSTS).blocks)
    )
    assert "https://" not in shown_text(list(answer_message(ANSWER).blocks))


def test_light_markup_of_the_plain_message_is_read_not_shown():
    message = answer_message(PIPELINE)
    lists = [part for block in message.blocks if block["type"] == "rich_text" for part in block["elements"]]

    assert message.blocks[0]["elements"][0]["elements"][0]["style"] == {"bold": True}
    assert [len(part["elements"]) for part in lists if part["type"] == "rich_text_list"] == [2]
    assert "*" not in shown_text(list(message.blocks)) + message.text


def test_a_list_answer_offers_its_deals_by_id():
    row = next(block for block in answer_message(PIPELINE).blocks if block["type"] == "actions")

    assert [element["value"] for element in row["elements"]] == [HARBOUR.id, TIMBER.id]


def test_a_menu_carries_ids_and_nothing_else():
    rows = [
        block
        for block in clarify_message(CLARIFY, action=ActionId.CHOOSE_DEAL, menu="m1").blocks
        if "accessory" in block
    ]

    assert [row["accessory"]["value"] for row in rows] == [TIMBER.id, DAIRY.id]
    assert [row["block_id"] for row in rows] == ["menu:m1:0", "menu:m1:1"]


def test_a_list_stays_with_the_line_that_introduces_it():
    styles = {
        block["elements"][0]["elements"][0]["text"]: block["elements"][1]["style"]
        for block in consult_message(CONSULT).blocks
        if block["type"] == "rich_text" and len(block["elements"]) > 1
    }

    assert styles == {"Inspect:": "bullet", "Questions:": "ordered", "Next:": "bullet"}


def test_an_empty_digest_is_one_line():
    blocks = digest_message(replace(DIGEST, items=(), headline="Nothing needs you today.")).blocks

    assert [block["type"] for block in blocks] == ["rich_text"]


def test_a_digest_says_what_changed_and_the_one_step():
    shown = shown_text(list(digest_message(DIGEST).blocks))

    assert "Poor, was At Risk" in shown
    assert "by *Tue 24 Nov*" in shown
    assert STEPS[0].text in shown


def test_at_most_four_prompts_within_slacks_lengths():
    offered = prompts([Suggestion(LONG, LONG)] * 6)

    assert len(offered) == 4
    assert all(len(prompt["title"]) <= 75 for prompt in offered)


def test_what_was_not_asked_is_not_called_nothing():
    text = "*Timber: At Risk*\n*Why:* nothing booked ahead.\n• Champion, missing: nobody acted for us."
    gaps = replace_text(ANSWER, text)
    shown = shown_text(answer_message(gaps).blocks)
    assert "They did" not in shown
    assert "on record" not in shown

    told = replace_text(ANSWER, "*Why:* nothing booked ahead.\n*They did:* last mail from Ana 2 days ago.")
    assert "Nothing on record" in shown_text(answer_message(told).blocks)
    heard = Observation(on=date(2026, 11, 2), text="Ana, Mon 2 Nov", source="a1", quote="Send the form.")
    unsaid = told.model_copy(update={"said": (heard,)})
    assert "“Send the form.” (Ana, Mon 2 Nov)" in shown_text(answer_message(unsaid).blocks)


def test_a_source_nothing_cites_is_not_shown_beside_those_that_are():
    other = CitationLine(key="b#b", title="Never cited")
    reply = ANSWER.model_copy(update={"citations": (*ANSWER.citations, other)})
    assert "[1]" in reply.text
    assert "Never cited" not in shown_text(answer_message(reply).blocks)
    assert "Never cited" in shown_text(answer_message(replace_text(reply, "Nothing by number.")).blocks)


def test_a_handbook_answer_names_its_sections_once_and_by_title():
    first, second = CitationLine(key="value/price#dear", title="Too dear"), CitationLine(key="a/b#c", title="Clarify")
    text = "*Too dear* (value/price#dear)\nCompared with what? (Ask twice.)\nSee also: Clarify (a/b#c)."
    message = answer_message(HANDBOOK.model_copy(update={"text": text, "citations": (first, second)}))
    assert "#" not in shown_text(message.blocks) + message.text
    assert shown_text(message.blocks).count("Clarify") == 1
    assert "(Ask twice.)" in message.text


def replace_text(reply: CoachReply, text: str) -> CoachReply:
    return reply.model_copy(update={"text": text})


def test_the_judge_of_limits_sees_two_paragraphs_on_one_row():
    run = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Strategy"}]}
    assert problems([{"type": "rich_text", "elements": [run, run]}]) == ["two paragraphs of rich text on one row"]
