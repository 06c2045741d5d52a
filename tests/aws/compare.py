"""How states that two programs wrote of one configuration are compared: by attributes, in the types of the schema."""

import json
import re

# What differs from run to run, and what is put in its place.
RANDOM = [
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b(vpc-cidr-assoc|subnet-cidr-assoc|vpc|subnet|igw|eipalloc|eipassoc|nat|rtb|rtbassoc|sg|sgr|vpce|eni|acl|dopt|eks|r)-[0-9a-z]{8,}\b"), r"\1-X"),
    (re.compile(r"\b(AKIA|AROA|AIDA|ANPA|AIPA|ASIA)[A-Z0-9]+\b"), r"\1X"),
    (re.compile(r"(?<=[/-])[0-9a-f]{8}\b"), "X"),
    (re.compile(r"\bterraform-[0-9a-f]{26}(?![0-9a-f])"), "UUID"),
    (re.compile(r"(?<=:secret:)([^\"|]+)-[A-Za-z0-9]{6}\b"), r"\1-X"),
    (re.compile(r"(?<=\"hosted_zone_id\": \")[0-9A-F]{13}(?=\")"), "X"),
    (re.compile(r"\bpl-[0-9a-f]{8,}\b"), "pl-X"),
    (re.compile(r"\bsgrule-\d+\b"), "sgrule-X"),
    (re.compile(r"\ba-[0-9a-f]{16}\b"), "a-X"),
    (re.compile(r"(?<=/oidc/id/)[0-9A-F]+|(?<=\.eks\.amazonaws\.com/id/)[0-9A-F]+"), "X"),
    (re.compile(r"\beks\.\d+\b"), "eks.X"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\"]*"), "TIME"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{26}(?![0-9a-f])"), "MADE-UP"),
    (re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (UTC|GMT)"), r"TIME \1"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"\b(127|10)([.-])\d+[.-]\d+[.-]\d+\b(?!/)"), "ADDRESS"),
    (re.compile(r"\b2400:6500:[0-9a-f:]+"), "ADDRESS"),
]


def attributes(state):
    """The attributes of all objects in a state, by their addresses, with their types."""
    found = {}
    for resource in state["resources"]:
        for instance in resource["instances"]:
            key = instance.get("index_key")
            ty = ("data." if resource["mode"] == "data" else "") + resource["type"]
            within = resource["module"] + "." if "module" in resource else ""
            address = f'{within}{ty}.{resource["name"]}' + (f"[{json.dumps(key)}]" if key is not None else "")
            found[address] = (ty, instance["attributes"])
    return found


def types(schemas):
    """The types of all attributes and blocks, by the names of resource types and data sources."""
    found = {name: members(schema["block"]) for name, schema in schemas["resource_schemas"].items()}
    return found | {f"data.{name}": members(schema["block"]) for name, schema in schemas["data_source_schemas"].items()}


def members(block):
    """The types of what is in a block. What no provider gives a value is `open`: left out, it is null, or no and zero."""
    found = {name: attribute["type"] for name, attribute in block.get("attributes", {}).items()}
    given = [name for name in found if block["attributes"][name].get("computed")]
    found = {name: ty if name in given else ["open", ty] for name, ty in found.items()}
    for name, nested in block.get("block_types", {}).items():
        inner = ["object", members(nested["block"])]
        found[name] = inner if nested["nesting_mode"] in ("single", "group") else [nested["nesting_mode"], inner]
    return found


def differences(ours, theirs, schemas, known):
    """Where two states differ, as lines."""
    lines = []
    for address in sorted(set(ours) | set(theirs)):
        if address not in ours or address not in theirs:
            lines.append(f"{address}: only in {'ours' if address in ours else 'theirs'}")
            continue
        (ty, a), (_, b) = ours[address], theirs[address]
        for name in sorted(set(a) | set(b)):
            of = schemas.get(ty, {}).get(name, "string")
            x, y = plain(a.get(name), of), plain(b.get(name), of)
            if x != y and f"{ty}.{name}" not in known:
                lines.append(f"{address}.{name}:\n    ours   {json.dumps(x)}\n    theirs {json.dumps(y)}")
    return lines


def plain(value, ty):
    """A value without what differs from run to run, and with null in place of what says nothing: no text, no elements."""
    text = json.dumps(value, sort_keys=True)
    for pattern, instead in RANDOM:
        text = pattern.sub(instead, text)
    return said(json.loads(text), ty)


def said(value, ty):
    kind, inner = (ty[0], ty[1]) if isinstance(ty, list) else (ty, None)
    if kind == "open":
        return said(value, inner) or None
    if kind == "object" and isinstance(value, dict):
        return {name: said(part, ["open", inner.get(name, "string")]) for name, part in value.items()}
    if kind == "map" and isinstance(value, dict):
        return {name: said(part, inner) for name, part in value.items()} or None
    if kind in ("list", "set") and isinstance(value, list):
        items = [said(item, inner) for item in value]
        # A set is a list in a state, in an order that says nothing.
        return (sorted(items, key=json.dumps) if kind == "set" else items) or None
    return document(value)


def document(value):
    """A document in JSON by what it says, whatever the white space; no text as null."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            pass
    return None if value == "" else value
