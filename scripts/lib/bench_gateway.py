"""The figures of the gateway, each against a peer that is measured in turn with it. Runs inside scripts/private-host.

Peers: the same sshd without a ForceCommand ("sshd"), and with a bash script with a case allowlist ("bash").
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import time

from bench_figures import Figures, compile_program, interleaved, note
from private_gateway import Gateway, processes
from private_gateway.layout import REPOSITORY
from private_gateway.ssh_server import SshServer

LINE = "uname -s"
ALLOWLIST = """\
#!/bin/bash
# What a careful administrator writes without Keyhole: no policy files, no sandbox, no record.
case "$SSH_ORIGINAL_COMMAND" in
  "uptime") exec uptime ;;
  "df -h") exec df -h ;;
  "free -m") exec free -m ;;
  "ps aux") exec ps aux ;;
  "journalctl -n "[0-9]*) exec journalctl -n "${SSH_ORIGINAL_COMMAND#journalctl -n }" ;;
  "uname -s") exec uname -s ;;
  *) echo "not allowed" >&2; exit 126 ;;
esac
"""
C_PEER = """\
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(int count, char **words) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, count > 2 ? words[2] : "/", sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return 0;
  fprintf(stderr, "peer: %s: %s\\n", address.sun_path, strerror(errno));
  return 125;
}
"""
CALLS_IN_FLIGHT = 32


def measure_calls(gateway, figures, runs):
    allowlist = gateway.layout.root / "allowlist"
    allowlist.write_text(ALLOWLIST)
    allowlist.chmod(0o755)
    keys = f"AuthorizedKeysFile {gateway.sshd.authorized_keys}\n"
    servers = {
        "sshd": SshServer(gateway.layout, "plain", keys),
        "bash": SshServer(gateway.layout, "bash", f"{keys}ForceCommand {allowlist}\n"),
        "keyhole": gateway.sshd,
    }
    masters = []
    try:
        for name, server in servers.items():
            if name != "keyhole":
                server.start()
        cold = {name: [*server.client(None, "-o", "ControlPath=none"), "--", LINE] for name, server in servers.items()}
        note("cold calls: a connection each")
        medians = interleaved(cold, runs)
        for peer in ("sshd", "bash"):
            figures.add(f"cold_vs_{peer}", medians["keyhole"], "ms", peer, medians[peer])
        shared = {}
        for name, server in servers.items():
            path = gateway.layout.control / f"bench-{name}"
            command = server.client(None, "-M", "-N", "-o", f"ControlPath={path}")
            masters.append(processes.start(command, gateway.layout.logs / "bench-master.log"))
            if not processes.eventually(path.exists):
                raise SystemExit(f"bench: no shared connection to {name}")
            shared[name] = [*server.client(None, "-o", f"ControlPath={path}"), "--", LINE]
        note("calls over one connection")
        medians = interleaved(shared, runs * 4)
        for peer in ("sshd", "bash"):
            figures.add(f"mux_vs_{peer}", medians["keyhole"], "ms", peer, medians[peer])
    finally:
        for master in masters:
            processes.stop(master)
        for name, server in servers.items():
            if name != "keyhole":
                server.stop()


def measure_shell_start(gateway, figures, runs):
    """keyhole-shell to its first refusal, no broker being there, against a C program that does the same."""
    source = gateway.layout.root / "peer.c"
    peer = gateway.layout.root / "peer"
    source.write_text(C_PEER)
    compile_program(source, peer)
    nowhere = gateway.layout.root / "no-such-socket"
    note("start of keyhole-shell")
    medians = interleaved({
        "c": [peer, "--socket", nowhere],
        "shell": [gateway.layout.programs / "keyhole-shell", "--socket", nowhere],
    }, runs * 5, expected=125)
    figures.add("shell_start_added_ms", medians["shell"] - medians["c"], "ms", "static C", medians["c"])


def memory(pid, field):
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def family(root):
    """The pids of a process and all its descendants."""
    children = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def shells(program):
    found = []
    for link in pathlib.Path("/proc").glob("[0-9]*/exe"):
        try:
            if os.readlink(link) == str(program):
                found.append(int(link.parent.name))
        except OSError:
            continue
    return found


def measure_memory(gateway, figures):
    """Proportional memory of the broker, keyhole-exec, keyhole-shell and the commands, by call in flight."""
    note(f"memory, with 0 and {CALLS_IN_FLIGHT} calls in flight")
    broker = gateway.broker.process.pid
    figures.add("broker_rss_mb", memory(broker, "Rss"), "MB", "sshd", memory(gateway.sshd.process.pid, "Rss"))

    def total():
        pids = family(broker) + shells(gateway.layout.programs / "keyhole-shell")
        return sum(memory(pid, "Pss") for pid in pids)

    idle = total()
    alone = subprocess.Popen(["/bin/sleep", "60"])
    calls = [gateway.begin("sleep 60", stdin=subprocess.DEVNULL) for _ in range(CALLS_IN_FLIGHT)]
    try:
        users = lambda: {os.stat(f"/proc/{pid}").st_uid for pid in gateway.running()}
        if not processes.eventually(lambda: len(users()) == CALLS_IN_FLIGHT, 20, 0.1):
            raise SystemExit("bench: not all calls are running")
        time.sleep(0.5)
        figures.add("call_pss_mb", (total() - idle) / CALLS_IN_FLIGHT, "MB", "sleep alone", memory(alone.pid, "Pss"))
    finally:
        for process in [alone, *calls]:
            process.kill()
            process.communicate()


def broker_timings(gateway, calls):
    """Microseconds that the broker itself needs for each of many calls, one after the other: request in to command started,
    and command ended to status out, added. The broker reports them when it logs at level debug."""
    note(f"the broker's own part of {calls} calls")
    gateway.broker.restart(log="debug")
    position = gateway.broker.log_position()
    for _ in range(calls):
        status, _, err = gateway.call(LINE)
        if status:
            raise SystemExit(f"bench: {LINE}: {err}")
    time.sleep(0.2)
    parts = re.findall(r"(\d+) µs before it ran, (\d+) µs after", gateway.broker.log_since(position))
    gateway.broker.restart()
    return [int(start) + int(end) for start, end in parts]


def measure_broker(gateway, figures, runs):
    cuts = statistics.quantiles(broker_timings(gateway, runs * 5), n=100)
    figures.add("broker_p50_us", cuts[49], "us")
    figures.add("broker_p99_us", cuts[98], "us")


SLEEP = {"commands": {"sleep": {
    "exec": "/bin/sleep", "about": "waits, to be measured meanwhile", "arguments": "words", "operands": ["count 0..60"],
    "allow": ["sleep 1"], "deny": ["sleep x"], "limits": {"time": "60s"}}}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=40)
    options = parser.parse_args()
    figures = Figures("gateway", options.json)
    with Gateway(agent="bench") as gateway:
        gateway.add_policy("zz-bench.yaml", SLEEP)
        gateway.broker.start()
        note(f"Linux {os.uname().release}, {os.cpu_count()} CPUs, {options.runs} runs")
        measure_calls(gateway, figures, options.runs)
        measure_shell_start(gateway, figures, options.runs)
        measure_memory(gateway, figures)
        measure_broker(gateway, figures, options.runs)


if __name__ == "__main__":
    main()
