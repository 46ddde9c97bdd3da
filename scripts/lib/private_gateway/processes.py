"""Starting a program that ends when we do, and stopping it."""

import ctypes
import os
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
# How many times longer than usual everything may take: more than 1 in an emulated machine.
SCALE = float(os.environ.get("KEYHOLE_TEST_SCALE") or 1)
_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, log, **options):
    """Starts a daemon in the foreground; its output goes to the file `log`."""
    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent,
            **options,
        )


def stop(process, patience=5):
    """SIGTERM, then SIGKILL when that has not helped within `patience` seconds. Returns the exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def name(pid):
    """The name of the program that a process runs, "" when there is no such process."""
    try:
        return open(f"/proc/{pid}/comm").read().strip()
    except OSError:
        return ""


def children(parent, program):
    """The pids of a process's live children that run `program`."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            status = open(f"/proc/{entry}/stat").read() if entry.isdigit() else ""
            # The name stands in parentheses; behind it come state and parent. proc(5)
            if status and int(status.rpartition(")")[2].split()[1]) == parent:
                # Its own name would be that of a descriptor: it was started by one. execveat(2)
                if os.path.basename(os.readlink(f"/proc/{entry}/exe")) == program:
                    found.append(int(entry))
        except OSError:
            continue
    return found


def of_users(first, count):
    """The pids of live processes whose real uid is in `first ..< first + count`."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            status = open(f"/proc/{entry}/status").read()
        except OSError:
            continue
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        if fields["State"].startswith("Z"):
            continue
        if first <= int(fields["Uid"].split()[0]) < first + count:
            found.append(int(entry))
    return found


def end_all_in_our_mount_namespace():
    """SIGKILL for whatever else lives in the private host: what a broken gateway left running. Not for our own ancestors."""
    ours = os.readlink("/proc/self/ns/mnt")
    spared, pid = set(), os.getpid()
    while pid:
        spared.add(pid)
        pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) in spared:
            continue
        try:
            if os.readlink(f"/proc/{entry}/ns/mnt") == ours:
                os.kill(int(entry), signal.SIGKILL)
        except OSError:
            continue


def eventually(condition, seconds=5.0, step=0.02):
    """Calls `condition` until it is true or the time, times SCALE, is over; returns its last value."""
    end = time.monotonic() + seconds * SCALE
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)
