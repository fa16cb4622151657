"""Two small projects for the renderers' tests: a todo list, and a forum full of edge cases."""

from tests.pipeline.render.sample_database import DIRECTIVE, HOSTILE
from tests.pipeline.render.sample_forum import forum_project
from tests.pipeline.render.sample_todo import todo_project

__all__ = ["DIRECTIVE", "HOSTILE", "forum_project", "todo_project"]
