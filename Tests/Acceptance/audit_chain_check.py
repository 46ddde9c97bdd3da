"""The numbers and the chain of records, computed from docs/audit.md and by nothing of Keyhole's code."""

import hashlib
import re

BEGINNING = bytes(16)


def own_text(record):
    """A record's own fields as they stand in it, from `op=` to the number of `seq=`."""
    start = record.line.index(b"op=keyhole:")
    end = re.search(rb" seq=\d+", record.line[start:]).end()
    return record.line[start:start + end]


def following(before, record):
    parts = [own_text(record), *(record.raw[name].strip(b'"') for name in ("addr", "terminal", "res"))]
    return hashlib.sha256(before + record.type.encode() + b"".join(b"\n" + part for part in parts)).digest()[:16]


def defects(records):
    """What is wrong with records that stand one after the other in one boot. The first is believed unless it says
    itself what it follows."""
    found, before = [], None
    for record in records:
        if not {"seq", "chain"} <= record.raw.keys():
            found.append(f"without number or chain: {record.line!r}")
            continue
        number, chain = record.number("seq"), bytes.fromhex(record.text("chain"))
        if before and number != before[0] + 1:
            found.append(f"{number} follows {before[0]}")
        if record.op == "start" and before and record.text("prev") != before[1].hex():
            found.append(f"the start record {number} follows another chain")
        believed = before[1] if before else None
        if record.op == "start":
            believed = bytes.fromhex(record.text("prev"))
        if believed is not None and following(believed, record) != chain:
            found.append(f"the chain breaks at {number}: {record.line!r}")
        before = number, chain
    return found
