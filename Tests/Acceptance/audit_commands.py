"""`keyhole audit report` and `refusals` on logs of the tests' own: the built program, and no gateway, no network."""

import subprocess

from policy_tools import KEYHOLE, Done

# 2026-11-21 00:00 of UTC, a Saturday, which all tests here take for the machine's time zone.
END = 1_795_219_200


def audit_command(*words, stdin=b"", zone="UTC", **options):
    """`keyhole audit WORDS…`."""
    command = ["env", f"TZ={zone}", str(KEYHOLE), "audit", *map(str, words)]
    return Done(subprocess.run(command, input=stdin, **({"capture_output": True, "timeout": 120} | options)))


def report(story, *words, **options):
    return audit_command("report", "--since", f"@{END - 7 * 86_400}", *words, "-", stdin=story.bytes, **options)
