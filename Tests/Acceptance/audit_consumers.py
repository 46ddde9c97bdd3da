"""Readers of an audit log as other projects write them, from their documentation; nothing of Keyhole's code.

`parse` is as strict as laurel: header, then fields, each of a form of its own, `msg='…'` a list of fields itself; what
is anything else is an error. `flat` is as forgiving as go-audit and Elastic's auparse: whatever looks like `name=value`
anywhere in a text counts, and the last of a name wins.
"""

import dataclasses
import re

# Fields of the audit dictionary whose values are quoted or in hexadecimal, as far as Keyhole writes them; and `info`,
# which libauparse knows from AppArmor, and `rule`, which it does not know.
ENCODED = {"acct", "cmd", "exe", "key", "name", "vm", "info", "rule"}
GROUP_SEPARATOR = b"\x1d"
HEADER = re.compile(
    rb"(?:node=(?P<node>[!-~]+) )?type=(?P<type>[A-Z_]+|UNKNOWN\[\d+\]) "
    rb"msg=audit\((?P<seconds>\d+)\.(?P<milliseconds>\d{3}):(?P<serial>\d+)\): ?")
OUTER = re.compile(rb"""([A-Za-z][A-Za-z0-9_-]*)=("[^"]*"|'[^']*'|[^ "'\x1d]*)(?: |(?=\x1d)|$)""")
INNER = re.compile(rb"""([A-Za-z][A-Za-z0-9_-]*)=("[!#-~]*"|[!#-&(-~]+)(?: |$)""")
ANYWHERE = re.compile(rb"""([a-z0-9_-]+)=([^"'\s]+|'(?:\\'|[^'])*'|"(?:\\"|[^"])*")""")
HEXADECIMAL = re.compile(rb"(?:[0-9A-F]{2})+")


class Malformed(ValueError):
    """A line that such a reader drops."""


@dataclasses.dataclass
class Record:
    """One line of a log: what stands before `msg='`, in it, and behind the separator of the ENRICHED format."""

    node: str
    type: str
    #: Milliseconds since 1970.
    time: int
    serial: int
    #: Names to values as they stand in the line.
    prefix: dict
    raw: dict
    enriched: dict
    line: bytes

    @property
    def is_keyholes(self):
        return self.raw.get("op", b"").startswith(b"keyhole:")

    @property
    def op(self):
        return self.text("op").removeprefix("keyhole:")

    @property
    def fields(self):
        """Names to values, decoded."""
        return {name: decoded(name, value) for name, value in self.raw.items()}

    def value(self, name):
        return decoded(name, self.raw[name])

    def text(self, name, default=None):
        return self.value(name).decode("utf-8", "backslashreplace") if name in self.raw else default

    def number(self, name):
        return int(self.raw[name])


def decoded(name, value):
    if value[:1] == b'"':
        return value[1:-1]
    if name in ENCODED and HEXADECIMAL.fullmatch(value):
        return bytes.fromhex(value.decode())
    return value


def parse(line):
    line = line.removesuffix(b"\n")
    header = HEADER.match(line)
    if not header:
        raise Malformed(f"no header: {line[:200]!r}")
    prefix, rest = fields(OUTER, line[header.end():].removesuffix(b" "), line)
    enriched = {}
    if rest:
        enriched, rest = fields(OUTER, rest.removeprefix(GROUP_SEPARATOR), line)
        if rest:
            raise Malformed(f"garbage behind the enrichment: {rest!r}")
    raw = {}
    message = prefix.pop("msg", b"")
    if message[:1] == b"'" and b"op=" in message:
        raw, rest = fields(INNER, message[1:-1], line)
        if rest:
            raise Malformed(f"garbage in the message: {rest!r}")
    return Record(
        (header["node"] or b"").decode(), header["type"].decode(),
        int(header["seconds"]) * 1000 + int(header["milliseconds"]), int(header["serial"]), prefix, raw, enriched, line)


def fields(form, text, line):
    """The fields of a text from its beginning on, and what is left; no name may come twice."""
    found, at = {}, 0
    while match := form.match(text, at):
        name = match[1].decode()
        if name in found:
            raise Malformed(f"{name} twice: {line!r}")
        found[name] = match[2]
        at = match.end()
    return found, text[at:]


def records(log):
    """Keyhole's records in the bytes of a log. A line that names one of them and does not parse is an error."""
    found = [parse(line) for line in log.split(b"\n") if b"op=keyhole:" in line]
    return [record for record in found if record.is_keyholes]


def flat(line):
    """All fields of a line, nested ones included, decoded; those without a value are left out."""
    found = {}
    for name, value in ANYWHERE.findall(line):
        if name == b"msg" and value[:1] == b"'":
            found |= flat(value[1:-1])
        elif value.strip(b"'\" ") not in (b"", b"?", b"(null)"):
            name = name.decode()
            found[name] = decoded(name, value)
    return found
