"""One file per thing people do in Slack."""

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners import (
    accept_step,
    action_items,
    app_home,
    app_mention,
    card_details,
    consult_command,
    consult_guests,
    consult_plan,
    consult_session,
    consult_share,
    consult_start,
    consult_wrap_up,
    contest,
    deal_choice,
    digest_buttons,
    direct_message,
    evidence_choice,
    feedback,
    plans,
    preferences,
    session_stopped,
    share,
    team_member,
    thread_follow_up,
    write_back,
)


def register(app: AsyncApp) -> None:
    """Register every listener."""
    for listener in (
        direct_message,
        thread_follow_up,
        app_mention,
        consult_command,
        consult_start,
        consult_session,
        consult_plan,
        consult_share,
        consult_guests,
        consult_wrap_up,
        app_home,
        deal_choice,
        feedback,
        accept_step,
        card_details,
        contest,
        share,
        action_items,
        digest_buttons,
        team_member,
        preferences,
        plans,
        evidence_choice,
        session_stopped,
        write_back,
    ):
        listener.register(app)
