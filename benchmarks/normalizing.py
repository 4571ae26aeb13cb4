"""How many sentences a second are put into words on one core, and which rules they ask for.

    python benchmarks/normalizing.py BOOK [LANGUAGE]

The book is read once and normalized three times; the fastest counts. Beside it stands the same text
with every tenth word a number, which is denser than any news.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from pipeline import read
from pipeline.normalize.sentences import sentences
from pipeline.normalize.speak import speak

RUNS = 3
EVERY = 10  # words


def paragraphs(path: Path) -> list[str]:
    """The blocks of all chapters."""
    book = read.read(path)
    return [chapter.text[b.start : b.end] for chapter in book.chapters for b in chapter.blocks]


def dense(text: str) -> str:
    """The same with numbers in it."""
    words = text.split(" ")
    return " ".join(
        f"{word} {at * 37 % 3000}" if at % EVERY == 0 else word for at, word in enumerate(words, 1)
    )


def fastest(texts: list[str], language: str) -> tuple[float, int]:
    """Seconds of CPU, and how many sentences that were."""
    best, count = float("inf"), 0
    for _ in range(RUNS):
        start = time.process_time()
        count = sum(len(list(sentences(speak(text, language), language))) for text in texts)
        best = min(best, time.process_time() - start)
    return best, count


def main(path: Path, language: str = "en-US") -> None:
    """Print a line for each text, and the rules that claimed most."""
    texts = paragraphs(path)
    for name, those in (("as it is", texts), ("with numbers", [dense(text) for text in texts])):
        seconds, count = fastest(those, language)
        words = sum(len(text.split()) for text in those)
        print(
            f"{name:14} {words:8,d} words {count:7,d} sentences {seconds:6.2f} s "
            f"{count / seconds:9,.0f} a second"
        )
    rules = Counter(change.rule for text in texts for change in speak(text, language).changes)
    for rule, count in rules.most_common(15):
        print(f"    {count:7,d}  {rule}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
