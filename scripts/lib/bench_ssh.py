"""The figures of the embedded server, against sshd in three forms, measured in turn. Runs inside scripts/private-host.

Peers: "sshd" runs the command itself; "bash" has a script with a case allowlist as its ForceCommand; "shell" has
keyhole-shell, so policy, sandbox and audit as the embedded server has them. The client, key exchange, cipher and the
types of keys are the same.
"""

import argparse
import os
import subprocess
import time

from bench_figures import Figures, interleaved, medians, note
from bench_gateway import ALLOWLIST, family, memory
from private_gateway import Gateway, processes
from private_gateway.layout import REPOSITORY
from private_gateway.ssh_server import SshServer

OURS = "keyhole"
PEERS = ("sshd", "bash", "shell")
MATCHED = ["-o", "KexAlgorithms=curve25519-sha256", "-o", "Ciphers=aes128-gcm@openssh.com",
           "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "PubkeyAcceptedAlgorithms=ssh-ed25519"]
LINE = "uname -s"
MEGABYTES = 200
ZEROS = f"head -c {MEGABYTES << 20} /dev/zero"
# The same program under Keyhole's policy, with room for so much output.
ZEROS_BY_POLICY = ZEROS.replace("head", "zeros")
IDLE = 24
# Clients at once, and calls in a measurement.
RATES = {1: 12, 8: 32, 32: 64}


def start_servers(gateway):
    allowlist = gateway.layout.root / "allowlist"
    allowlist.write_text(ALLOWLIST.replace('  "uname -s")', f'  "{ZEROS}") exec {ZEROS} ;;\n  "uname -s")'))
    allowlist.chmod(0o755)
    keys = f"AuthorizedKeysFile {gateway.sshd.authorized_keys}\n"
    servers = {
        "sshd": SshServer(gateway.layout, "plain", keys),
        "bash": SshServer(gateway.layout, "bash", f"{keys}ForceCommand {allowlist}\n"),
        "shell": gateway.sshd,
        OURS: gateway.embedded,
    }
    for name, server in servers.items():
        if name != "shell":
            server.start()
    return servers


def against(figures, name, values, unit, peers=PEERS):
    """Our value, and its ratio to each peer's."""
    for peer in peers:
        figures.add(f"{name}_vs_{peer}", values[OURS], unit, peer, values[peer])


def client(server, *options):
    return server.client(None, *MATCHED, *options)


def measure_cold(servers, figures, runs):
    note("cold calls: a connection each")
    words = {name: [*client(server, "-o", "ControlPath=none"), "--", LINE] for name, server in servers.items()}
    against(figures, "cold", interleaved(words, runs), "ms")


def measure_shared(gateway, servers, figures, runs):
    note("calls over one connection")
    masters, words = [], {}
    try:
        for name, server in servers.items():
            path = gateway.layout.control / f"b-{name}"
            masters.append(processes.start(client(server, "-M", "-N", "-o", f"ControlPath={path}"), os.devnull))
            if not processes.eventually(path.exists):
                raise SystemExit(f"bench: no shared connection to {name}")
            words[name] = [*client(server, "-o", f"ControlPath={path}"), "--", LINE]
        against(figures, "mux", interleaved(words, runs * 4), "ms")
    finally:
        for master in masters:
            processes.stop(master)


def rate_of_openssh(words, at_once, calls, environment=None):
    """Whole calls a second by `at_once` OpenSSH clients, or other programs that make a call."""
    words = [str(word) for word in words]
    running, begun, null = {}, 0, os.open("/dev/null", os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, null, target) for target in range(3)]
    began = time.perf_counter()
    while running or begun < calls:
        while begun < calls and len(running) < at_once:
            running[os.posix_spawnp(words[0], words, environment or os.environ, file_actions=streams)] = True
            begun += 1
        pid, status = os.waitpid(-1, 0)
        if running.pop(pid, None) and status:
            raise SystemExit(f"bench: {' '.join(words)}: ended with {os.waitstatus_to_exitcode(status)}")
    os.close(null)
    return calls / (time.perf_counter() - began)


