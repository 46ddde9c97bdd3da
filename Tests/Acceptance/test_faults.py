"""System calls of keyhole-exec and keyhole-broker fail, one in each test: the call ends with 125 and a reason, or the
command sees an error, or the call is made again. Nothing runs half confined, no process is left, the end is recorded,
and the next call works. docs/testing.md has the table.
"""

import dataclasses
import os
import re
import signal
import socket
import subprocess

import pytest

from fault_injection import FaultInjector, children, words_for
from grounds import GROUNDS, OPEN_WORDS, SECRET_WORDS
from policy_for_tests import command
from private_gateway import processes
from private_gateway.audit_daemon import parse

MARK = "probe mark"
MARKER = "marked"
PLAIN, TOKEN = f"{GROUNDS}/open/plain.txt", f"{GROUNDS}/secret/token"
READ = f"script -c 'echo {MARKER}; read x < {PLAIN}; echo $x; exec 3< {TOKEN}'"
EXISTS = f"script -c 'echo {MARKER}; test -f {PLAIN} && echo it is there'"
TEXT = "echo marked | cat"
GLOB = f"ls {GROUNDS}/open/*.txt"
CD = f"cd {GROUNDS}/open && cat plain.txt"
GRANTED = f"fault-cat {GROUNDS}/faults/granted"
CONNECT = f"fault-connect socket {GROUNDS}/faults/socket"
WATCH = f"fault-watch {PLAIN}"
WATCH_PROGRAM = """
#include <stdio.h>
#include <sys/inotify.h>
int main(int count, char **words) {
  int fd = inotify_init1(0);
  if (inotify_add_watch(fd, words[1], IN_ALL_EVENTS) < 0) perror("watch"); else puts("watching");
}
"""


@pytest.fixture(scope="module")
def injector(session_gateway, tmp_path_factory):
    folder = GROUNDS / "faults"
    folder.mkdir()
    (folder / "granted").write_text("words for root\n")
    (folder / "granted").chmod(0o600)
    subprocess.run(
        ["gcc", "-O1", "-static", "-x", "c", "-o", folder / "watch", "-"], input=WATCH_PROGRAM, text=True, check=True)
    anything = ["word /.*/*"]
    session_gateway.add_policy("zz-faults.yaml", {"commands": {
        "fault-cat": command(
            "/usr/bin/cat", "reads", "fault-cat /etc/hostname", ["path*"], deny=["fault-cat -x"],
            needs={"read": [f"{folder}/granted"], "groups": ["adm"]}),
        "fault-connect": command(
            str(GROUNDS / "probe"), "connects", "fault-connect uid", anything, needs={"sockets": [f"{folder}/socket"]}),
        "fault-watch": command(str(folder / "watch"), "watches", "fault-watch /", anything),
    }})
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        server.listen(1000)
        session_gateway.broker.restart()
        injector = FaultInjector(session_gateway, tmp_path_factory.mktemp("faults") / "trace")
        # Until the hard links are indexed, files with several names are refused.
        assert processes.eventually(lambda: "indexed" in session_gateway.broker.log_since(), 10)
        for line in (MARK, READ, EXISTS, TEXT, GLOB, CD, GRANTED, CONNECT, WATCH):
            injector.trace(line)
        yield injector
    (session_gateway.layout.policy / "zz-faults.yaml").unlink()
    session_gateway.broker.restart()


@pytest.fixture
def ends(gateway):
    """The records of calls that ended since the test began, once there are so many."""
    log = gateway.audit.log
    begin = log.stat().st_size

    def found():
        with open(log, "rb") as file:
            file.seek(begin)
            lines = file.read().decode("utf-8", "replace").splitlines()
        return [parse(line) for line in lines if "op=keyhole:end" in line]

    def at_least(count=1):
        processes.eventually(lambda: len(found()) >= count, 4)
        return found()

    return at_least


@pytest.fixture
def leaves_nothing(injector, gateway, ends):
    """Whatever failed: nothing of the call is left, the broker is the one that it was, and it takes the next call."""
    broker = injector.broker
    yield
    assert processes.eventually(lambda: not gateway.running(), 3), gateway.running()
    assert gateway.broker.process.poll() is None and injector.broker == broker
    last = gateway.call(f"{MARK}; echo the last call of a test")
    assert last.out == f"{MARKER}\nthe last call of a test\n"
    # The next test is not to take this record for its own.
    is_recorded = lambda: any(record.fields["bytes-out"] == str(len(last.stdout)) for record in ends(0))
    assert processes.eventually(is_recorded, 4)
    no_zombie = lambda: all(state != "Z" for _, state in children(broker))
    assert processes.eventually(no_zombie, 3), children(broker)


