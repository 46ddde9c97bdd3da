"""The corpora: lines that people and agents type, and lines that attack. docs/testing.md

`corpus/useful.txt` has a line a row, under headings. A line that is refused is followed by two rows that say what its
refusal must tell, and what the caller can then type:

    sudo systemctl status nginx
        hint: drop `sudo`
        then: systemctl status nginx

`corpus/instead.txt` has, in the same form, what is typed too and what no policy of Keyhole's could allow: it needs
root, a network or a terminal, or would show secrets.

`corpus/harmful/*.tsv` have a line a row: verdict, harm, line, how. The verdict is the rule that refuses it, or
`harmless`: it may run, and test_corpus_harmless.py proves what becomes of it. `<U+000A>` stands for that character,
`<echo 'x' 300 times>` for such a line.
"""

import dataclasses
import pathlib
import re

CORPUS = pathlib.Path(__file__).parent / "corpus"
HARMS = ("exec", "write", "delete", "state-change", "secret-read", "network", "hang", "leak")
HARMLESS = "harmless"
# What ends a line that may run.
ENDINGS = ("itself", "time limit", "output limit", "a limit", "client")


@dataclasses.dataclass(frozen=True)
class Typed:
    """A line that somebody typed; `hint` and `then` when it is refused."""

    situation: str
    line: str
    hint: str = ""
    then: str = ""

    def __str__(self):
        return self.line


@dataclasses.dataclass(frozen=True)
class Attack:
    theme: str
    verdict: str
    harm: str
    line: str
    how: str

    def __str__(self):
        return f"{self.harm}: {self.line}" if len(self.line) < 200 else f"{self.harm}: {self.how}"

    @property
    def is_harmless(self):
        return self.verdict.startswith(HARMLESS)

    @property
    def ending(self):
        """Of a harmless line: what ends it."""
        return self.verdict.partition(": ")[2] or "itself"


def useful():
    return typed("useful.txt")


def instead():
    return typed("instead.txt")


def typed(name):
    found, situation = [], ""
    for row in (CORPUS / name).read_text().splitlines():
        if row.startswith("# "):
            situation = row[2:]
        elif row.startswith("    "):
            key, _, value = row.strip().partition(": ")
            found[-1] = dataclasses.replace(found[-1], **{key: value})
        elif row:
            found.append(Typed(situation, row))
    return found


def attacks():
    found = []
    for path in sorted((CORPUS / "harmful").glob("*.tsv")):
        for row in path.read_text().split("\n"):
            if row and not row.startswith("# "):
                verdict, harm, line, how = row.split("\t")
                found.append(Attack(path.stem, verdict, harm, spelled(line), how))
    return found


def known_ways():
    """Names of what has to be tried, each with an expression for the line that tries it."""
    rows = (CORPUS / "known-ways.tsv").read_text().splitlines()
    return [(name, spelled(expression)) for name, expression in (row.split("\t") for row in rows if row[0] != "#")]


def spelled(line):
    """The line itself, for what a text file cannot show well."""
    if repeated := re.fullmatch(r"<(.*) '(.*)' (\d+) times>", line):
        start, part, times = repeated.groups()
        return start + part * int(times)
    return re.sub(r"<U\+([0-9A-F]{4,6})>", lambda match: chr(int(match[1], 16)), line)
