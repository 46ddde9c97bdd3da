"""The audit trail as a whole: nothing missing, nothing altered, and what becomes of calls when it cannot be written."""

import collections
import contextlib
import os
import random
import signal
import subprocess
import threading
import time

import pytest

from audit_links import check, link
from conftest import REPOSITORY
from private_gateway import processes
from private_gateway.audit_daemon import CONFIGURATION, configure, kernel_state

QUICK = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@pytest.fixture
def trail(gateway):
    """Keyhole's lines since the test began, in the order of the log."""
    after = gateway.audit.position()
    broker = f'exe="{gateway.layout.programs}/keyhole-broker"'

    def lines():
        gateway.audit.position()
        text = gateway.audit._read(after).decode("utf-8", "replace")
        return [line for line in text.splitlines() if "op=keyhole:" in line and broker in line]

    return lines


def of(lines, operation, **fields):
    found = [found for found in map(link, lines) if found and found.op == operation]
    return [one for one in found if all(one.fields.get(name) == value for name, value in fields.items())]


@contextlib.contextmanager
def demanding(gateway, **audit):
    """The broker with these demands of the audit trail."""
    if not gateway.audit.own:
        pytest.skip("the audit daemon of this machine runs; stopping it would leave a gap. Runs where there is none")
    gateway.broker.restart(audit={"daemon-config": str(gateway.layout.audit / "auditd.conf"), **audit})
    try:
        yield
    finally:
        gateway.broker.restart()


def recovers(gateway, patience=8):
    """Whether calls run again, without a restart of the broker."""
    return processes.eventually(lambda: gateway.call("probe mark").out == "marked\n", patience, 0.2)


def test_records_of_all_kinds_are_numbered_and_chained(gateway, trail):
    for line in ["probe mark", "rm -rf /tmp/x", "probe exit 3", "", "cat /etc/shadow", "echo 'a \" res=success'", "| |",
                 "grep -r words /run/grounds/open/folder-link /run/grounds/open/link /run/grounds/alias-before"]:
        gateway.call(line)
    gateway.broker.reload()
    gateway.broker.notified("READY=1")
    processes.eventually(lambda: of(trail(), "policy-load"))
    lines = trail()
    wrong, links = check(lines)
    assert not wrong and len(links) == len(lines), "\n".join([*wrong, *lines])
    assert {"decision", "end", "refused-open", "policy-load"} <= {found.op for found in links}
    # The check itself can fail: one byte, one record less, two exchanged.
    middle = len(lines) // 2
    assert check([line.replace("verdict=refused", "verdict=allowed") for line in lines])[0]
    assert check(lines[:middle] + lines[middle + 1:])[0]
    assert check(lines[:middle] + [lines[middle + 1], lines[middle]] + lines[middle + 2:])[0]


def test_the_recipe_of_the_reference_checks_its_examples(tmp_path):
    text = (REPOSITORY / "docs/audit.md").read_text()
    recipe = text.split("```python\n")[1].split("```")[0]
    records = text.split("## Examples")[1].split("```\n")[1]
    run = lambda log: subprocess.run(["python3", "-c", recipe], input=log, capture_output=True, text=True, check=True).stdout
    assert records.count(" chain=") >= 5 and run(records) == ""
    assert run(records.replace("verdict=allowed", "verdict=refused")) != ""
    assert check(records.splitlines())[0] == []


def test_ausearch_shows_every_plain_field_of_the_examples_as_it_stands():
    """It takes values that look hexadecimal for text in records of some types, such as TRUSTED_APP."""
    text = (REPOSITORY / "docs/audit.md").read_text()
    lines = [line for block in text.split("## Examples")[1].split("```\n")[1:4:2] for line in block.splitlines()]
    assert len({found.op for found in map(link, lines)}) >= 9
    for line in lines:
        done = subprocess.run(["ausearch", "-i"], input=line.encode() + b"\n", capture_output=True, check=True)
        shown = done.stdout.decode().split()
        for name, value in link(line).fields.items():
            if name not in {"acct", "key", "vm", "rule", "cmd", "info", "name"}:
                assert f"{name}={value}" in shown or f"msg='{name}={value}" in shown, line
        assert f"chain={link(line).chain}" in shown


def test_a_restart_goes_on_with_the_numbers(gateway, trail):
    gateway.call("probe mark")
    gateway.broker.restart()
    gateway.call("probe mark")
    lines = trail()
    assert check(lines)[0] == []
    (start,) = of(lines, "start")
    assert (start.fields["after"], start.fields["open"], "unsure" in start.fields) == ("stop", "0", False)
    boot = open("/proc/sys/kernel/random/boot_id").read().replace("-", "")[:16]
    assert start.fields["boot"] == boot and start.seq > 1
    (stop,) = of(lines, "stop")
    assert start.fields["prev"] == stop.chain and start.seq == stop.seq + 1