pytestmark = pytest.mark.usefixtures("leaves_nothing")


@dataclasses.dataclass(frozen=True)
class Row:
    """System calls that fail with each of the errors at each of the places of a line."""

    line: str
    calls: str
    errors: str
    places: tuple = ("first", "last")
    # What the caller hears beside the error's own words.
    reason: str = ""


def rows(*table):
    """One parameter a call, error and place."""
    given = {}
    for row in table:
        for call in row.calls.split():
            for error in row.errors.split():
                for at in row.places:
                    name = "-".join([call, error, row.line.split()[0], at.rsplit("/", 1)[-1]])
                    given[name] = (row.line, call, error, at, row.reason)
    return pytest.mark.parametrize("line, call, error, at, reason", given.values(), ids=given.keys())


def ended_with_a_reason(faulted, error, ends, reason=""):
    status, out, err = faulted.result
    assert faulted.fault is not None, faulted.trace
    said = [line for line in err.splitlines() if line.startswith("keyhole: ")]
    assert status == 125 and said, (status, out, err)
    assert (reason or words_for(error)) in said[-1], err
    assert SECRET_WORDS not in out + err
    (record,) = ends()
    assert record.cause == "failed" and record.status == "125" and record.info in said[-1], record.raw


def one_end(ends, **fields):
    (record,) = ends()
    assert all(record.fields[name] == value for name, value in fields.items()), record.raw


# Before a command runs.

LAUNCH = ("first", "last before the launch")
SET_UP = (
    Row(MARK, "setns unshare setgroups", "EPERM ENOMEM", ("first",)),
    Row(MARK, "setresgid setresuid capset lseek", "EPERM", ("first",)),
    Row(MARK, "prctl", "EPERM", LAUNCH),
    Row(MARK, "landlock_create_ruleset", "EPERM ENOMEM", ("first",), "no Landlock"),
    Row(MARK, "landlock_create_ruleset", "EPERM ENOMEM EMFILE", ("last before the launch",)),
    Row(MARK, "landlock_add_rule read readlinkat statx", "EPERM ENOMEM", LAUNCH),
    Row(MARK, "mmap", "ENOMEM", LAUNCH),
    Row(MARK, "openat2", "EPERM ENOMEM EMFILE", LAUNCH),
    Row(MARK, "pipe2", "ENOMEM EMFILE", LAUNCH),
    Row(MARK, "fcntl", "EPERM EMFILE", LAUNCH),
    Row(MARK, "sendmsg", "EPERM ENOMEM", ("first",)),
    Row(MARK, "clone", "EAGAIN ENOMEM EMFILE", ("first",)),
    Row(TEXT, "memfd_create", "ENOMEM EMFILE", ("first",)),
    Row(TEXT, "fchmod", "EPERM", ("first",), "memfd_create: " + words_for("EPERM")),
    Row(TEXT, "write", "ENOSPC EPERM", ("first",)),
    Row(TEXT, "fcntl", "EPERM ENOMEM", ("F_ADD_SEALS",)),
    Row(GRANTED, "capset", "EPERM", ("effective=1<<CAP_SETGID",)),
    Row(GRANTED, "setgroups", "EPERM ENOMEM", ("setgroups(1",)),
    Row(GLOB, "getdents64", "ENOMEM EIO"),
    Row(GLOB, "openat2", "EMFILE ENOMEM", (f'"{GROUNDS}/open"',)),
)


@rows(*SET_UP)
def test_a_failure_before_the_command_ends_the_call(injector, ends, line, call, error, at, reason):
    faulted = injector.in_executor(line, call, error, at)
    ended_with_a_reason(faulted, error, ends, reason)
    assert faulted.came_before_a_command and faulted.result.out == ""


@pytest.mark.parametrize("error", ["EPERM", "ENOMEM"])
@pytest.mark.parametrize("call, when, step", [
    ("setsid", 1, "setsid"), ("fchdir", 1, "fchdir"), ("prlimit64", 1, "setrlimit"), ("prlimit64", 8, "setrlimit"),
    ("landlock_restrict_self", 1, "landlock_restrict_self"), ("seccomp", 1, "seccomp"),
    ("close_range", 1, "close_range"), ("close_range", 2, "close_range"), ("execveat", 1, "execveat")])
def test_a_step_between_clone_and_exec_that_fails_ends_the_call(injector, ends, call, when, step, error):
    faulted = injector.in_child(MARK, call, error, when)
    ended_with_a_reason(faulted, error, ends, f"cannot start {GROUNDS}/probe: clone {step}: {words_for(error)}")
    assert faulted.result.out == ""


