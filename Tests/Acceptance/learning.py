"""Runs `keyhole policy learn` on a log of a test's own, and takes its answer apart."""

from policy_tools import policy_command


def learn(place, log, *words):
    return policy_command("learn", "--policy", place, "--log", "-", *words, stdin=log.bytes)


def proposals(done):
    return [(one["kind"], one["command"], one["yaml"]) for one in done.json["proposals"]]


def reasons(done):
    return {line: one["reason"] for one in done.json["not-proposed"] for line in one["lines"]}
