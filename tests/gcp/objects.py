"""Objects of Cloud Storage: their contents, generations, uploads in one and in parts, and keys that are not kept."""

import base64
import hashlib
import json
import re

from services import HANDLERS, NOW, Refusal, bucket_name, etag, expect, handler, merged

QUANTUM = 256 << 10
TABLE = []
for start in range(256):
    value = start
    for _ in range(8):
        value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    TABLE.append(value)


def crc32c(content):
    value = 0xFFFFFFFF
    for byte in content:
        value = TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return base64.b64encode((value ^ 0xFFFFFFFF).to_bytes(4, "big")).decode()


def parts_of(kind, body):
    """The document and the content of a multipart upload."""
    boundary = kind.split("boundary=")[1].strip('"').encode()
    parts = body.split(b"--" + boundary)[1:-1]
    if len(parts) != 2:
        raise ValueError(f"an upload of {len(parts)} parts")
    (_, head), (_, content) = (part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1) for part in parts)
    return json.loads(head), content.removesuffix(b"\r\n")


def object_name(params):
    return f"b/{params['bucket']}/o/{params['object']}"


def key_of(head):
    """The digest of the key that came with a request."""
    key, told = head.get("x-goog-encryption-key"), head.get("x-goog-encryption-key-sha256")
    if key is None:
        return None
    digest = base64.b64encode(hashlib.sha256(base64.b64decode(key)).digest()).decode()
    if head.get("x-goog-encryption-algorithm") != "AES256" or told != digest:
        raise Refusal(400, "the encryption key does not match its digest")
    return digest


def unlocked(world, thing):
    """An object as it is shown to who has its key, or has none."""
    wanted, given = thing.get("customerEncryption", {}).get("keySha256"), key_of(world.head)
    if given and given != wanted:
        raise Refusal(400, "the provided encryption key is incorrect")
    if wanted and not given:
        return {name: value for name, value in thing.items() if name not in ("md5Hash", "crc32c")}
    return thing


def expect_generation(query, now):
    expect(query, "ifGenerationMatch", lambda wanted: wanted == (now["generation"] if now else "0"))
    expect(query, "ifMetagenerationMatch", lambda wanted: now and wanted == now["metageneration"])


@handler("storage.objects.insert")
def write_object(world, params, query, body, content):
    bucket = world.get(bucket_name(params))
    name = f"b/{params['bucket']}/o/{body.get('name') or query['name']}"
    now = world.things.get(name)
    expect_generation(query, now)
    if now and now.get("temporaryHold"):
        raise Refusal(403, "the object is held")
    md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
    if body.get("md5Hash", md5) != md5:
        raise Refusal(400, "the MD5 does not match")
    crc = crc32c(content) if len(content) <= QUANTUM else body.get("crc32c")
    if body.get("crc32c", crc) != crc:
        raise Refusal(400, "the CRC-32C does not match")
    told = {"kind": "storage#object", "bucket": params["bucket"], "name": name.split("/o/", 1)[1]}
    told |= {"generation": str(1700000000000000 + world.next()), "metageneration": "1", "size": str(len(content)), "md5Hash": md5}
    told |= {"timeCreated": NOW, "updated": NOW, "etag": etag(world)} | ({"crc32c": crc} if crc else {})
    told["mediaLink"] = f"https://storage.googleapis.com/download/{name}?generation={told['generation']}&alt=media"
    told["selfLink"] = f"https://www.googleapis.com/storage/v1/{name}"
    if query.get("kmsKeyName"):
        told["kmsKeyName"] = query["kmsKeyName"] + "/cryptoKeyVersions/1"
    if key := key_of(world.head):
        told["customerEncryption"] = {"encryptionAlgorithm": "AES256", "keySha256": key}
    if bucket.get("versioning", {}).get("enabled") and now:
        world.earlier.setdefault(name, []).append(now)
    world.contents[name] = content
    world.things[name] = {"storageClass": bucket["storageClass"], "contentType": "application/octet-stream"} | body | told
    return world.things[name]


@handler("storage.objects.get")
def get_object(world, params, query, body, _):
    world.get(bucket_name(params))
    name = object_name(params)
    if name not in world.things:
        raise Refusal(404, f"No such object: {params['bucket']}/{params['object']}")
    found = world.things[name]
    expect_generation(query, found)
    if query.get("alt") == "media" and found.get("customerEncryption") and not key_of(world.head):
        raise Refusal(400, "the object is encrypted by a key of the customer's")
    return unlocked(world, found)


@handler("storage.objects.patch")
def change_object(world, params, query, body, _):
    found = world.get(object_name(params))
    expect_generation(query, found)
    merged(found, body)
    found["metageneration"] = str(int(found["metageneration"]) + 1)
    return found