# While the command runs.

@rows(
    Row(MARK, "poll", "ENOMEM EPERM", ("first",)),
    Row(MARK, "splice", "ENOMEM EPERM", ("first", "second")),
    Row(MARK, "waitid kill", "EPERM"),
    Row(MARK, "dup2", "EMFILE EPERM"),
    Row(MARK, "sendmsg", "EPERM ENOMEM", ("last",)),
    Row(READ, "write", "ENOSPC EPERM", ("last",)),
    Row(READ, "ioctl", "EPERM ENOMEM", ("NOTIF_RECV", f"{TOKEN} > NOTIF_ID_VALID", f"{TOKEN} > NOTIF_SEND")),
)
def test_a_supervisor_that_cannot_go_on_ends_the_call(injector, ends, line, call, error, at, reason):
    ended_with_a_reason(injector.in_executor(line, call, error, at), error, ends, reason)


def test_a_privilege_that_cannot_be_given_up_ends_everything_at_once(injector, ends):
    """The supervisor traps rather than go on with it."""
    faulted = injector.in_executor(GRANTED, "capset", "EPERM", "setgroups(1")
    ended_with_a_reason(faulted, "EPERM", ends, "the sandbox ended without a word")
    assert faulted.result.out == ""


@rows(
    Row(READ, "process_vm_readv openat2 readlinkat statx", "EPERM ENOMEM EMFILE", (PLAIN,)),
    Row(READ, "ioctl", "EMFILE ENOMEM", (f"{PLAIN} > NOTIF_ADDFD",)),
)
def test_an_open_that_fails_is_the_commands_own_affair(injector, ends, line, call, error, at, reason):
    faulted = injector.in_executor(line, call, error, at)
    status, out, err = faulted.result
    assert faulted.fault is not None and status == 2 and out.split() == [MARKER], (status, out, err)
    # dash does not say more than it knows.
    assert f"cannot open {PLAIN}: {words_for(error)}" in err and f"refused to open {TOKEN}" in err
    one_end(ends, cause="exited", status="2")


@rows(Row(READ, "process_vm_readv openat2 readlinkat statx", "EPERM ENOENT EACCES EINTR", (TOKEN,)))
def test_a_secret_stays_closed_whatever_fails_while_it_is_judged(injector, ends, line, call, error, at, reason):
    faulted = injector.in_executor(line, call, error, at)
    status, out, err = faulted.result
    assert faulted.fault is not None and status == 2 and f"cannot open {TOKEN}" in err, (status, out, err)
    assert OPEN_WORDS in out and SECRET_WORDS not in out + err
    one_end(ends, cause="exited", status="2")


@rows(
    Row(EXISTS, "process_vm_readv openat2 newfstatat process_vm_writev", "EPERM ENOMEM", (PLAIN,)),
    Row(EXISTS, "ioctl", "EPERM ENOMEM", (f"{PLAIN} > NOTIF_ID_VALID",)),
)
def test_attributes_that_cannot_be_told_are_the_commands_own_affair(injector, ends, line, call, error, at, reason):
    faulted = injector.in_executor(line, call, error, at)
    status, out, err = faulted.result
    assert injector.trace(line).result.out == f"{MARKER}\nit is there\n"
    assert faulted.fault is not None and (status, out) == (1, f"{MARKER}\n"), (status, out, err)
    one_end(ends, cause="exited", status="1")


@rows(
    Row(CONNECT, "pidfd_open pidfd_getfd connect", "EPERM EMFILE", ("faults/socket",), "connect failed: "),
    Row(WATCH, "pidfd_open pidfd_getfd", "EPERM EMFILE", (PLAIN,), "watch: "),
    Row(WATCH, "inotify_add_watch", "ENOMEM ENOSPC", (PLAIN,), "watch: "),
)
def test_a_connection_or_watch_that_fails_is_the_commands_own_affair(injector, ends, line, call, error, at, reason):
    faulted = injector.in_executor(line, call, error, at)
    assert faulted.fault is not None and f"{reason}{words_for(error)}" in faulted.result.out + faulted.result.err
    assert faulted.result.status == injector.trace(line).result.status
    one_end(ends, cause="exited")


def test_a_file_that_a_grant_cannot_open_stays_closed(injector, ends):
    faulted = injector.in_executor(GRANTED, "capset", "EPERM", "CAP_DAC_READ_SEARCH|1<<CAP_SYSLOG, permitted")
    assert faulted.fault is not None
    status, out, err = faulted.result
    assert status == 1 and out == "" and words_for("EACCES") in err
    one_end(ends, cause="exited", status="1")


