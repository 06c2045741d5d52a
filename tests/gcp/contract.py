"""What Google's descriptions of its APIs say of a request and of an answer."""

import base64
import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "discovery"


class Broken(Exception):
    """A request or an answer that the description does not permit."""


class Method:
    def __init__(self, service, method, document):
        self.service, self.id, self.verb = service, method["id"], method["httpMethod"]
        self.parameters = method.get("parameters", {})
        self.known = {**document.get("parameters", {}), **self.parameters}
        self.path, self.request = method["path"], method.get("request", {}).get("$ref")
        self.answer = method.get("response", {}).get("$ref")
        prefix = "/" + (document["servicePath"] or f"{document['name']}/")
        self.patterns = [self.pattern(prefix, method["path"])]
        if method.get("supportsMediaUpload"):
            self.patterns.append(self.pattern("/upload" + prefix, method["path"]))

    def pattern(self, prefix, path):
        def part(found):
            name = found.group(1).lstrip("+")
            told = self.parameters.get(name, {}).get("pattern", "^[^/]+$" if not found.group(1).startswith("+") else "^.+$")
            return f"(?P<{name}>{told.removeprefix('^').removesuffix('$')})"

        parts = re.split(r"(\{[^}]+\})", prefix + path)
        return re.compile("".join(re.sub(r"\{([^}]+)\}", part, text) if text.startswith("{") else re.escape(text) for text in parts))


class Contract:
    def __init__(self):
        self.methods, self.schemas = [], {}
        for path in sorted(FOLDER.glob("*.json")):
            document = json.loads(path.read_text())
            self.schemas[path.stem] = document["schemas"]
            self.methods += [Method(path.stem, method, document) for method in document["methods"]]
        # A verb after a colon would else be taken for a part of a name.
        self.methods.sort(key=lambda method: "}:" not in method.path)

    def find(self, verb, path, decode):
        """The method of a request, and the parameters in its path."""
        for method in self.methods:
            for pattern in method.patterns:
                found = pattern.fullmatch(path)
                if found and method.verb == verb:
                    return method, {name: decode(value) for name, value in found.groupdict().items()}
        raise Broken(f"no method answers to {verb} {path}")

    def check_query(self, method, query):
        for name, value in query.items():
            told = method.known.get(name)
            if told is None and name not in ("uploadType", "alt"):
                raise Broken(f"{method.id} has no parameter {name!r}")
            if told:
                if told.get("location") == "path":
                    raise Broken(f"{method.id}: {name!r} belongs into the path")
                self.check_text(told, value, f"parameter {name}")
        for name, told in method.parameters.items():
            if told.get("required") and told["location"] == "query" and name not in query:
                raise Broken(f"{method.id} needs the parameter {name!r}")

    @staticmethod
    def check_text(told, value, where):
        if told.get("type") == "boolean" and value not in ("true", "false"):
            raise Broken(f"{where}: {value!r} is neither true nor false")
        if (told.get("type") == "integer" or told.get("format") == "int64") and not re.fullmatch(r"-?\d+", value):
            raise Broken(f"{where}: {value!r} is no whole number")
        if "enum" in told and value not in told["enum"]:
            raise Broken(f"{where}: {value!r} is none of {told['enum']}")
        if told.get("pattern") and not re.search(told["pattern"], value):
            raise Broken(f"{where}: {value!r} does not fit {told['pattern']}")

    def check_body(self, method, body):
        if method.request is None:
            if body not in (None, {}):
                raise Broken(f"{method.id} takes no document")
            return
        self.check(method.service, {"$ref": method.request}, {} if body is None else body, method.request, method.verb == "PATCH")

    def check_answer(self, method, answer):
        if method.answer and answer is not None:
            self.check(method.service, {"$ref": method.answer}, answer, "answer " + method.answer, False, False)

    def check(self, service, schema, value, where, may_be_null, is_sent=True):
        if "$ref" in schema:
            schema = self.schemas[service][schema["$ref"]]
        if value is None:
            if may_be_null:
                return
            raise Broken(f"{where} is null")
        below = lambda schema, value, name: self.check(service, schema, value, f"{where}.{name}", may_be_null, is_sent)
        ty = schema.get("type", "any")
        if ty == "object":
            if not isinstance(value, dict):
                raise Broken(f"{where} is no object: {value!r}")
            properties, others = schema.get("properties", {}), schema.get("additionalProperties")
            for name, inner in value.items():
                told = properties.get(name, others)
                if told is None:
                    raise Broken(f"{where} has no field {name!r}")
                if is_sent and told.get("readOnly"):
                    raise Broken(f"{where}.{name} is only the API's to say")
                below(told, inner, name)
        elif ty == "array":
            if not isinstance(value, list):
                raise Broken(f"{where} is no list: {value!r}")
            for number, inner in enumerate(value):
                below(schema["items"], inner, number)
        elif ty == "boolean":
            if not isinstance(value, bool):
                raise Broken(f"{where} is neither true nor false: {value!r}")
        elif ty in ("integer", "number"):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise Broken(f"{where} is no number: {value!r}")
            if schema.get("format") == "int32" and not -(2**31) <= value < 2**31:
                raise Broken(f"{where} has more than 32 bits: {value!r}")
        elif ty == "string":
            if not isinstance(value, str):
                raise Broken(f"{where} is no text: {value!r}")
            if value and schema.get("format") in ("int64", "uint64") and not re.fullmatch(r"-?\d+", value):
                raise Broken(f"{where} is no whole number: {value!r}")
            if schema.get("format") == "google-duration" and not re.fullmatch(r"-?\d+(\.\d{1,9})?s", value):
                raise Broken(f"{where} is no time in seconds: {value!r}")
            if schema.get("format") == "byte":
                base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
            if is_sent and schema.get("pattern") and not re.fullmatch(schema["pattern"], value):
                raise Broken(f"{where}: {value!r} does not fit {schema['pattern']}")
            if "enum" in schema and value not in schema["enum"]:
                raise Broken(f"{where}: {value!r} is none of {schema['enum']}")
