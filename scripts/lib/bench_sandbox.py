"""What the sandbox costs, against the same program without one and in others. Runs inside scripts/private-host.

All are started by one unprivileged process, in turn, with the same environment and streams.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import shlex
import shutil
import time

import bench_trees as trees
from bench_figures import Figures, compile_program, medians, note, spawn
from private_gateway import Gateway
from private_gateway.front import become_front
from private_gateway.layout import REPOSITORY

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
LOOP_TURNS = 10_000
# After each run, so that what one leaves behind (namespaces to dissolve, an executor to replace) is not charged to the
# next.
PAUSE = 0.005
# As the unit properties ProtectSystem=strict, PrivateNetwork, PrivateUsers, NoNewPrivileges and an empty capability set
# would set up, without the service manager that sets them.
UNIT_LIKE = [
    "unshare", "--map-root-user", "--mount", "--ipc", "--uts", "--net", "--pid", "--fork", "--", "sh", "-c",
    'mount -n -o remount,bind,ro / && exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"', "sh"]
BWRAP = ["bwrap", "--ro-bind", "/", "/"]
PEERS = {
    "plain": [],
    "bwrap": BWRAP,
    "bwrap-all": [*BWRAP, "--proc", "/proc", "--dev", "/dev", "--unshare-all", "--die-with-parent"],
    "firejail": [
        "firejail", "--quiet", "--noprofile", "--read-only=/", "--caps.drop=all", "--nonewprivs", "--seccomp",
        "--net=none"],
    "unshare": UNIT_LIKE,
}


@dataclasses.dataclass
class Workload:
    name: str
    #: The program and its words, as they are run plainly and by the other sandboxes.
    words: list
    #: The same as a line for Keyhole.
    line: str
    #: How many times as many runs as the others: the short ones need more.
    weight: int = 1
    #: It prints nanoseconds; else its own time counts.
    tells: bool = False
    #: Whether all must write equally much. A user namespace shows other owners.
    same_output: bool = True


def public_tree():
    """A tree that every Debian with a compiler has, of a few thousand files."""
    for place in ("/usr/include", "/usr/share/doc", "/usr/share"):
        count = sum(len(files) for _, _, files in os.walk(place))
        if count >= 1000:
            return place, count
    raise SystemExit("bench: neither /usr/include nor /usr/share has 1,000 files\nhint: apt-get install linux-libc-dev")


def workloads(loop, public):
    def both(name, line, program=None, **more):
        """The same words, of which Keyhole's line may name the program otherwise."""
        words = shlex.split(line)
        return Workload(name, [program or words[0], *words[1:]], line, **more)

    return [
        both("true", "bench-true", "/bin/true", weight=6),
        both("ls", "ls -l /usr/bin", weight=2, same_output=False),
        both("cat", f"bench-cat {trees.BIG}", "cat"),
        both("grep_public", f"grep -r obsolescent {public}"),
        both("grep_supervised", f"grep -r {trees.RARE} {trees.TREE}"),
        both("find", f"find {trees.MANY} -type f -name '*7.log'"),
        both("find_stat", f"find {trees.MANY} -size +1"),
        both("tail", f"tail -n 1000 {trees.LOG}", weight=4),
        both("open_close", f"bench-loop open {trees.ONE} {LOOP_TURNS}", loop, tells=True),
        both("stat", f"bench-loop stat {trees.ONE} {LOOP_TURNS}", loop, tells=True),
    ]


def policy(loop):
    """Commands for what a policy has no use for: true(1) started as a program, and output without end."""

    def command(executable, about, allow, operands, **more):
        return {"exec": str(executable), "about": about, "arguments": "words", "operands": operands, "allow": [allow],
                "deny": [f"{allow} -x"], **more}

    return {"commands": {
        "bench-true": command("/bin/true", "ends", "bench-true", "none"),
        "bench-cat": command("/bin/cat", "prints a file", "bench-cat /etc/hosts", ["path"], limits={"output": "1GiB"}),
        "bench-loop": command(
            loop, "makes one call over and over", "bench-loop open /etc/hosts 1",
            ["one of [open, stat]", "path", "count 1..1000000"]),
    }}


def usable_peers():
    """Those that start a program here; firejail is not on every architecture."""
    usable = {}
    for name, words in PEERS.items():
        if words and not shutil.which(words[0]):
            note(f"{name} is left out: {words[0]} is not installed")
            continue
        try:
            spawn([*words, "/bin/true"], environment=ENVIRONMENT)
            usable[name] = words
        except SystemExit as error:
            note(f"{name} is left out: it does not start a program here\n{error}")
    return usable