def test_a_closed_directory_is_passed_over_by_a_glob(injector, ends):
    faulted = injector.in_executor(GLOB, "openat2", "EACCES", f'"{GROUNDS}/open"')
    assert faulted.fault is not None and faulted.result.status == 2 and "*.txt" in faulted.result.err
    one_end(ends, cause="exited", status="2")


@pytest.mark.parametrize("error", ["EPERM", "EMFILE"])
def test_a_directory_that_cannot_be_entered_stops_what_depends_on_it(injector, ends, error):
    faulted = injector.in_executor(CD, "openat2", error, f'"{GROUNDS}/open"')
    status, out, err = faulted.result
    assert faulted.fault is not None and status == 1 and out == "" and words_for(error) in err
    one_end(ends, cause="exited", status="1")


@rows(
    Row(MARK, "recvmsg setns unshare setgroups setresgid capset prctl lseek read readlinkat statx openat2 pipe2 fcntl",
        "EINTR", ("first",)),
    Row(MARK, "sendmsg landlock_add_rule clone poll splice waitid kill dup2", "EINTR", ("first",)),
    Row(MARK, "openat2 statx read readlinkat fcntl", "EINTR", ("last before the launch",)),
    Row(MARK, "sendmsg waitid dup2", "EINTR", ("last",)),
    Row(MARK, "poll splice", "EINTR", ("second",)),
    Row(READ, "process_vm_readv", "EINTR"),
    Row(READ, "ioctl", "EINTR", ("NOTIF_RECV", "NOTIF_ID_VALID", "NOTIF_ADDFD", "NOTIF_SEND")),
    Row(EXISTS, "process_vm_writev", "EINTR", (PLAIN,)),
    Row(TEXT, "memfd_create write", "EINTR", ("first",)),
    Row(CONNECT, "pidfd_open pidfd_getfd connect", "EINTR", ("first",)),
    Row(WATCH, "inotify_add_watch", "EINTR", ("first",)),
)
def test_an_interrupted_call_is_made_again(injector, ends, line, call, error, at, reason):
    faulted = injector.in_executor(line, call, error, at)
    assert faulted.fault is not None and without_reasons(faulted.result) == without_reasons(injector.trace(line).result)
    one_end(ends, cause="exited")


def without_reasons(result):
    """Why a file with two names is refused depends on how old the index of denied files is."""
    return result.status, result.stdout, re.sub(rb"(keyhole: refused to open [^:]*): .*", rb"\1", result.stderr)


@pytest.mark.parametrize("call, error", [
    ("ioctl", "EINVAL"), ("sched_getaffinity", "EPERM"), ("sched_setaffinity", "EPERM")])
def test_a_kernel_that_cannot_keep_both_on_one_cpu_does_without(injector, ends, call, error):
    faulted = injector.in_executor(MARK, call, error, "first")
    assert faulted.fault is not None and faulted.result == injector.trace(MARK).result
    one_end(ends, cause="exited", status="0")


# The broker, and keyhole-exec before it has a call.

@pytest.mark.parametrize("call, error, when, reason", [
    ("memfd_create", "EMFILE", 1, "memfd_create"), ("memfd_create", "ENOMEM", 1, "memfd_create"),
    ("fchmod", "EPERM", 1, "memfd_create"), ("write", "ENOSPC", 1, "write"), ("fcntl", "EPERM", 1, "fcntl"),
    ("sendmsg", "ENOMEM", "1..2", "sendmsg"), ("sendmsg", "EPERM", "1..2", "sendmsg"),
])
def test_a_call_that_cannot_be_handed_over_ends(injector, ends, call, error, when, reason):
    faulted = injector.in_broker(MARK, call, error, when)
    ended_with_a_reason(faulted, error, ends, f"the sandbox cannot be started: {reason}: {words_for(error)}")
    assert faulted.result.out == ""
    injector.fill_the_pool()


@pytest.mark.parametrize("call, error, step", [
    ("socketpair", "EMFILE", "socket"), ("socketpair", "ENOMEM", "socket"), ("clone", "EAGAIN", "clone"),
    ("clone", "ENOMEM", "clone"), ("clone", "EMFILE", "clone"), ("prctl", "EPERM", "clone prctl"),
    ("setsid", "EPERM", "clone setsid"), ("dup2", "EMFILE", "clone dup2"),
    ("close_range", "ENOMEM", "clone close_range"), ("execveat", "ENOMEM", "clone execveat"),
    ("execveat", "EPERM", "clone execveat"),
])
def test_an_executor_that_cannot_be_started_ends_the_call(injector, ends, call, error, step):
    faulted = injector.in_broker(MARK, call, error, starts_executor=True)
    ended_with_a_reason(faulted, error, ends, f"the sandbox cannot be started: {step}: {words_for(error)}")
    assert faulted.result.out == ""
    injector.fill_the_pool()


