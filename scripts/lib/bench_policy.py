"""Measures the policy engine: judging against sudo and a Python allowlist, loading, memory. scripts/bench policy runs it.

The lines are the useful ones of the acceptance tests' corpus and all examples of the default policy.
"""

import argparse
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import yaml

from bench_figures import Figures, interleaved, note

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = REPOSITORY / "out/bin/policy-benchmark"
POLICY = REPOSITORY / "policy"
USEFUL = REPOSITORY / "Tests/Acceptance/corpus/useful.txt"
SUDO = "/usr/bin/sudo"
#: A line that both sides allow, and what sudo calls it.
ASKED = "journalctl -u nginx -n 50"


def documents():
    return {path: yaml.load(path.read_text(), Loader=yaml.BaseLoader) for path in sorted(POLICY.rglob("*.yaml"))}


def commands(files):
    return {name: rule for file in files.values() for name, rule in (file.get("commands") or {}).items()}


def corpus(rules):
    useful = [line.split("\t")[0] for line in USEFUL.read_text().splitlines() if line and not line.startswith("#")]
    return useful + [line for rule in rules.values() for line in rule["allow"] + rule["deny"]]


def quantiles(values):
    """The median and the 99th of a hundred."""
    cuts = statistics.quantiles(values, n=100)
    return cuts[49], cuts[98]


