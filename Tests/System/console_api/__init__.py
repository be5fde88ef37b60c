"""The Console's API as its users see it: over real HTTP, held to the OpenAPI document that it serves."""

from .client import Answer, Client
from .contract import Contract, Operation
from .people import PASSWORD, People, Person
from .tool import Tool, alert

__all__ = ["PASSWORD", "Answer", "Client", "Contract", "Operation", "People", "Person", "Tool", "alert"]
