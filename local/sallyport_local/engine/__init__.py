"""Step Functions Express workflows in this process: `load` a definition, give an Engine its tasks, `run`."""

from sallyport_local.engine.definition import Definition, load
from sallyport_local.engine.engine import Engine
from sallyport_local.engine.errors import DefinitionError, TaskFailed
from sallyport_local.engine.execution import Execution, TaskContext, Visit
from sallyport_local.engine.values import text_of

__all__ = [
    "Definition",
    "DefinitionError",
    "Engine",
    "Execution",
    "TaskContext",
    "TaskFailed",
    "Visit",
    "load",
    "text_of",
]
