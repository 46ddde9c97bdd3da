"""What the audit trail costs and how fast it is read, against libaudit alone, calls without a trail, and ausearch.

Runs inside scripts/private-host.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from audit_log_maker import write_log
from bench_figures import Figures, interleaved, medians, note
from bench_ssh import rate_of_openssh
from private_gateway import Gateway, processes
from private_gateway.front import become_front
from private_gateway.layout import REPOSITORY

LINE = "uname -s"
RECORDS_IN_A_TURN, TURNS = 400, 8
#: Of a call that is allowed and reads nothing secret: its decision and its end.
RECORDS_OF_A_CALL = 2
CONNECTIONS, AT_ONCE = 2, 4
MILLION, TENTH = 1_000_000, 100_000
TYPES = (
    "USER_CMD", "ANOM_ACCESS_FS", "USYS_CONFIG", "SERVICE_START", "SERVICE_STOP", "USER_AUTH", "USER_END", "ADD_USER",
    "DEL_USER", "USER_MGMT", "ACCT_LOCK", "ACCT_UNLOCK")


def written(words):
    """The median of what a program prints: microseconds of a record."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: {words[0]}: ended with {done.returncode}\n{done.stderr}")
    return statistics.median(map(float, done.stdout.split()))


def measure_record(gateway, figures):
    """Returns the microseconds that a record takes."""
    note(f"{TURNS} times {RECORDS_IN_A_TURN} records")
    peer = gateway.layout.root / "audit-peer"
    subprocess.run(["gcc", "-O2", "-o", peer, REPOSITORY / "scripts/lib/audit_peer.c", "-laudit"], check=True)
    state = gateway.layout.root / "bench.state"
    programs = {"keyhole": [REPOSITORY / "out/bin/audit-benchmark", state], "libaudit": [peer]}
    samples = {name: [] for name in programs}
    for turn in range(TURNS + 1):
        for name, words in programs.items():
            value = written([*words, RECORDS_IN_A_TURN])
            if turn:
                samples[name].append(value)
    values = medians(samples, "µs")
    figures.add("record_us", values["keyhole"], "us", "libaudit alone", values["libaudit"])
    return values["keyhole"]


def measure_share(gateway, figures, record_us, runs):
    note("a call over a shared connection, and one without ssh")
    front = gateway.front()
    shared = interleaved({"ssh": [*gateway.ssh(), "--", LINE]}, runs * 4)["ssh"]
    alone = as_front(lambda: interleaved_light(front, runs * 4))
    records = RECORDS_OF_A_CALL * record_us / 1000
    figures.add("record_share", records, "ms", "a call over a shared connection", shared)
    figures.add("record_share_light", records, "ms", "a call without ssh", alone)


def interleaved_light(front, runs):
    samples = []
    for turn in range(runs + 1):
        began = time.perf_counter()
        rate_of_openssh(front.words, 1, 1, front.environment(LINE))
        if turn:
            samples.append((time.perf_counter() - began) * 1000)
    return statistics.median(samples)