def judge_times(lines, turns):
    words = [PROGRAM, "judge", POLICY, str(turns)]
    done = subprocess.run(words, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return [float(row) for row in done.stdout.split()]


class Allowlist:
    """What a careful script would do: words by shlex, stages by `|`, and an expression for each use that is allowed."""

    def __init__(self, rules):
        self.uses = {}
        for rule in rules.values():
            for line in rule["allow"]:
                for name, rest in self.stages(line) or []:
                    self.uses.setdefault(name, set()).add(re.sub(r"\d+", r"\\d+", re.escape(rest)))
        self.uses = {name: re.compile("|".join(sorted(uses))) for name, uses in self.uses.items()}

    @staticmethod
    def stages(line):
        try:
            words = shlex.split(line)
        except ValueError:
            return None
        result, stage = [], []
        for word in [*words, "|"]:
            if word != "|":
                stage.append(word)
            elif stage:
                result.append((stage[0], " ".join(stage[1:])))
                stage = []
        return result

    def allows(self, line):
        stages = self.stages(line)
        return bool(stages) and all(
            name in self.uses and self.uses[name].fullmatch(rest) for name, rest in stages)


def allowlist_times(rules, lines, turns):
    allowlist = Allowlist(rules)
    assert allowlist.allows(ASKED)
    times = []
    for turn in range(turns):
        line = lines[turn % len(lines)]
        began = time.perf_counter_ns()
        allowlist.allows(line)
        times.append((time.perf_counter_ns() - began) / 1000)
    return times


def write_sudoers(rules):
    """One entry for each allowed use of a command by itself. This runs in a mount namespace of its own, so that the
    machine's sudoers stay what they are."""
    uses = set()
    for rule in rules.values():
        for line in rule["allow"]:
            if re.fullmatch(r"[A-Za-z0-9_./@%+:,= -]+", line):
                rest = re.sub(r"([,:=])", r"\\\1", line.partition(" ")[2])
                uses.add(f"{rule['exec']} {rest}".rstrip())
    file = pathlib.Path(tempfile.mkdtemp(prefix="keyhole-bench-sudo.")) / "sudoers"
    file.write_text("Defaults !syslog\n" + "".join(f"diag ALL = (root) NOPASSWD: {use}\n" for use in sorted(uses)))
    file.chmod(0o440)
    subprocess.run(["visudo", "-c", "-q", "-f", file], check=True)
    pathlib.Path("/etc/sudoers").touch()
    subprocess.run(["mount", "--bind", file, "/etc/sudoers"], check=True)
    return len(uses)


def measure_judging(figures, rules, lines, runs):
    turns = max(20_000, 10 * len(lines))
    note(f"judging {len(lines)} lines, {turns} turns")
    ours = quantiles(judge_times(lines, turns))
    theirs = quantiles(allowlist_times(rules, lines, turns))
    figures.add("judge_p50_us", ours[0], "us", "Python allowlist", theirs[0])
    figures.add("judge_p99_us", ours[1], "us", "Python allowlist", theirs[1])

    note(f"sudo with {write_sudoers(rules)} entries")
    line = shlex.split(ASKED)
    question = [SUDO, "-n", "-l", "-U", "diag", rules[line[0]]["exec"], *line[1:]]
    told = subprocess.run(question, capture_output=True, text=True)
    if told.returncode or rules[line[0]]["exec"] not in told.stdout:
        raise SystemExit(f"bench: sudo does not allow what it should: {told.stdout}{told.stderr}")
    explain = [REPOSITORY / "out/bin/keyhole", "policy", "explain", "--policy", POLICY, ASKED]
    times = interleaved({"sudo": question, "sudo -V": [SUDO, "-V"], "explain": explain}, runs)
    # What sudo needs to start and to read its configuration anyway is not held against it.
    own = max(0.001, times["sudo"] - times["sudo -V"]) * 1000
    one = quantiles(judge_times([ASKED], 20_000))[0]
    figures.add("judge_vs_sudo", one, "us", "sudo -l less sudo -V", own)
    figures.add("explain_vs_sudo", times["explain"], "ms", "sudo -l", times["sudo"])


def write_policy(directory, files, rules, count):
    """A policy of `count` commands: the default one's, again and again under other names, with its denylist."""
    directory.mkdir()
    names = list(rules)
    for start in range(0, count, 100):
        part = {}
        for index in range(start, min(count, start + 100)):
            name = names[index % len(names)]
            round_ = index // len(names)
            rule = dict(rules[name])
            other = name if round_ == 0 else f"{name}.{round_}"
            for key in ("allow", "deny"):
                # Without pipelines: what stands in them may not be among the commands taken.
                own = [line for line in rule[key] if not re.search("[|;&]", line)]
                rule[key] = [re.sub(rf"^{re.escape(name)}\b", lambda _: other, line) for line in own]
            part[other] = rule
        (directory / f"commands-{start:05}.yaml").write_text(yaml.safe_dump({"commands": part}, width=10_000))
    rest = {}
    for file in files.values():
        for key in ("secrets", "public", "variables"):
            if file.get(key):
                more = file[key]
                rest[key] = rest.get(key, {}) | more if isinstance(more, dict) else rest.get(key, []) + more
    (directory / "secrets.yaml").write_text(yaml.safe_dump(rest, width=10_000))


def load_times(directory, turns):
    done = subprocess.run([PROGRAM, "load", directory, str(turns)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: {directory} does not load\n{done.stderr[-2000:]}")
    return statistics.median(float(row) for row in done.stdout.split())


def held_megabytes(directory, count):
    """Resident memory of a program that has loaded the policy so many times."""
    with subprocess.Popen([PROGRAM, "hold", directory, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as program:
        if program.stdout.readline() != "ready\n":
            raise SystemExit("bench: the policy does not load")
        status = pathlib.Path(f"/proc/{program.pid}/status").read_text()
        program.stdin.close()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def measure_loading(figures, files, rules, turns):
    with tempfile.TemporaryDirectory(prefix="keyhole-bench-policy.") as root:
        for count, rounds in ((70, turns), (2000, max(5, turns // 4))):
            directory = pathlib.Path(root, str(count))
            write_policy(directory, files, rules, count)
            note(f"loading {count} commands, {rounds} turns")
            figures.add(f"load_{count}_ms", load_times(directory, rounds), "ms")
            more = 8
            figures.add(f"policy_{count}_mb",
                        (held_megabytes(directory, 1 + more) - held_megabytes(directory, 1)) / more, "MB")
    figures.add("load_default_ms", load_times(POLICY, turns), "ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=40)
    options = parser.parse_args()
    files = documents()
    rules = commands(files)
    figures = Figures("policy", options.json)
    note(f"Linux {os.uname().release}, {os.cpu_count()} CPUs, {options.runs} runs, {len(rules)} commands")
    measure_judging(figures, rules, corpus(rules), options.runs)
    measure_loading(figures, files, rules, options.runs)


if __name__ == "__main__":
    sys.exit(main())