def ways(front, workload, peers):
    """By name: what spawn() is to start and expect. Without a sandbox, in those of others, in Keyhole's."""
    found = {name: ([*words, *workload.words], 0, ENVIRONMENT) for name, words in peers.items()}
    found["keyhole"] = (front.words, 0, front.environment(workload.line))
    if workload.name == "true":
        # Parts of a call's fixed cost: keyhole-shell until it finds no broker, and a call that starts no program.
        found["shell"] = ([*front.words, "--socket", "/run/no-such-socket"], 125, ENVIRONMENT)
        found["built-in"] = (front.words, 0, front.environment("true"))
    return found


def measure(front, workload, peers, runs):
    """Medians by name, of all in turn. The first round warms the caches for all and does not count."""
    started = ways(front, workload, peers)
    samples = {name: [] for name in started}
    sizes = {}
    for turn in range(runs * workload.weight + 1):
        for name, (words, expected, environment) in started.items():
            run = spawn(words, expected, environment, heard=True)
            time.sleep(PAUSE)
            sizes[name] = run.count
            if turn:
                samples[name].append(float(run.text) / 1000 if workload.tells else run.milliseconds)
    if workload.same_output and not workload.tells and len(set(sizes.values())) > 1:
        raise SystemExit(f"bench: {workload.line}: outputs differ, in bytes: {sizes}")
    note(f"{workload.line}: {sizes['plain']} bytes")
    return medians(samples, "us" if workload.tells else "ms")


def unprivileged(measurements):
    """What a function gives, called in a child process that is the front's user."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            become_front()
            os.chdir("/")
            with os.fdopen(writer, "w") as results:
                json.dump(measurements(), results)
            status = 0
        except SystemExit as error:
            print(error, flush=True, file=open("/dev/stderr", "w"))
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as results:
        told = results.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise SystemExit("bench: stopped")
    return json.loads(told)


def processor_time(pid):
    """Nanoseconds that all threads of a process have run. proc(5), schedstat"""
    return sum(int(path.read_text().split()[0]) for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))


def wait_until_idle(pid):
    """The broker looks for hard links of secrets when it starts; nothing is measured until it is done."""
    for _ in range(120):
        before = processor_time(pid)
        time.sleep(0.5)
        if processor_time(pid) - before < 2_000_000:
            return
    note("the broker is still at work after a minute: the figures are too high")


def report(figures, results):
    true = results.pop("true")
    added = {name: value - true["plain"] for name, value in true.items()}
    figures.add("true_added_ms", added["keyhole"], "ms", "plain", true["plain"])
    for name in ("bwrap", "bwrap-all"):
        if name in added:
            figures.add(f"true_vs_{label(name)}", added["keyhole"], "ms", f"{name}, added", added[name])
    for name in true:
        if name not in ("plain", "keyhole"):
            figures.add(f"true_{label(name)}_added_ms", added[name], "ms", "plain", true["plain"])
    for workload, values in results.items():
        suffix, unit = ("us", "us") if workload in ("open_close", "stat") else ("vs_plain", "ms")
        plain = values.pop("plain")
        figures.add(f"{workload}_{suffix}", values.pop("keyhole"), unit, "plain", plain)
        for name, value in values.items():
            figures.add(f"{workload}_{label(name)}_{suffix}", value, unit, "plain", plain)


def label(name):
    return name.replace("-", "_")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    figures = Figures("sandbox", options.json)
    note(f"making files: {trees.make()}")
    public, count = public_tree()
    note(f"the public tree is {public}, {count} files")
    with Gateway(agent="bench") as gateway:
        loop = gateway.layout.root / "bench-loop"
        compile_program(REPOSITORY / "scripts/lib/bench_loop.c", loop)
        gateway.add_policy("zz-bench.yaml", policy(loop))
        gateway.broker.start()
        wait_until_idle(gateway.broker.process.pid)
        note(f"Linux {os.uname().release}, {os.cpu_count()} CPUs, {options.runs} runs, load {os.getloadavg()[0]:.2f}")
        front = gateway.front()

        def measurements():
            peers = usable_peers()
            return {work.name: measure(front, work, peers, options.runs) for work in workloads(loop, public)}

        report(figures, unprivileged(measurements))
        note(f"load at the end {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
