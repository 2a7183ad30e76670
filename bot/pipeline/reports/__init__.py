"""Reports over many deals: conversion, bottleneck, ageing, win and loss (DOMAIN 5.2)."""

from bot.pipeline.reports.ageing import StageAge, stage_ageing
from bot.pipeline.reports.conversion import Bottleneck, StepConversion, bottlenecks, conversion
from bot.pipeline.reports.rules import ReportRules, load_reports
from bot.pipeline.reports.winloss import (
    Blocked,
    StageAccuracy,
    WinLoss,
    blocked_deals,
    stage_accuracy,
    win_loss,
)

__all__ = [
    "Blocked",
    "Bottleneck",
    "ReportRules",
    "StageAccuracy",
    "StageAge",
    "StepConversion",
    "WinLoss",
    "blocked_deals",
    "bottlenecks",
    "conversion",
    "load_reports",
    "stage_accuracy",
    "stage_ageing",
    "win_loss",
]
