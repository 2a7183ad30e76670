"""Importing a pipeline from CSV files: the contract's own, or anybody's with a map."""

from bot.pipeline.importing.mapping import PipelineMap, find_map, load_map
from bot.pipeline.importing.report import FileCount, ImportReport, Problem
from bot.pipeline.importing.run import import_directory

__all__ = ["FileCount", "ImportReport", "PipelineMap", "Problem", "find_map", "import_directory", "load_map"]
