"""Whatever people and mailboxes write, Slack shows it as words."""

import html
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.slack.views.blocks import link_markup
from bot.slack.views.escape import CUT, mrkdwn, mrkdwn_lines, plain, shorten
from bot.slack.views.prose import prose, without_markup

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


ANYTHING = st.text(max_size=200)
PIECES = (
    "<!channel> <@U123> @here @everyone https://evil.example/a www.evil.example evil.example/login javascript:alert(1) "
    "&lt; < > & * _ ~ ` :tada: a"
).split()
HOSTILE = st.lists(st.sampled_from([*PIECES, "\u202e", "\u200b", "\n", "> ", " "]), max_size=40).map("".join)


@QUICK
@given(ANYTHING | HOSTILE)
@example("&" * 100)
def test_mrkdwn_never_holds_markup_of_slack(text):
    shown = mrkdwn(text, 200)

    assert len(shown) <= 200
    assert not re.search(r"[<>*~`]", shown)
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert not re.search(r"(?<!\w)_|_(?!\w)", shown)
    assert not shown.startswith("&gt;")


@QUICK
@given(ANYTHING | HOSTILE)
def test_no_text_mentions_anybody_links_anywhere_or_turns_around(text):
    for shown in (plain(text), html.unescape(mrkdwn(text))):
        assert "\n" not in shown
        assert not re.search(r"@(channel|here|everyone|group)\b", shown, re.IGNORECASE)
        assert not re.search(r"https?://|www\.|javascript:", shown, re.IGNORECASE)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08]", shown)
        assert "evil.example/" not in shown  # a bare "booking.com" is a name and stays


@QUICK
@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), max_size=80))
def test_plain_words_come_through_unchanged(text):
    assert plain(text) == text
    assert mrkdwn(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Müller & Söhne GmbH",
        "50 % off",
        "deal_name stays",
        "Tomás – 4.5 days",
        "a@example.com",
        "👩‍💻 ok",
        "12:30:45",
        "e.g. this",
        "Booking.com renewal",
    ],
)
def test_ordinary_business_text_survives(text):
    assert html.unescape(mrkdwn(text)) == text


@QUICK
@given(ANYTHING, st.integers(min_value=20, max_value=200))
def test_a_cut_keeps_the_limit_and_says_so(text, limit):
    cut = shorten(text, limit)

    assert len(cut) <= limit
    assert cut == text or cut.endswith((CUT, "…"))


@QUICK
@given(st.text(max_size=2000), st.integers(min_value=30, max_value=500))
def test_lines_are_kept_and_limited(text, limit):
    assert len(mrkdwn_lines(text, limit)) <= limit


@QUICK
@given(ANYTHING | HOSTILE)
def test_prose_of_anything_is_rich_text_without_empty_parts(text):
    for block in prose(text):
        assert block["type"] == "rich_text"
        assert all(part["elements"] for part in block["elements"])


def test_markup_is_taken_off_for_screen_readers():
    assert (
        without_markup("*Why:* see [the page](https://x.example) and `coach doctor`")
        == "Why: see the page and coach doctor"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a",
        "javascript:alert(1)",
        "https://handbook.example.com.evil.example/",
        "//handbook.example.com/",
        None,
    ],
)
def test_a_foreign_link_is_shown_as_its_label(url):
    assert link_markup(url, "Champion", frozenset({"handbook.example.com"})) == "Champion"


@QUICK
@given(st.text(max_size=100))
def test_a_link_cannot_break_out_of_its_brackets(path):
    markup = link_markup(f"https://handbook.example.com/{path}", "a|b>c", frozenset({"handbook.example.com"}))

    assert re.fullmatch(r"<https://handbook\.example\.com/[^|<> ]*\|a\|b&gt;c>", markup)
