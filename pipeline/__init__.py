"""A pipeline that turns stories into a tagged audiobook.

It normalizes each story, synthesizes narration chunk by chunk, concatenates with pauses, and tags
the resulting audio files as chapters.
"""

__version__ = "0.1.0"
