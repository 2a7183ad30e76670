"""Index and search a handbook of many pages in this process, and print what it took as JSON.

    python -m tests.handbook.scale PAGES FOLDER

Text is drawn from a fixed vocabulary with a fixed seed. Vectors of pages are random unit vectors, because the model's
speed is known (it is the same for one page or ten thousand) and would hide everything else; questions go through the
real model.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.handbook.embed import DIMENSION, MiniLM, Vectors
from bot.handbook.index import build_index
from bot.handbook.search import Handbook
from bot.handbook.tagged import Wanted

STAGES = ("qualification", "discovery", "solution", "commercial", "commitment")
WORDS = 4_000
SECTIONS_PER_PAGE = 2
LINES_PER_SECTION = 5
WORDS_PER_LINE = 40
"""One line is one passage of about 300 characters."""


class RandomPassages(MiniLM):
    """The real model for single texts (questions); random unit vectors for batches (pages)."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a row."""
        if len(texts) == 1:
            return super().embed(texts)
        rows = np.random.default_rng(len(texts[0])).standard_normal((len(texts), DIMENSION))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def write_pages(folder: Path, count: int) -> list[str]:
    """Write `count` pages and return the vocabulary they are drawn from, common words first."""
    choose = np.random.default_rng(7)
    vocabulary = ["".join(choose.choice(list("aeioubdfglmnprst"), choose.integers(3, 9))) for _ in range(WORDS)]
    weights = 1 / np.arange(1, WORDS + 1)
    weights /= weights.sum()
    folder.mkdir(parents=True, exist_ok=True)
    for page in range(count):
        drawn = choose.choice(vocabulary, (SECTIONS_PER_PAGE, LINES_PER_SECTION, WORDS_PER_LINE), p=weights)
        body = "\n".join(
            f"## Part {number}\n" + "\n".join(" ".join(line) + "." for line in section)
            for number, section in enumerate(drawn)
        )
        stage = STAGES[page % len(STAGES)]
        (folder / f"page-{page}.md").write_text(f"---\ntitle: Page {page}\nstage: {stage}\n---\n{body}\n")
    return vocabulary


def questions(vocabulary: list[str], count: int = 100) -> list[str]:
    """Return questions of eight words, some common and some rare."""
    choose = np.random.default_rng(11)
    return [
        " ".join(choose.choice(vocabulary[:400], 4)) + " " + " ".join(choose.choice(vocabulary, 4))
        for _ in range(count)
    ]


def timed(
    handbook: Handbook, asked: list[str], wanted: Wanted, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, float]:
    """Return p50 and p95 of a search in milliseconds, the model's own time included."""
    times = []
    for question in asked:
        started = clock()
        handbook.find(question, 5, wanted)
        times.append(1000 * (clock() - started))
    p50, p95 = np.percentile(times, [50, 95])
    return round(float(p50), 1), round(float(p95), 1)


def main(pages: int, folder: Path) -> dict[str, object]:
    """Run it all once."""
    vocabulary = write_pages(folder / "pages", pages)
    model = RandomPassages()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = build_index([folder / "pages"], folder / "index", embedder=model)
    built = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    handbook = Handbook.open(folder / "index", embedder=model)
    opened = time.perf_counter() - started
    asked = questions(vocabulary)
    timed(handbook, asked[:5], Wanted())
    return {
        "pages": report.files,
        "sections": report.sections,
        "passages": report.passages,
        "index_seconds_without_model": round(report.seconds, 1),
        "peak_mb_before": before // 1024,
        "peak_mb_building": built // 1024,
        "open_seconds": round(opened, 1),
        "search_ms_p50_p95": timed(handbook, asked, Wanted()),
        "search_cpu_ms_p50_p95": timed(handbook, asked, Wanted(), time.process_time),
        "boosted_ms_p50_p95": timed(handbook, asked, Wanted(stage="solution", elements=("champion",))),
        "filtered_ms_p50_p95": timed(handbook, asked, Wanted(stage="solution", strict=True)),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), Path(sys.argv[2]))))
