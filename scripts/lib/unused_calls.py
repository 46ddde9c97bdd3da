"""Runs the useful lines, the policy's examples and, if asked, the acceptance tests under a tracer, and compares the
system calls that commands made with the filter's list. Runs inside scripts/private-host. docs/testing.md"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

import yaml
from private_gateway import Gateway
from private_gateway.layout import REPOSITORY
from system_calls import Rule, Traces, rules

CORPUS = REPOSITORY / "Tests/Acceptance/corpus/useful.txt"
TESTS = REPOSITORY / "Tests"
PATIENCE = 6
MOST_SUBJECTS = 3


def note(text):
    print(f"unused-calls: {text}", file=sys.stderr, flush=True)


def lines(policy):
    """Every line that is worth running, once: those of the corpus and the examples of the policy."""
    found = dict.fromkeys(row for row in CORPUS.read_text().splitlines() if not row.startswith(("#", " ")))
    for path in sorted(policy.glob("**/*.yaml")):
        for rule in (yaml.safe_load(path.read_text()) or {}).get("commands", {}).values():
            found.update(dict.fromkeys(rule.get("allow", [])))
    return [line for line in found if line.strip()]


def run_lines(gateway, traces):
    front = gateway.front()
    counts = {"ended": 0, "cut off": 0, "refused, or not installed": 0}
    all_lines = lines(gateway.layout.policy)
    for number, line in enumerate(all_lines):
        if number % 100 == 0:
            note(f"line {number} of {len(all_lines)}")
        traces.subject = line
        call = front.begin(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            call.communicate(timeout=PATIENCE)
            kind = "refused, or not installed" if call.returncode in (125, 126, 127) else "ended"
        except subprocess.TimeoutExpired:
            # It follows a log, or is slow under the tracer.
            call.kill()
            call.communicate()
            kind = "cut off"
        counts[kind] += 1
        traces.settle()
    traces.subject = ""
    return counts


def run_tests(traces):
    note("the acceptance tests")
    log = pathlib.Path("/run/private-host/tests.log")
    with open(log, "wb") as output:
        subprocess.run(
            ["/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider", "-q", TESTS / "Acceptance"],
            stdout=output, stderr=subprocess.STDOUT, cwd=REPOSITORY)
    # The tracer slows every call: tests that look at the clock fail under it, and here that is no matter.
    told = log.read_text(errors="replace").strip().splitlines()
    for line in [line for line in told if line.startswith(("FAILED", "ERROR"))][:20] + told[-1:]:
        note(f"  {line}")
    traces.settle()


def named(rule, sources):
    """A test file that names the call. A rule for one operation of a call is named by the operation."""
    operation = re.match(r"([A-Z]+_?[A-Z0-9_]{3,})\b", rule.reason) if rule.tests else None
    name = operation[1] if operation else rule.call
    in_c = rf"\b{name}\b" if operation else rf"\b(?:SYS_|__NR_){name}\b|(?<!\w){name}\s*\("
    patterns = {".c": in_c, ".swift": rf"\b{name}\b" if operation else f'"{name}"'}
    for path, text in sources.items():
        if path.suffix in patterns and re.search(patterns[path.suffix], text):
            return path.relative_to(REPOSITORY)
    return None


def test_sources():
    """The probes, which run inside, and the tests of the filter itself."""
    paths = [*TESTS.glob("Acceptance/probes/*.c"), *TESTS.glob("SystemCallFilterTests/*.swift")]
    return {path: path.read_text() for path in sorted(paths)}


def report(filter_rules, traces):
    """Prints what is listed and was not seen, and what was refused. Returns the rules that nothing exercises."""
    sources = test_sources()
    unseen = [rule for rule in filter_rules if not traces.met[rule]]
    loose = []
    print(f"\n{len(filter_rules)} calls are listed, {len(filter_rules) - len(unseen)} of them were seen, "
          f"made by {len(traces.commands)} commands")
    print("\nlisted, but never seen:")
    for rule in unseen:
        test = named(rule, sources)
        if test is None:
            loose.append(rule)
        print(f"  {rule}\n    {f'{test} names it' if test else 'NO TEST NAMES IT'}")
    refused = {rule: count for rule, count in traces.met.items() if not isinstance(rule, Rule) or rule.error}
    print("\nseen, but refused:")
    for rule, count in sorted(refused.items(), key=lambda entry: -entry[1]):
        subjects = list(traces.subjects[rule])
        more = f" and {len(subjects) - MOST_SUBJECTS} more" if len(subjects) > MOST_SUBJECTS else ""
        if isinstance(rule, Rule):
            told = f"{rule.call} ({rule.verb})"
        else:
            arguments = ", ".join(f"argument {place}: {value:#x}" for place, value in rule[1])
            told = f"{rule[0]}{f' with {arguments}' if arguments else ''} (not listed: ENOSYS)"
        print(f"  {told}, {count} times: {'; '.join(subjects[:MOST_SUBJECTS])}{more}")
    return loose


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    filter_rules = rules(REPOSITORY / "out/bin/filter-rules")
    traces = Traces(pathlib.Path(os.environ["KEYHOLE_PRIVATE_HOST"]) / "traces", filter_rules)
    os.environ["KEYHOLE_TRACE"] = str(traces.folder)
    with Gateway() as gateway:
        gateway.broker.start(patience=120)
        for kind, count in run_lines(gateway, traces).items():
            note(f"{count} lines {kind}")
    if options.tests:
        run_tests(traces)
    loose = report(filter_rules, traces)
    if options.check and loose:
        print(f"\nunused-calls: nothing exercises {len(loose)} listed calls: {', '.join(rule.call for rule in loose)}")
        print("hint: take them from the list, or write a test that makes or names them")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
