"""Composing answers: facts, evidence and guidance in; a complete `CoachReply` out. One file a kind of answer."""
