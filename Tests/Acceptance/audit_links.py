"""The chain of records as docs/audit.md describes it, in a few lines that share nothing with Keyhole's own code."""

import dataclasses
import hashlib
import re

LINE = re.compile(
    r"type=(?P<type>\S+) msg=audit\([0-9.]+:[0-9]+\): .*? ?msg='(?P<own>op=keyhole:.* seq=(?P<seq>[0-9]+)) "
    r"chain=(?P<chain>[0-9a-f]{32}) exe=\S+ hostname=\? addr=(?P<addr>\S+) terminal=(?P<terminal>\S+) res=(?P<res>\w+)'")


@dataclasses.dataclass
class Link:
    seq: int
    chain: str
    op: str
    fields: dict
    following: callable


def link(line):
    """A record's own number and value, and how its value comes from the one before. None for a line without a chain."""
    match = LINE.search(line)
    if not match:
        return None
    fields = dict(field.split("=", 1) for field in match["own"].split(" "))
    text = "\n".join([match["type"], match["own"], match["addr"], match["terminal"], match["res"]]).encode()
    return Link(
        int(match["seq"]), match["chain"], fields["op"].removeprefix("keyhole:"), fields,
        lambda before: hashlib.sha256(bytes.fromhex(before) + text).hexdigest()[:32])


def span(text):
    """The numbers of `unsure=`."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def check(lines):
    """Follows the chain from the first of these records; gives what is wrong, one text each. Numbers that are named unsure
    may be missing, and their values are taken as their followers have them."""
    links = [found for found in map(link, lines) if found]
    unsure = {number for found in links if "unsure" in found.fields for number in span(found.fields["unsure"])}
    wrong = []
    for before, found in zip(links, links[1:]):
        missing = set(range(before.seq + 1, found.seq))
        if found.seq <= before.seq or not missing <= unsure:
            wrong.append(f"{found.seq} follows {before.seq}")
        elif found.op == "start" and found.fields["prev"] != before.chain and not missing:
            wrong.append(f"start {found.seq} follows {found.fields['prev']}, not {before.chain}")
        elif found.op == "start":
            if found.following(found.fields["prev"]) != found.chain:
                wrong.append(f"start {found.seq} was altered")
        elif not missing and found.following(before.chain) != found.chain:
            wrong.append(f"{found.seq} was altered, or what is before it")
    return wrong, links