def rate_of_load(program, server, at_once, calls):
    """The same by a client that takes little time itself."""
    done = subprocess.run(
        [program, str(server.port), server.identity, server.known_hosts, str(at_once), str(calls), LINE],
        capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise SystemExit(f"bench: {server.name}: {done.stderr}")
    return calls / float(done.stdout)


def measure_rates(gateway, servers, figures, rounds):
    program = gateway.layout.root / "ssh_load"
    subprocess.run(["gcc", "-O2", "-pthread", "-o", program, REPOSITORY / \
                   "scripts/lib/ssh_load.c", "-lssh"], check=True)
    for at_once, calls in RATES.items():
        for kind in ("", "light_"):
            note(f"connections a second, {at_once} {kind.replace('_', ' ')}clients at once")
            samples = {name: [] for name in servers}
            for turn in range(rounds + 1):
                for name, server in servers.items():
                    if kind:
                        value = rate_of_load(program, server, at_once, calls * 2)
                    else:
                        value = rate_of_openssh([*client(server, "-o", "ControlPath=none"), "--", LINE], at_once, calls)
                    if turn:
                        samples[name].append(value)
            against(figures, f"{kind}rate{at_once}", medians(samples, "/s"), "/s")


def measure_throughput(servers, figures, runs):
    note(f"{MEGABYTES} MB from the server")
    samples = {name: [] for name in servers}
    for turn in range(runs + 1):
        for name, server in servers.items():
            line = ZEROS_BY_POLICY if name in ("shell", OURS) else ZEROS
            words = [*client(server, "-o", "ControlPath=none"), "--", line]
            began = time.perf_counter()
            reader = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            count = 0
            while data := os.read(reader.stdout.fileno(), 1 << 16):
                count += len(data)
            seconds = time.perf_counter() - began
            if reader.wait() or count != MEGABYTES << 20:
                raise SystemExit(f"bench: {name}: {count} bytes, status {reader.returncode}")
            if turn:
                samples[name].append(MEGABYTES / seconds)
    against(figures, "throughput", medians(samples, "MB/s"), "MB/s")


def measure_memory(servers, figures):
    """Proportional memory of all processes of a server, by connection that is open and does nothing."""
    note(f"memory, with 0 and {IDLE} connections")
    values = {}
    for name in ("sshd", OURS):
        server = servers[name]
        total = lambda: sum(memory(pid, "Pss") for pid in family(server.process.pid))
        before, count = total(), len(family(server.process.pid))
        clients = [processes.start(client(server, "-N", "-o", "ControlPath=none"), os.devnull) for _ in range(IDLE)]
        try:
            if not processes.eventually(lambda: len(family(server.process.pid)) >= count + IDLE - 4, 20, 0.1):
                raise SystemExit(f"bench: {name}: not all connections are open")
            time.sleep(1.5)
            values[name] = (total() - before) / IDLE
        finally:
            for each in clients:
                processes.stop(each)
    figures.add("connection_pss_mb", values[OURS], "MB", "sshd", values["sshd"])


POLICY = {"commands": {"zeros": {
    "exec": "/usr/bin/head", "about": "reads, to be measured meanwhile", "options": {"-c": "word /[0-9]+/"},
    "operands": ["path*"], "reads": "operands", "limits": {"time": "60s", "output": "1GiB"},
    "allow": ["zeros -c 1 /dev/zero"], "deny": ["zeros -x"]}}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    figures = Figures("ssh", options.json)
    with Gateway(agent="bench") as gateway:
        gateway.add_policy("zz-bench.yaml", POLICY)
        gateway.broker.start()
        servers = start_servers(gateway)
        try:
            note(f"Linux {os.uname().release}, {os.cpu_count()} CPUs, {options.runs} runs")
            measure_cold(servers, figures, options.runs)
            measure_shared(gateway, servers, figures, options.runs)
            measure_throughput(servers, figures, max(3, options.runs // 6))
            measure_memory(servers, figures)
            measure_rates(gateway, servers, figures, max(2, options.runs // 10))
        finally:
            for name, server in servers.items():
                if name != "shell":
                    server.stop()


if __name__ == "__main__":
    main()
