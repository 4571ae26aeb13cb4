"""Where voices that were installed lie: a folder for each engine that has files."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "MAKE_AUDIOBOOK_VOICES"


def folder(engine: str) -> Path:
    """An engine's installed voices, whether there are any or not."""
    import platformdirs

    told = os.environ.get(VARIABLE)
    root = Path(told) if told else platformdirs.user_data_path("make-audiobook", False) / "voices"
    return root / engine
