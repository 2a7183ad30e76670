"""How people talk to the coach: the Slack app, its listeners, views and delivery."""
