"""The judgement: who may see what, what is asked, what the evidence supports, what to do next."""