def test_a_second_broker_on_the_same_state_is_told_so(gateway):
    done = subprocess.run(
        [*map(str, gateway.broker.command())], capture_output=True, text=True, timeout=15,
        env={name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"})
    assert done.returncode == 1 and "another broker keeps its state in" in done.stderr and "\nhint: " in done.stderr
    assert gateway.call("probe mark").out == "marked\n"


def test_a_call_that_ran_when_the_broker_was_killed_is_closed_at_the_next_start(gateway, trail):
    client = gateway.begin("sleep 1000", stdin=subprocess.DEVNULL)
    try:
        assert processes.eventually(gateway.running)
        time.sleep(0.3)
        gateway.broker.process.send_signal(signal.SIGSTOP)
        gateway.broker.process.kill()
        gateway.broker.process.wait()
        client.communicate(timeout=10)
    finally:
        gateway.broker.restart()
    lines = trail()
    assert check(lines)[0] == []
    (start,) = of(lines, "start")
    assert (start.fields["after"], start.fields["open"]) == ("crash", "1")
    (decision,) = of(lines, "decision")
    (end,) = of(lines, "end")
    assert end.fields["call"] == decision.fields["call"] and end.fields["acct"] == '"tester"'
    assert (end.fields["cause"], end.fields["status"]) == ("lost", "125")
    assert 250 <= int(end.fields["duration-ms"]) < 20_000
    assert "ran" in bytes.fromhex(end.fields["info"]).decode()


def test_kills_at_any_moment_lose_no_call(gateway, trail):
    """The unit tests cut the state at each step; here the real thing is killed at moments that nobody chose."""
    front = gateway.front()
    chance = random.Random(6)
    stop = threading.Event()

    def calling(line):
        while not stop.is_set():
            with front.begin(line, **QUICK) as call:
                call.communicate()

    lines = ["probe mark", "probe mark | cat", "rm x", "probe exit 3"]
    callers = [threading.Thread(target=calling, args=(line,)) for line in lines]
    for caller in callers:
        caller.start()
    try:
        for _ in range(10):
            time.sleep(chance.uniform(0.05, 0.25))
            gateway.broker.process.kill()
            gateway.broker.process.wait()
            gateway.broker.stop()
            gateway.broker.start()
    finally:
        stop.set()
        for caller in callers:
            caller.join()
        gateway.broker.restart()
    records = trail()
    wrong, links = check(records)
    assert not wrong, "\n".join(wrong)
    unsure = {number for start in of(records, "start") if "unsure" in start.fields
              for number in [int(start.fields["unsure"].split("-")[0])]}
    decisions = collections.Counter(one.fields["call"] for one in of(records, "decision"))
    ends = collections.defaultdict(list)
    for end in of(records, "end"):
        ends[end.fields["call"]].append(end)
    assert len(decisions) >= 30 and set(decisions.values()) == {1}
    for decision in of(records, "decision", verdict="allowed"):
        call = ends.pop(decision.fields["call"], [])
        # A record that was on its way when the broker was killed has a second one, which says so.
        certain = [end for end in call if end.seq not in unsure]
        assert len(certain) == 1 or len(call) == 1, [end.fields for end in call]
    # What is left has an unsure decision that never reached the kernel.
    for call in ends.values():
        assert [end.fields["cause"] for end in call] == ["lost"]
    starts = of(records, "start")
    assert sum(start.fields["after"] == "crash" for start in starts) == 10
    assert sum(int(start.fields["open"]) for start in starts) == len(of(records, "end", cause="lost"))


def test_without_an_audit_daemon_nothing_runs_where_one_is_demanded(gateway, trail):
    with demanding(gateway, daemon="required"):
        assert gateway.call("probe mark").out == "marked\n"
        gateway.audit.pause()
        try:
            configure("-e", 1)
            status, out, err = gateway.call("probe mark")
            assert (status, out) == (125, "") and "no audit daemon runs" in err and "\nhint: " in err
            assert gateway.call("probe mark").status == 125
        finally:
            gateway.audit.resume()
        assert recovers(gateway)
    lines = trail()
    assert check(lines)[0] == []
    trouble = of(lines, "audit-trouble")
    assert trouble and int(trouble[-1].fields["missed"]) >= 2
    assert "audit daemon" in bytes.fromhex(trouble[-1].fields["info"]).decode()


def test_a_daemon_that_hangs_is_found_and_a_full_backlog_is_not_waited_for(gateway, trail):
    with demanding(gateway, daemon="required"):
        assert gateway.call("probe mark").out == "marked\n"
        daemon = gateway.audit.process
        limit = kernel_state()["backlog_limit"]
        daemon.send_signal(signal.SIGSTOP)
        try:
            configure("-b", 64)
            assert gateway.call("probe mark").status in (0, 125)
            time.sleep(2.2)
            began = time.monotonic()
            status, out, err = gateway.call("probe mark")
            assert (status, out) == (125, "") and "does not write" in err, err
            assert time.monotonic() - began < 2
        finally:
            daemon.send_signal(signal.SIGCONT)
            configure("-b", limit)
        assert recovers(gateway)
    assert check(trail())[0] == []
    assert of(trail(), "audit-trouble")


def test_a_full_backlog_is_refused_at_once_and_not_waited_for(gateway, trail):
    if not gateway.audit.own:
        pytest.skip("the audit daemon of this machine runs; stopping it would leave a gap. Runs where there is none")
    long_line = "echo '" + "x y " * 950 + "'"
    limit, daemon = kernel_state()["backlog_limit"], gateway.audit.process
    daemon.send_signal(signal.SIGSTOP)
    try:
        configure("-b", 8)
        seen = []
        for _ in range(120):
            began = time.monotonic()
            seen.append((gateway.call(long_line), time.monotonic() - began))
            if seen[-1][0].status != 0:
                break
        (status, out, err), seconds = seen[-1]
        assert (status, out) == (125, "") and ("wait for auditd" in err or "the kernel lost" in err), err
        again = time.monotonic()
        assert gateway.call("probe mark").status == 125
        # The kernel would let a sender wait for `backlog_wait_time`, a minute by default.
        assert max(seconds, time.monotonic() - again) < 5
    finally:
        configure("-b", limit)
        daemon.send_signal(signal.SIGCONT)
    assert recovers(gateway)
    lines = trail()
    wrong, _ = check(lines)
    assert wrong == [] and of(lines, "audit-trouble")


@contextlib.contextmanager
def small_disk(gateway):
    """Another auditd, whose log lies on a disk of 1 MiB in this private host."""
    if not gateway.audit.own:
        pytest.skip("the audit daemon of this machine runs. Runs where there is none")
    folder = gateway.layout.root / "small"
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "size=1m,mode=750", "none", folder], check=True)
    plugins = folder / "plugins.d"
    plugins.mkdir(mode=0o750)
    configuration = folder / "auditd.conf"
    text = CONFIGURATION.format(log=folder / "audit.log", plugins=plugins)
    configuration.write_text(text)
    configuration.chmod(0o640)
    gateway.audit.pause()
    daemon = processes.start(["/usr/sbin/auditd", "-n", "-c", folder], gateway.layout.logs / "small.log")
    try:
        ready = lambda: kernel_state()["pid"] == daemon.pid and kernel_state()["enabled"] == 1
        assert processes.eventually(ready), (gateway.layout.logs / "small.log").read_text()
        yield folder
    finally:
        processes.stop(daemon)
        gateway.audit.resume()
        subprocess.run(["umount", "-n", folder], check=True)


