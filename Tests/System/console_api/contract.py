"""The OpenAPI document, and what it promises of every answer."""

import copy
import re
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any

import json

from jsonschema import Draft202012Validator, FormatChecker

from .client import Answer

REFERENCE = "#/components/schemas/"


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    description: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    @property
    def needs_sign_in(self) -> bool:
        return bool(self.description["security"])

    @property
    def scope(self) -> str:
        """`none`, `company_in_path`, `company_in_query` or `item:<kind>`."""
        return self.description["x-aw-scope"]

    def allows(self, role: str) -> bool:
        return role in self.description.get("x-aw-roles", [role])

    def parameters(self, place: str) -> list[str]:
        """The names of the parameters in the path, the query or the header."""
        return [parameter["name"] for parameter in self.description["parameters"] if parameter["in"] == place]

    @property
    def _content(self) -> dict[str, Any]:
        return self.description.get("requestBody", {}).get("content", {}).get("application/json", {})

    @property
    def body_fields(self) -> list[str]:
        return list(self._content.get("schema", {}).get("properties", {}))

    @property
    def example(self) -> Any:
        """A body that the document shows; None when the operation takes none."""
        return copy.deepcopy(self._content.get("example"))


class Contract:
    """Holds answers to the document: the status and the body are what is written there, and a refusal says why."""

    def __init__(self, document: dict[str, Any]):
        self.document = document
        self.operations = [
            Operation(method.upper(), path, description)
            for path, methods in document["paths"].items()
            for method, description in methods.items()
        ]
        self.answers_seen: set[tuple[str, int]] = set()
        self._patterns = [
            (operation, re.compile(re.sub(r"\{[^/]+\}", "[^/]+", operation.path) + "$"))
            # A path without parts to fill in goes before one with them.
            for operation in sorted(self.operations, key=lambda operation: operation.path.count("{"))
        ]
        self._validator = cache(self._make_validator)

    @classmethod
    def fetched(cls, port: int) -> "Contract":
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/openapi.json", timeout=30) as response:
            return cls(json.load(response))

    def operation(self, method: str, path: str) -> Operation | None:
        for operation, pattern in self._patterns:
            if operation.method == method and pattern.match(path):
                return operation
        return None

    def check(self, answer: Answer) -> None:
        """Fails when the answer is not one that the document promises. Paths outside of `/api/` are free."""
        operation = self.operation(answer.method, answer.path)
        if operation is None:
            assert not answer.path.startswith("/api/") or answer.status in (404, 405), f"{answer.method} {answer.path} is answered but not documented"
            return
        self.answers_seen.add((operation.name, answer.status))
        assert answer.status < 500, f"{operation.name} failed: {answer.text}"
        documented = operation.description["responses"]
        assert str(answer.status) in documented, f"{operation.name} does not document {answer.status}: {answer.text}"
        content = documented[str(answer.status)].get("content")
        if not content:
            assert answer.text == "", f"{operation.name} documents no body for {answer.status}: {answer.text}"
            return
        (kind,) = content
        assert answer.headers["content-type"] == kind, f"{operation.name} answers {answer.headers['content-type']}"
        errors = sorted(self._validator(operation.name, str(answer.status), kind).iter_errors(answer.json), key=str)
        assert not errors, f"{operation.name} {answer.status} is not as documented: {errors[0]}"
        if answer.status >= 400:
            assert answer.json["status"] == answer.status and answer.json["detail"], answer.text

    def check_value(self, schema: str, value: Any) -> None:
        """Holds a value to a schema of the document, such as `Incident`."""
        reference = {"$ref": REFERENCE + schema, "components": self.document["components"]}
        Draft202012Validator(_exact(reference), format_checker=FormatChecker()).validate(value)

    def _make_validator(self, name: str, status: str, kind: str) -> Draft202012Validator:
        method, _, path = name.partition(" ")
        schema = self.document["paths"][path][method.lower()]["responses"][status]["content"][kind]["schema"]
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator.check_schema(whole)
        return Draft202012Validator(_exact(whole), format_checker=FormatChecker(["date-time", "uuid", "date"]))


def _exact(schema: Any) -> Any:
    """The schema with objects that have no other fields than those they name, so that an answer with one more is found."""
    if isinstance(schema, list):
        return [_exact(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    exact = {name: _exact(part) for name, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema:
        exact["additionalProperties"] = False
    return exact