@handler("storage.objects.delete")
def delete_object(world, params, query, body, _):
    name = object_name(params)
    if "generation" in query and world.things.get(name, {}).get("generation") != query["generation"]:
        kept = [thing for thing in world.earlier.get(name, []) if thing["generation"] != query["generation"]]
        if len(kept) == len(world.earlier.get(name, [])):
            raise Refusal(404, f"No such object: {name}")
        world.earlier[name] = kept
        return None
    found = world.get(name)
    expect_generation(query, found)
    if found.get("temporaryHold") or found.get("eventBasedHold"):
        raise Refusal(403, "the object is held")
    bucket = world.get(bucket_name(params))
    if bucket.get("versioning", {}).get("enabled") and "generation" not in query:
        world.earlier.setdefault(name, []).append(found)
    del world.things[name]


@handler("storage.objects.list")
def list_objects(world, params, query, body, _):
    world.get(bucket_name(params))
    prefix = f"{bucket_name(params)}/o/{query.get('prefix', '')}"
    found = [thing for name, thing in sorted(world.things.items()) if name.startswith(prefix)]
    if query.get("versions") == "true":
        found += [thing for name, things in sorted(world.earlier.items()) if name.startswith(prefix) for thing in things]
    begin, most = int(query.get("pageToken") or 0), int(query.get("maxResults") or 1000)
    answer = {"kind": "storage#objects", "items": [unlocked_or_less(thing) for thing in found[begin : begin + most]]}
    if query.get("delimiter"):
        inner = [thing["name"].removeprefix(query.get("prefix", "")) for thing in found]
        answer["items"] = [thing for thing, rest in zip(found, inner) if query["delimiter"] not in rest]
        folders = {rest.split(query["delimiter"])[0] for rest in inner if query["delimiter"] in rest}
        return answer | {"prefixes": sorted(query.get("prefix", "") + folder + query["delimiter"] for folder in folders)}
    return answer | ({"nextPageToken": str(begin + most)} if begin + most < len(found) else {})


def unlocked_or_less(thing):
    hidden = ("md5Hash", "crc32c") if thing.get("customerEncryption") else ()
    return {name: value for name, value in thing.items() if name not in hidden}


# Uploads in parts


def begin_upload(world, params, query, document):
    """Where the parts go."""
    world.get(bucket_name(params))
    number = f"upload-{world.next()}"
    world.uploads[number] = {"params": params, "query": query, "document": document, "content": b"", "done": None}
    return number


def continue_upload(world, number, span, body):
    """An object that is whole now, or how many bytes there are."""
    upload = world.uploads.get(number)
    if upload is None:
        raise Refusal(404, "no such upload")
    if upload["done"]:
        return upload["done"], None
    asked = re.fullmatch(r"bytes \*/(\*|\d+)", span)
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\*|\d+)", span)
    if not asked and not found:
        raise Refusal(400, f"a part of {span!r}")
    total = (asked or found).groups()[-1]
    if found:
        first, last = int(found[1]), int(found[2])
        if first != len(upload["content"]) or last - first + 1 != len(body):
            raise Refusal(400, f"{span} with {len(body)} bytes after {len(upload['content'])}")
        if total == "*" and len(body) % QUANTUM:
            raise Refusal(400, "a part that is not the last one is no multiple of 256 KiB")
        upload["content"] += body
    if total == "*" or int(total) != len(upload["content"]):
        return None, len(upload["content"])
    told = dict(pair.strip().split("=", 1) for pair in world.head.get("x-goog-hash", "").split(",") if "=" in pair)
    document = upload["document"] | ({"crc32c": told["crc32c"]} if "crc32c" in told else {})
    upload["done"] = HANDLERS["storage.objects.insert"](world, upload["params"], upload["query"], document, upload["content"])
    return upload["done"], None


# Contents


def media(world, bucket, name):
    """The content of an object and what its head says."""
    found = get_object(world, {"bucket": bucket, "object": name}, {"alt": "media"}, {}, None)
    head = [("x-goog-generation", found["generation"]), ("x-goog-metageneration", found["metageneration"])]
    head += [("x-goog-stored-content-length", found["size"]), ("x-goog-storage-class", found["storageClass"]), ("etag", found["etag"])]
    hashes = [f"{kind}={found[field]}" for kind, field in (("crc32c", "crc32c"), ("md5", "md5Hash")) if field in found]
    head += [("x-goog-hash", told) for told in hashes]
    return world.contents[f"b/{bucket}/o/{name}"], head, found["contentType"]
