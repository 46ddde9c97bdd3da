"""What a command can do to other processes, to its supervisor, and to become more than it is."""

import os
import pathlib
import pty
import signal
import socket
import subprocess
import time

import pytest

from attack_grounds import ATTACKS, PLACE
from attacking import ATTACKER, Outcome, as_user, inside, line_of, outside, refused, scaled
from grounds import GROUNDS
from private_gateway import processes

ON_OTHERS = ["kill", "tkill", "tgkill", "sigqueue", "pidfd-signal", "attach", "seize", "vm-read", "vm-write", "getfd",
             "limit-other", "priority-other", "io-priority-other", "affinity-other", "scheduler-other",
                 "namespace-of-other"]
PRIVATE_FILES = ["mem", "environ", "maps", "smaps", "pagemap", "auxv", "stack", "syscall", "fd", "fd/0", "fdinfo",
                 "fdinfo/0",
                 "cwd", "root", "exe", "map_files", "ns/mnt", "io", "personality", "patch_state", "timers",
                 "task/{pid}/mem", "task/{pid}/environ", "task/{pid}/maps", "cwd/etc/shadow", "numa_maps"]


@pytest.fixture
def victim():
    """A process of the attacker's own, which any ordinary user may do all of this to."""
    process = subprocess.Popen([*as_user(ATTACKER), "sleep", "600"], start_new_session=True)
    assert processes.eventually(lambda: processes.name(process.pid) == "sleep")
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("attack", ON_OTHERS)
def test_another_process_cannot_be_touched(call, victim, attack):
    refused(call, attack, victim.pid, root=attack == "namespace-of-other", optional=attack == "namespace-of-other")


def test_a_signal_to_everybody_reaches_nobody(call, victim):
    there = inside(call, "kill-all")
    assert not there.worked and victim.poll() is None
    assert outside("kill-all").worked and victim.wait(scaled(5)) == -signal.SIGUSR1


def test_signals_of_a_file_descriptor_reach_nobody(call, victim):
    there = inside(call, "signal-by-owner", victim.pid)
    assert not there.worked and victim.poll() is None
    assert outside("signal-by-owner", victim.pid).worked and victim.wait(scaled(5)) == -signal.SIGUSR1


@pytest.mark.parametrize("name", PRIVATE_FILES)
def test_the_private_files_of_another_process_are_closed(call, victim, name):
    refused(call, "process-file", victim.pid, name.format(pid=victim.pid), root=True, optional=True)


@pytest.mark.parametrize("name", ["mem", "environ", "maps", "smaps", "pagemap", "auxv", "stack", "syscall", "fd",
                                  "fd/3", "fdinfo",
                                  "fdinfo/3", "map_files", "ns/mnt", "cwd/etc/shadow", "root/etc/shadow", "numa_maps"])
def test_the_private_files_of_the_supervisor_are_closed(call, name):
    """It opens files on the command's behalf, and may open its own."""
    refused(call, "process-file", "parent", name, root=True, optional=True)


@pytest.mark.parametrize("attack", ["kill", "tkill", "tgkill", "sigqueue", "pidfd-signal", "attach", "vm-read",
                                    "getfd"])
@pytest.mark.parametrize("number", [1, "parent"])
def test_the_supervisor_goes_on_whatever_is_done_to_it(gateway, attack, number):
    there = inside(gateway.call, attack, number)
    if (attack, number) != ("tgkill", 1):
        assert not there.worked, there.whole
    # An open after it needs the supervisor.
    result = gateway.call(line_of(attack, number) + f" ; cat {GROUNDS}/open/plain.txt")
    assert result.status == 0 and "words for everybody" in result.out


def test_a_command_cannot_signal_another_call(gateway):
    other = gateway.begin("sleep 60", stdin=subprocess.DEVNULL)
    try:
        assert processes.eventually(lambda: any(processes.name(pid) == "sleep" for pid in gateway.running()))
        for pid in gateway.running():
            for attack in ("kill", "tgkill", "pidfd-signal", "attach", "vm-read"):
                assert not inside(gateway.call, attack, pid).worked
        assert other.poll() is None
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("attack", ["own-memory", "core", "inherited"])
def test_a_command_does_nothing_odd_to_itself(call, attack, tmp_path):
    tmp_path.chmod(0o777)
    extra = {"pass_fds": [os.open("/", os.O_RDONLY)]} if attack == "inherited" else {"cwd": "/tmp"}
    refused(call, attack, root=True, optional=attack == "core", **extra)
    for fd in extra.get("pass_fds", []):
        os.close(fd)


def test_no_descriptor_of_the_supervisor_is_inherited_by_any_stage(call):
    out = call(" | ".join([line_of("inherited")] * 3)).out
    assert out.startswith("failed")


