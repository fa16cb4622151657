"""What ends a run: the message is a sentence for the user."""

from __future__ import annotations


class PipelineError(Exception):
    """The run can't go on, because what the next stage stands on is missing."""