def as_front(work):
    """The number that `work` returns, from a child that is the front's user: it starts keyhole-shell as sshd would."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            become_front()
            os.write(writer, json.dumps(work()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise SystemExit("bench: the calls without ssh failed")
    return json.loads(text)


def measure_rates(gateway, figures, runs):
    """Calls a second, in turns of a broker that records and one whose configuration says that it need not."""
    note(f"{AT_ONCE} calls at once over {CONNECTIONS} connections, and without ssh")
    masters, words = [], []
    front = gateway.front()
    samples = {"": {"required": [], "off": []}, "light_": {"required": [], "off": []}}
    try:
        for number in range(CONNECTIONS):
            path = gateway.layout.control / f"bench-{number}"
            client = gateway.sshd.client(None, "-M", "-N", "-o", f"ControlPath={path}")
            masters.append(processes.start(client, gateway.layout.logs / "bench-master.log"))
            if not processes.eventually(path.exists):
                raise SystemExit("bench: no shared connection")
            words.append([*gateway.sshd.client(None, "-o", f"ControlPath={path}"), "--", LINE])
        for turn in range(max(3, runs // 8)):
            for audit in ("required", "off"):
                position = gateway.broker.log_position()
                gateway.broker.restart(audit=audit)
                # The walk for denied files, after each start, is over.
                processes.eventually(lambda: "indexed" in gateway.broker.log_since(position), 30, 0.1)
                light = lambda: rate_of_openssh(front.words, AT_ONCE, runs * 10, front.environment(LINE))
                rate_of_calls(words, runs)
                samples[""][audit].append(rate_of_calls(words, runs * 10))
                samples["light_"][audit].append(as_front(light))
    finally:
        for master in masters:
            processes.stop(master)
        gateway.broker.restart()
    for kind, values in samples.items():
        values = medians(values, "/s")
        figures.add(f"{kind}calls_audited_vs_not", values["required"], "/s", "audit: off", values["off"])


def rate_of_calls(connections, calls):
    """Whole calls a second, over the connections in turn."""
    running, begun, null = set(), 0, os.open("/dev/null", os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, target) for target in range(3)]
    began = time.perf_counter()
    while running or begun < calls:
        while begun < calls and len(running) < AT_ONCE:
            words = [str(word) for word in connections[begun % len(connections)]]
            running.add(os.posix_spawnp(words[0], words, os.environ, file_actions=streams))
            begun += 1
        pid, status = os.waitpid(-1, 0)
        if pid in running and status:
            raise SystemExit(f"bench: a call ended with {os.waitstatus_to_exitcode(status)}")
        running.discard(pid)
    os.close(null)
    return calls / (time.perf_counter() - began)


def run(words):
    """Seconds and the most resident megabytes of a program that prints to nowhere."""
    words = [str(word) for word in words]
    null = os.open("/dev/null", os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, target) for target in range(2)]
    began = time.perf_counter()
    pid = os.posix_spawnp(words[0], words, os.environ, file_actions=streams)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - began
    os.close(null)
    if status:
        raise SystemExit(f"bench: {' '.join(words)}: ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss / 1024


def measure_reading(figures, folder):
    logs = {}
    for count in (TENTH, MILLION):
        logs[count] = folder / f"{count}.log"
        own = write_log(logs[count], count)
        note(f"a log of {count} records, {own} of them Keyhole's, {logs[count].stat().st_size >> 20} MiB")
    keyhole = [REPOSITORY / "out/bin/keyhole", "audit"]
    million = logs[MILLION]
    commands = {
        "list": [*keyhole, "list", million],
        "report": [*keyhole, "report", million],
        "verify": [*keyhole, "verify", million],
        "ausearch": ["ausearch", "--input", million, "-m", ",".join(TYPES), "-i"],
    }
    samples = {name: [] for name in commands}
    memory = {}
    for _ in range(3):
        for name, words in commands.items():
            seconds, memory[name] = run(words)
            samples[name].append(seconds)
    seconds = medians(samples, "s")
    # Once: it takes minutes.
    seconds["aureport"], _ = run(["aureport", "--input", million, "--summary"])
    figures.add("list_million_vs_ausearch", seconds["list"], "s", "ausearch -i", seconds["ausearch"])
    figures.add("report_million_vs_ausearch", seconds["report"], "s", "ausearch -i", seconds["ausearch"])
    figures.add("report_million_vs_aureport", seconds["report"], "s", "aureport --summary", seconds["aureport"])
    figures.add("verify_million_s", seconds["verify"], "s", "ausearch -i", seconds["ausearch"])
    for name in ("list", "report", "verify"):
        figures.add(f"{name}_million_rss_mb", memory[name], "MB", "of a tenth of the records",
                    run([word if word != million else logs[TENTH] for word in commands[name]])[1])
    figures.add("ausearch_million_rss_mb", memory["ausearch"], "MB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=40)
    options = parser.parse_args()
    figures = Figures("audit", options.json)
    note(f"Linux {os.uname().release}, {os.cpu_count()} CPUs, {options.runs} runs")
    with tempfile.TemporaryDirectory(prefix="keyhole-bench-audit.") as folder:
        measure_reading(figures, pathlib.Path(folder))
    with Gateway(agent="bench") as gateway:
        gateway.broker.start()
        record_us = measure_record(gateway, figures)
        measure_share(gateway, figures, record_us, options.runs)
        measure_rates(gateway, figures, options.runs)


if __name__ == "__main__":
    main()