def test_a_full_disk_of_the_daemon_stops_calls_until_there_is_room(gateway):
    with small_disk(gateway) as folder, demanding(gateway, daemon="required"):
        gateway.broker.restart(audit={"daemon": "required", "daemon-config": str(folder / "auditd.conf")})
        assert gateway.call("probe mark").out == "marked\n"
        filler = folder / "filler"
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        status, out, err = gateway.call("probe mark")
        assert (status, out) == (125, "") and "is full" in err and "\nhint: " in err
        filler.unlink()
        assert recovers(gateway)
        text = (folder / "audit.log").read_text()
        assert "op=keyhole:audit-trouble" in text
        # The broker stops while this daemon still runs.
        gateway.broker.stop()


@contextlib.contextmanager
def rule(*words):
    """A rule of the kernel's audit for the duration; the whole machine has it, so the lock of the tests is held."""
    subprocess.run(["auditctl", "-a", *words], check=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run(["auditctl", "-d", *words], check=True, stdout=subprocess.DEVNULL)


def test_a_strict_broker_runs_nothing_whose_record_does_not_come_out_of_the_kernel(gateway, trail):
    with demanding(gateway, confirm=True):
        for _ in range(3):
            assert gateway.call("probe mark").out == "marked\n"
        with rule("never,user", "-F", "uid=0"):
            status, out, err = gateway.call("probe mark")
            assert (status, out) == (125, "") and "did not pass it on" in err and "auditctl -l" in err
            # The next one does not wait for the same.
            began = time.monotonic()
            assert gateway.call("probe mark").status == 125
            assert time.monotonic() - began < 3
        assert recovers(gateway)
    lines = trail()
    wrong, links = check(lines)
    assert wrong == []
    trouble = of(lines, "audit-trouble")
    assert trouble and "unsure" in trouble[-1].fields
    # The call whose decision was muted has an end, as nobody can know that it was muted.
    assert of(lines, "end", cause="lost", status="125")