@pytest.mark.parametrize("call, error, when, name", [
    ("setns", "EPERM", 1, "setns"), ("setns", "ENOMEM", 3, "setns"), ("fchdir", "EPERM", 1, "fchdir"),
    ("fsopen", "ENOMEM", 1, "fsmount"), ("fsopen", "EPERM", 1, "fsmount"), ("fsconfig", "EPERM", 1, "fsmount"),
    ("fsmount", "EMFILE", 1, "fsmount"), ("openat2", "EMFILE", 1, "openat2 /"),
])
def test_an_executor_that_cannot_prepare_itself_ends_the_call(injector, ends, call, error, when, name):
    faulted = injector.in_broker(MARK, call, error, when, starts_executor=True)
    ended_with_a_reason(faulted, error, ends, f"the sandbox cannot be set up: {name}: {words_for(error)}")
    assert faulted.result.out == ""
    injector.fill_the_pool()


def test_an_executor_that_does_not_take_the_call_is_replaced(injector, gateway, ends):
    injector.empty_the_pool()
    assert gateway.call(MARK).out == f"{MARKER}\n"
    one_end(ends, cause="exited", status="0")
    injector.waiting()


@pytest.mark.parametrize("error", ["EPERM", "ENOMEM", "EMFILE"])
def test_an_executor_that_cannot_wait_for_a_call_is_replaced_and_says_why(injector, gateway, ends, error):
    position = gateway.broker.log_position()
    injector.fail_while_waiting("recvmsg", error)
    assert gateway.call(MARK).out == f"{MARKER}\n"
    assert f"recvmsg: {words_for(error)}" in gateway.broker.log_since(position)
    one_end(ends, cause="exited", status="0")


@pytest.mark.parametrize("call, error, reason", [
    ("clone3", "EAGAIN", "the broker cannot take another call"),
    ("clone3", "ENOMEM", "the broker cannot take another call"),
    ("recvmsg", "ENOMEM", "the broker failed: recvmsg"), ("recvmsg", "EMFILE", "the broker failed: recvmsg"),
    ("poll", "ENOMEM", "the broker failed: poll"), ("sendto", "EPERM", "cannot be recorded"),
    ("sendto", "ENOMEM", "cannot be recorded"),
])
def test_a_request_that_cannot_be_served_is_told_so_and_nothing_runs(injector, ends, call, error, reason):
    faulted = injector.in_broker(MARK, call, error)
    status, out, err = faulted.result
    assert faulted.fault is not None and (status, out) == (125, "") and err.startswith("keyhole: ") and reason in err
    assert not ends(0)


@pytest.mark.parametrize("call, error", [
    ("accept4", "EMFILE"), ("accept4", "ENOMEM"), ("accept4", "EINTR"), ("recvmsg", "EINTR"), ("poll", "EINTR"),
    ("sendmsg", "EINTR"), ("memfd_create", "EINTR"), ("pidfd_send_signal", "EINTR"), ("waitid", "EINTR"),
    ("pidfd_send_signal", "ENOMEM"),
])
def test_what_the_broker_can_do_again_it_does(injector, ends, call, error):
    faulted = injector.in_broker(MARK, call, error)
    if (call, error) == ("pidfd_send_signal", "ENOMEM"):
        return ended_with_a_reason(faulted, error, ends)
    assert faulted.fault is not None and faulted.result.out == f"{MARKER}\n"
    one_end(ends, cause="exited", status="0")


def test_a_front_whose_peer_cannot_be_told_is_not_served(injector, ends):
    faulted = injector.in_broker(MARK, "getsockopt", "EPERM")
    status, out, err = faulted.result
    assert faulted.fault is not None and (status, out) == (125, "") and err.startswith("keyhole: ")
    assert not ends(0)


def test_an_executor_that_ended_while_it_waited_makes_room(injector, gateway, ends):
    """The one that a call would take last, so that nobody notices."""
    first, last = injector.waiting()
    os.kill(first, signal.SIGKILL)
    position = gateway.broker.log_position()
    assert gateway.call(MARK).out == f"{MARKER}\n"
    assert first not in injector.waiting() and last not in injector.waiting()
    assert "an executor ended while it waited" in gateway.broker.log_since(position)
    one_end(ends, cause="exited", status="0")