def test_a_command_cannot_write_to_its_input(call):
    """It may be a connection to the caller, past the supervisor's counting."""
    left, right = socket.socketpair()
    assert outside("write-to-input", stdin=right).worked and left.recv(100)
    result = call(line_of("write-to-input"), stdin=b"")
    assert Outcome.of(result.out).worked is False and "through the input" not in result.out


@pytest.mark.parametrize("stream", ["/proc/self/fd/0", "/proc/self/fd/1", "/dev/stdout", "/dev/stderr", "/dev/stdin"])
def test_the_streams_cannot_be_opened_again_for_writing(call, stream):
    there = inside(call, "write-to-reopened", stream)
    assert not there.worked and "through the back" not in there.whole
    assert outside("write-to-reopened", "/proc/self/fd/1", root=True).worked


# getrlimit(2)'s number, prlimit(1)'s name, and a limit with which the attack can start.
RESOURCES = {
    "processor time": (0, "cpu", 1000), "file size": (1, "fsize", 1 << 30), "cores": (4, "core", 0),
    "processes": (6, "nproc", 10_000), "descriptors": (7, "nofile", 512), "locked memory": (8, "memlock", 0),
    "memory": (9, "as", 1 << 32), "message queues": (12, "msgqueue", 0),
}


@pytest.mark.parametrize("resource", RESOURCES)
def test_no_limit_can_be_raised(call, resource):
    number, name, limit = RESOURCES[resource]
    refused(call, "raise-limit", number, root=True, before=["prlimit", f"--{name}={limit}:"])


# Calls that give more than a command has.

NAMESPACES = {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "network": 0x40000000, "ipc": 0x8000000,
              "uts": 0x4000000, "cgroup": 0x2000000, "time": 0x80}


@pytest.mark.parametrize("kind", NAMESPACES)
def test_no_namespace_can_be_made(call, kind):
    flag = NAMESPACES[kind]
    if kind != "time":
        refused(call, "clone", flag, root=True)
        refused(call, "clone", flag | 0x10000000, root=True)
    refused(call, "unshare", flag, root=True)
    refused(call, "unshare", flag | 0x1234500000000000, root=True, optional=True)
    refused(call, "clone3", flag, root=True, optional=True)


BY_ANYBODY = ["memfd", "keyring", "shared-memory", "semaphore", "message", "message-queue", "filter", "segment"]
BY_ROOT = ["io_uring", "bpf", "perf", "add-key", "userfaultfd", "fanotify", "fsopen", "swap", "kernel-log",
           "host-name", "module",
           "groups", "locked-memory", "real-time", "ports", "new-terminal", "sync"]


@pytest.mark.parametrize("attack", BY_ANYBODY)
def test_a_call_that_anybody_may_make_is_refused(call, attack):
    refused(call, attack, before=["unshare", "--ipc"])


@pytest.mark.parametrize("attack", BY_ROOT)
def test_a_call_that_root_may_make_is_refused(call, attack):
    # The host name and the tables of sockets are those of namespaces of their own.
    refused(call, attack, root=True, before=["unshare", "--uts", "--mount"], optional=True)


@pytest.mark.parametrize("attack", ["mount", "unmount"])
def test_mounts_cannot_be_changed(call, attack):
    target = PLACE / "mount-target"
    target.mkdir(exist_ok=True)
    if attack == "unmount":
        refused(call, attack, GROUNDS / "alias-before", root=True, before=["unshare", "--mount", "--propagation",
            "private"])
    else:
        refused(call, attack, GROUNDS / "secret", target, root=True, before=["unshare", "--mount", "--propagation",
            "private"])


def test_the_command_cannot_become_somebody_else(call):
    refused(call, "user", 0, root=True)
    refused(call, "user", ATTACKER, root=True)


@pytest.mark.parametrize("attack", ["flock", "lease", "lock"])
def test_a_file_cannot_be_locked(call, attack):
    path = PLACE / "decoy/alone"
    if attack != "flock":
        os.chown(path, ATTACKER, 0)
    try:
        refused(call, attack, path, root=attack != "lease")
    finally:
        os.chown(path, 0, 0)


def test_change_notices_cannot_be_asked_for(call):
    refused(call, "change-notice", PLACE / "decoy")


@pytest.mark.parametrize("operation", [4, 8, 22, 24, 35, 36, 38, 39, 47, 1499557217])
def test_no_control_of_the_process_changes(call, operation):
    """PR_SET_DUMPABLE, KEEPCAPS, SECCOMP, CAPBSET_DROP, MM, CHILD_SUBREAPER, NO_NEW_PRIVS, CAP_AMBIENT, PTRACER."""
    refused(call, "prctl", operation, 1, root=True, optional=True)


# Other doors to the kernel.

