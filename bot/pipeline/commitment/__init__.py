"""Buyer commitment: what the other side did, step by step (DOMAIN 4.1)."""

from bot.pipeline.commitment.acts import Act, buyer_acts
from bot.pipeline.commitment.ladder import Commitment, Trend, read_commitment
from bot.pipeline.commitment.reps import RepCommitment, per_rep, was_rebooked
from bot.pipeline.commitment.rules import CommitmentRules, Step, load_commitment

__all__ = [
    "Act",
    "Commitment",
    "CommitmentRules",
    "RepCommitment",
    "Step",
    "Trend",
    "buyer_acts",
    "load_commitment",
    "per_rep",
    "read_commitment",
    "was_rebooked",
]
