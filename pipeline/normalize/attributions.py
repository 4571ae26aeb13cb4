"""What a quotation touches and says who spoke: “Run!” Harriet cried."""

from __future__ import annotations

import re

REACH = 120  # characters
SPOKE = (
    "said says cried cries asked asks whispered whispers shouted shouts replied replies answered "
    "answers exclaimed called yelled murmured muttered growled snapped hissed gasped screamed "
    "sobbed begged demanded inquired enquired wondered added continued began groaned moaned "
    "roared bellowed barked breathed croaked echoed agreed protested insisted repeated retorted "
    "returned responded remarked observed announced declared pleaded urged warned whimpered "
    "wailed squealed squeaked stammered stuttered mumbled grumbled sneered scoffed teased joked "
    "thought interrupted interjected blurted boomed thundered bawled howled shrieked spluttered "
    "panted purred rasped drawled chuckled giggled laughed sighed commanded ordered implored "
    "entreated pursued resumed ejaculated faltered coaxed corrected objected prompted persisted "
    "quavered reminded sang soothed suggested supplied told went_on put_in burst_out broke_in "
    "cut_in chimed_in called_out cried_out shouted_back called_back"
).split()
# What may follow the verb, where it is one of speaking: "cried softly", "asked him", "called to".
FOLLOWS = (
    "in with to at after from over back out as into again aloud through and when while him her "
    "them me us it once loud louder on by under without before behind down up across too himself "
    "herself all for almost rather very more half this that"
).split()
_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|St|Lt|Col|Sgt|Capt|Gen|Prof|Rev|Mme|Mlle)\.?\s)?[A-Z][\w'’-]*\.?"
    r"(?:\s(?:[A-Z][\w'’-]*\.?|de|la|du|van|von|der|of|the)){0,3}"
)
_SOMEBODY = (
    r"(?:(?:The|His|Her|My|Our|Their|A|An|One\sof\sthe|Old|Young|Little)(?:\s[\w'’-]+){1,4}?"
    rf"|{_NAME})"
)
_ATTRIBUTION = re.compile(
    rf"\s+{_SOMEBODY}(?:\s\w+ly|\sthen|\sonly|\sat\slast|\shad|\sboth|\sall|\sjust)?"
    rf"\s(?:{'|'.join(SPOKE).replace('_', chr(92) + 's')})\b"
    rf"(?=\s?[.,;:!?—–…-]|\s*$|\s(?:\w+ly|{'|'.join(FOLLOWS)})\b|\s[A-Z][\w'’]+\s?[.,;:!?—])"
    r"(?!\sin\sthe\sdoor\b)"
)


def is_attributed(match: re.Match[str]) -> bool:
    """Whether what follows a mark and a closing quote says who spoke.

    After a full stop it begins a sentence of its own: “I left.” Harriet said goodbye.
    """
    if match["mark"] == ".":
        return False
    return _ATTRIBUTION.match(match.string, match.end(), match.end() + REACH) is not None
