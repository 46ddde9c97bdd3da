"""`keyhole audit export`: JSON lines that keep to the documented schema, whatever the records hold."""

import json
import os

import jsonschema
import pytest
from chained_log import KEY, ChainedLog
from audit_tools import audit, fine
from policy_tools import REPOSITORY

SCHEMA = json.loads((REPOSITORY / "docs/audit-export.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
HOSTILE = [
    b"\xff\xfe\x00",
    b"\x1b[2J",
    b'"\\\n\t',
    "\u2028\U0001f642".encode(),
    b"a" * 3000,
    b"\xc3",
    bytes(range(256)),
]


def exported(log, *words):
    """The objects, each as the schema wants it."""
    done = fine("export", *words, log=log)
    for one in done.objects:
        VALIDATOR.validate(one)
    assert all(byte >= 32 or byte == 10 for byte in done.raw) and b"\x7f" not in done.raw
    return done.objects


def everything():
    log = ChainedLog(node="web-01").start()
    log.policy_load().policy_load(by="signal", res="failed", info="x: unknown key").authentication("00c0ffee00c0ffee")
    call = log.decision("grep -r x /etc", session="00c0ffee00c0ffee", vm="web-02")
    for kind in ("open", "connect", "write"):
        log.refused_access(call, "/etc/shadow", kind=kind, info="password hashes")
    log.end(call, session="00c0ffee00c0ffee", vm="web-02", refusals=3, status=2)
    log.call("rm -rf /", refused="rm is not a known command", agent="?", key="?")
    log.session_end("00c0ffee00c0ffee").agent_change()
    lost = log.decision(None)
    log.start("crash", open=1, unsure="3-4").end(lost, cause="lost", status=125).trouble(2, unsure="9").stop()
    log.record(
        "SERVICE_START", "op=keyhole:start unit=keyhole-broker policy=none", numbered=False, addr="?", terminal="?"
    )
    return log


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_kind_of_record_keeps_to_the_schema():
    log = everything()
    found = exported(log)
    assert len(found) == len(log.lines)
    assert {one["operation"] for one in found} == set(SCHEMA["$defs"]["record"]["properties"]["operation"]["enum"])
    assert [one["sequence"] for one in found] == [*range(1, log.seq + 1), None]
    assert found[log.seq - 1]["chain"] == log.chain.hex() and found[-1]["chain"] is None
    assert {one["host"] for one in found} == {"web-01"}


def test_the_schema_would_refuse_something_else():
    one = exported(everything())[4]
    for name in one:
        broken = {key: value for key, value in one.items() if key != name}
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(broken)
    for extra in ({**one, "new": 1}, {**one, "fields": {**one["fields"], "new": 1}}, {**one, "time": "yesterday"}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(extra)


def test_a_record_has_its_fields_decoded():
    found = [one for one in exported(everything()) if one["operation"] in ("decision", "end")][:2]
    assert found[0]["fields"] == {
        "call": "0000000000000001",
        "acct": "claude",
        "key": KEY,
        "vm": "web-02",
        "session": "00c0ffee00c0ffee",
        "policy": "3f9c1a7be0d24456",
        "verdict": "allowed",
        "rule": "grep",
        "cmd": "grep -r x /etc",
    }
    assert found[1]["fields"]["status"] == 2 and found[1]["fields"]["duration-ms"] == 42 and found[1]["success"] is True
    assert found[0]["time"] == "2026-11-21T12:00:05.000Z" and found[0]["serial"] == 5 and found[0]["type"] == "USER_CMD"


@pytest.mark.parametrize("line", HOSTILE)
def test_any_bytes_come_back(line):
    log = ChainedLog().start()
    log.call(line, agent=line[:40], accesses=[line])
    isText = is_text(line)
    decision = exported(log)[1]
    assert (bytes.fromhex(decision["fields-hex"]["cmd"]) if not isText else decision["fields"]["cmd"].encode()) == line
    assert ("fields-hex" in decision) == (not isText or not is_text(line[:40]))
    (call,) = exported(log, "--calls")
    assert (bytes.fromhex(call["command-hex"]) if not isText else call["command"].encode()) == line
    name = call["accesses"][0]
    assert (bytes.fromhex(name["name-hex"]) if not isText else name["name"].encode()) == line
    assert ("command-hex" in call) != isText and call["command-bytes"] == len(line)


def is_text(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


def test_random_bytes_keep_to_the_schema():
    log = ChainedLog().start()
    lines = [os.urandom(40) for _ in range(200)]
    for line in lines:
        log.call(line, agent=line[:8])
    found = [one for one in exported(log) if one["operation"] == "decision"]
    assert len(found) == 200
    exported(log, "--calls")


def test_calls_are_objects_with_their_ends():
    log = everything()
    log.decision("tail -f x")
    found = exported(log, "--calls")
    assert [(one["verdict"], one["result"], one["end"] and one["end"]["cause"]) for one in found] == [
        ("allowed", "exit 2", "exited"),
        ("refused", "refused", None),
        ("allowed", "lost", "lost"),
        ("allowed", "running or unfinished", None),
    ]
    assert [access["kind"] for access in found[0]["accesses"]] == ["open", "connect", "write"]
    assert found[1]["agent"] is None and found[1]["key"] is None and found[2]["command"] is None
    assert [one["command"] for one in exported(log, "--calls", "--verdict", "refused")] == ["rm -rf /"]


def test_filters_choose_records():
    log = everything()
    assert {one["fields"]["call"] for one in exported(log, "--call", "0000000000000001")} == {"0000000000000001"}
    assert [one["operation"] for one in exported(log, "--vm", "web-02")] == [
        "decision",
        "refused-open",
        "refused-connect",
        "refused-write",
        "end",
    ][:1] + ["end"]
    assert exported(log, "--since", "2027-01-01") == []
    assert len(exported(log, "--host", "web-*")) == len(log.lines) and exported(log, "--host", "db-*") == []


def test_filters_of_calls_need_calls():
    done = audit("export", "--verdict", "refused", log=everything())
    assert done.status == 64 and "--calls" in done.err


def test_nothing_to_export_is_no_error():
    done = audit("export", log=b"")
    assert (done.status, done.out, done.err) == (0, "", "")