def test_a_call_by_the_32_bit_door_is_refused(call):
    refused(call, "int80", GROUNDS / "secret/alone", optional=True)
    assert not inside(call, "int80", PLACE / "decoy/alone").worked


def test_a_call_with_x32_numbers_is_refused(call):
    refused(call, "x32", GROUNDS / "secret/alone", optional=True)


def test_the_old_page_of_calls_gives_the_time_at_most(call):
    """It holds gettimeofday, time and getcpu, and needs no filter."""
    inside(call, "vsyscall")
    assert inside(call, "read", PLACE / "decoy/alone").worked


# Terminals.

def on_terminal(name, *words):
    """The attack as root on a terminal of its own."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(ATTACKS, [str(ATTACKS), name, *map(str, words)])
    output = b""
    try:
        while chunk := os.read(terminal, 4096):
            output += chunk
    except OSError:
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    # What is typed comes back before what is printed.
    return Outcome.of(output.decode().lstrip("x"))


@pytest.mark.parametrize("attack", ["tiocsti", "tiocsti-high"])
def test_nothing_can_be_typed_into_a_terminal(call, attack):
    assert on_terminal(attack, "x").worked
    # The filter knows no such call, whatever the descriptor is.
    assert inside(call, attack, "x").text == "Function not implemented"


@pytest.mark.parametrize("request_", ["tioclinux", "new-terminal"])
def test_there_are_no_terminals(call, request_):
    assert not inside(call, request_).worked


# The supervisor dies.

def supervisors(gateway):
    return [pid for pid in gateway.running() if processes.name(pid) == "keyhole-exec"]


@pytest.mark.parametrize("turn", range(3))
def test_a_supervisor_killed_in_the_middle_of_an_open_takes_its_command_along(gateway, recorded, turn):
    running = gateway.begin(line_of("flood-opens", PLACE / "decoy/alone", 4, 0), stdin=subprocess.DEVNULL)
    try:
        assert running.stdout.readline() == b"begun\n"
        (supervisor,) = supervisors(gateway)
        time.sleep(0.01 * turn)
        os.kill(supervisor, signal.SIGKILL)
        _, err = running.communicate(timeout=scaled(10))
        assert running.returncode not in (0, None) and b"keyhole: " in err
        assert processes.eventually(lambda: not gateway.running(), scaled(5))
        assert recorded("end")
    finally:
        running.kill()
        running.communicate()


def test_a_supervisor_that_stands_still_ends_with_the_broker_s_patience(gateway, recorded):
    running = gateway.begin("probe-limited linger stay", stdin=subprocess.DEVNULL)
    try:
        assert running.stdout.readline() == b"lingering\n"
        (supervisor,) = supervisors(gateway)
        os.kill(supervisor, signal.SIGSTOP)
        running.communicate(timeout=scaled(15))
        assert running.returncode not in (0, None)
        assert processes.eventually(lambda: not gateway.running(), scaled(5))
    finally:
        running.kill()
        running.communicate()


def test_a_process_gets_no_descriptor_that_another_asked_for(call):
    """Processes are killed in the middle of opens, and new ones come at once."""
    there = inside(call, "churn", PLACE / "decoy/alone", 600, command="attack-long")
    assert there.worked and there.text == "0 surprises", there.whole


def number_inside(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("NSpid:\t")[1].split("\n")[0].split()[-1])


def test_a_number_that_is_given_again_during_an_open_gets_nothing(gateway):
    """The supervisor holds still while a process with an open in flight dies and another gets its number."""
    running = gateway.begin(line_of("reuse", PLACE / "decoy/alone", command="attack-long"))

    def say(word):
        running.stdin.write(word)
        running.stdin.flush()

    try:
        assert running.stdout.readline() == b"begun\n"
        (supervisor,) = supervisors(gateway)
        known = set(gateway.running())
        os.kill(supervisor, signal.SIGSTOP)
        say(b"stopped\n")
        (first,) = processes.eventually(lambda: set(gateway.running()) - known, scaled(5), 0.002)
        number = number_inside(first)
        assert processes.eventually(lambda: first not in gateway.running(), scaled(5))
        last = "/proc/sys/kernel/ns_last_pid"
        subprocess.run(
            ["nsenter", "--pid", f"--target={supervisor}", "sh", "-c", f"echo {number - 1} > {last}"], check=True)
        say(b"number\n")
        (second,) = processes.eventually(lambda: set(gateway.running()) - known, scaled(5), 0.002)
        assert number_inside(second) == number
        os.kill(supervisor, signal.SIGCONT)
        out, err = running.communicate(timeout=scaled(15))
        assert out.startswith(b"ok: 0 surprises"), (out, err)
    finally:
        running.kill()
        running.communicate()
