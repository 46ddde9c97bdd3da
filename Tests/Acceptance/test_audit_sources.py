"""Where `keyhole audit` reads from: rotated and compressed files, collections of several hosts, standard input."""

import bz2
import contextlib
import gzip
import lzma
import os
import pathlib
import pty
import re
import shutil
import subprocess
import threading
import time

import pytest
from chained_log import ChainedLog
from audit_tools import ENVIRONMENT, audit, fine
from policy_tools import KEYHOLE

PACK = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
    ".zst": lambda data: subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout,
}


def commands(*words, **options):
    return [one["command"] for one in fine("list", "--json", *words, **options).objects]


def split(log, count):
    """The log in so many files, oldest first."""
    size = -(-len(log.lines) // count)
    return [
        b"".join(line + b"\n" for line in log.lines[start : start + size]) for start in range(0, len(log.lines), size)
    ]


@pytest.fixture
def log():
    log = ChainedLog().start()
    for number in range(40):
        log.call(f"ls {number}")
    return log


LINES = [f"ls {number}" for number in range(40)]


@pytest.mark.parametrize("endings", [[""] * 5, list(PACK), [".gz"] * 5])
def test_rotated_files_are_read_oldest_first(log, tmp_path, endings):
    parts = split(log, 12)
    for number, part in enumerate(parts):
        age = len(parts) - 1 - number
        ending = endings[age % len(endings)] if age else ""
        (tmp_path / ("audit.log" + (f".{age}" if age else "") + ending)).write_bytes(PACK[ending](part))
    (tmp_path / "other.txt").write_text("op=keyhole:decision")
    (tmp_path / ".audit.log.swp").write_bytes(log.bytes)
    assert commands(tmp_path) == LINES
    fine("verify", tmp_path)
    # In whatever order they are named.
    assert commands(*sorted(tmp_path.glob("audit*"))) == LINES


def test_files_with_dates_are_older_than_the_one_that_is_written_to(log, tmp_path):
    for name, part in zip(["audit.log-20261119.gz", "audit.log-20261120", "audit.log"], split(log, 3)):
        (tmp_path / name).write_bytes(PACK[".gz" if name.endswith("gz") else ""](part))
    assert commands(tmp_path) == LINES


def test_a_line_that_rotation_cut_in_two_is_two_lines(log, tmp_path):
    (tmp_path / "audit.log.1").write_bytes(log.bytes[:5000])
    (tmp_path / "audit.log").write_bytes(log.bytes[5000:])
    assert "malformed" in audit("verify", tmp_path).out or "names Keyhole" in audit("verify", tmp_path).out


def test_files_are_known_by_their_content_and_not_their_name(log, tmp_path):
    (tmp_path / "audit.log").write_bytes(gzip.compress(log.bytes))
    (tmp_path / "plain.log.gz").write_bytes(log.bytes)
    assert commands(tmp_path / "audit.log") == commands(tmp_path / "plain.log.gz") == LINES
    # Several compressed pieces in one file, as `cat a.gz b.gz` makes.
    (tmp_path / "two.gz").write_bytes(b"".join(gzip.compress(part) for part in split(log, 2)))
    assert commands(tmp_path / "two.gz") == LINES


@pytest.mark.parametrize("ending", [ending for ending in PACK if ending])
def test_a_compressed_file_that_is_damaged_is_said(log, tmp_path, ending):
    path = tmp_path / f"audit.log.1{ending}"
    path.write_bytes(PACK[ending](os.urandom(300_000) + log.bytes)[:-20])
    done = audit("list", path)
    assert done.status == 2 and "cannot be decompressed whole" in done.err and "hint: " in done.err


def test_a_missing_program_is_named_with_its_package(log, tmp_path):
    (tmp_path / "audit.log.1.xz").write_bytes(lzma.compress(log.bytes))
    # A root of its own, in which there is nothing but keyhole and the log.
    root = tmp_path / "root"
    for library in subprocess.run(["ldd", KEYHOLE], capture_output=True, text=True).stdout.split():
        if library.startswith("/"):
            target = root / library[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)
    shutil.copy(KEYHOLE, root / "keyhole")
    shutil.copy(tmp_path / "audit.log.1.xz", root / "audit.log.1.xz")
    (root / "proc").mkdir()
    enter = f"mount -t proc proc {root}/proc && exec chroot {root} /keyhole audit list /audit.log.1.xz"
    done = subprocess.run(["unshare", "--mount", "sh", "-c", enter], capture_output=True, text=True)
    assert done.returncode == 2 and "there is no program xz here" in done.stderr, done
    assert "hint: apt-get install xz-utils" in done.stderr


def test_standard_input_may_be_a_file_a_pipe_or_compressed(log, tmp_path):
    assert commands(log=log) == LINES
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(log.bytes))
    with path.open() as file:
        done = subprocess.run([KEYHOLE, "audit", "list", "-"], stdin=file, capture_output=True, text=True)
    assert len(done.stdout.splitlines()) == 41, done
    done = audit("list", log=gzip.compress(log.bytes))
    assert done.status == 2 and "is a stream that is compressed" in done.err and "gzip -dc FILE | keyhole" in done.err
    done = subprocess.run(
        ["bash", "-c", f"{KEYHOLE} audit list <(cat {path} | gunzip)"], capture_output=True, text=True
    )
    assert len(done.stdout.splitlines()) == 41, done


# Several hosts.


@pytest.fixture
def collection(tmp_path):
    for number, host in enumerate(["db-01", "web-01", "web-02"]):
        log = ChainedLog(began=1_795_262_400 + number, enriched=number % 2 == 0).start()
        for _ in range(6):
            log.call(f"ls {host}", later=3000)
        folder = tmp_path / host / ("audit" if number == 1 else ".")
        folder.mkdir(parents=True, exist_ok=True)
        parts = split(log, 2)
        (folder / "audit.log.1.gz").write_bytes(gzip.compress(parts[0]))
        (folder / "audit.log").write_bytes(parts[1])
    return tmp_path


def test_a_collection_has_each_host_by_the_name_of_its_directory(collection):
    found = fine("list", "--json", collection).objects
    assert len(found) == 18 and {one["host"] for one in found} == {"db-01", "web-01", "web-02"}
    # Merged by time.
    assert [one["end"]["time"] for one in found] == sorted(one["end"]["time"] for one in found)
    assert found[0]["host"] != found[1]["host"]
    assert fine("list", collection).lines[0].split()[3] == "HOST"
    assert {one["host"] for one in fine("list", "--json", "--host", "web-*", collection).objects} == {
        "web-01",
        "web-02",
    }
    assert fine("verify", collection).out.count("/usr/lib/keyhole/keyhole-broker: 13 records") == 3


def test_a_file_for_each_host_is_named_for_it(tmp_path):
    for host in ("db-01", "web-01"):
        log = ChainedLog().start()
        log.call(f"ls {host}")
        (tmp_path / f"{host}.log").write_bytes(log.bytes)
    found = fine("list", "--json", tmp_path).objects
    assert sorted((one["host"], one["command"]) for one in found) == [("db-01", "ls db-01"), ("web-01", "ls web-01")]


def test_the_name_in_the_records_is_the_hosts(tmp_path):
    log = ChainedLog(node="real").start()
    log.call("df")
    (tmp_path / "copied").mkdir()
    log.write(tmp_path / "copied/audit.log")
    assert [one["host"] for one in fine("list", "--json", tmp_path).objects] == ["real"]


def test_a_call_with_one_id_on_two_hosts_is_two_calls(tmp_path):
    for host in ("a", "b"):
        (tmp_path / host).mkdir()
        log = ChainedLog().start()
        log.decision(f"ls {host}", call="00000000000000aa")
        log.end("00000000000000aa")
        log.write(tmp_path / host / "audit.log")
    assert sorted(one["command"] for one in fine("list", "--json", tmp_path).objects) == ["ls a", "ls b"]


def test_very_many_hosts_are_read_with_little_memory(tmp_path):
    log = ChainedLog().start()
    log.call("df")
    for number in range(600):
        (tmp_path / f"host-{number}").mkdir()
        log.write(tmp_path / f"host-{number}/audit.log")
    assert len(fine("list", "--json", tmp_path).objects) == 600


# What cannot be read.


def test_what_is_missing_or_no_log_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    for words, told in [
        ([tmp_path / "none"], "No such file"),
        ([tmp_path / "empty"], "there is no log in"),
        ([tmp_path / "a\x1b[2Jb"], "\\x1b[2J"),
    ]:
        done = audit("list", *words)
        assert done.status == 2 and told in done.err and "hint: " in done.err and "\x1b" not in done.err, done


def test_an_empty_log_is_said(tmp_path):
    (tmp_path / "audit.log").write_bytes(b"")
    done = audit("list", tmp_path)
    assert done.status == 1 and "no record of Keyhole among 0 lines in 1 file" in done.err


def test_a_log_that_may_not_be_read_is_said_with_what_to_do(log, tmp_path):
    os.chmod(tmp_path, 0o755)
    for parent in list(tmp_path.parents)[:-1]:
        os.chmod(parent, os.stat(parent).st_mode | 0o001)
    path = log.write(tmp_path / "audit.log")
    path.chmod(0o600)
    shutil.copy(KEYHOLE, tmp_path / "keyhole")
    done = subprocess.run(
        [tmp_path / "keyhole", "audit", "list", path],
        capture_output=True,
        text=True,
        user=65534,
        group=65534,
        extra_groups=[],
    )
    assert done.returncode == 2 and "cannot read" in done.stderr and "run it as root" in done.stderr, done


def test_rotation_while_reading_loses_no_line(tmp_path):
    """The log is rotated again and again while it is listed; every listing has an unbroken row of calls."""
    path = tmp_path / "audit.log"
    log = ChainedLog().start()
    stop = threading.Event()

    def rotate():
        written = 0
        while not stop.is_set():
            log.call(f"ls {log.seq}")
            with path.open("ab") as out:
                out.write(b"".join(line + b"\n" for line in log.lines[written:]))
            written = len(log.lines)
            for number in range(8, 0, -1):
                old = tmp_path / f"audit.log.{number}"
                if old.exists():
                    old.rename(tmp_path / f"audit.log.{number + 1}")
            path.rename(tmp_path / "audit.log.1")
            path.touch()
            time.sleep(0.01)

    thread = threading.Thread(target=rotate)
    thread.start()
    try:
        time.sleep(0.2)
        for _ in range(40):
            done = audit("verify", "--json", tmp_path)
            # A file that was renamed while it was opened makes it try again; it may give up, and says so then.
            assert done.status == 0 or "renamed again and again" in done.err, done
    finally:
        stop.set()
        thread.join()


def test_memory_does_not_grow_with_the_log(tmp_path):
    def peak(calls):
        log = ChainedLog().start()
        for _ in range(calls):
            log.call("ls -la /var/log")
        path = log.write(tmp_path / "audit.log")
        # It stays when it has read everything, so that it can be asked.
        process = subprocess.Popen([KEYHOLE, "audit", "list", "-f", "-n", "1", path], stdout=subprocess.PIPE)
        try:
            assert process.stdout.readline().startswith(b"TIME") and process.stdout.readline()
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        finally:
            process.kill()
            process.communicate()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])

    small = peak(500)
    assert peak(20_000) < small + 2_000, small


def test_a_long_scan_shows_progress_on_a_terminal_only(log, tmp_path):
    fifo = tmp_path / "slow"
    os.mkfifo(fifo)

    def feed():
        with fifo.open("wb", buffering=0) as out:
            for part in split(log, 14):
                out.write(part)
                time.sleep(0.1)

    for terminal in (True, False):
        thread = threading.Thread(target=feed)
        thread.start()
        master, slave = pty.openpty()
        process = subprocess.run(
            [KEYHOLE, "audit", "verify", fifo],
            stdout=subprocess.PIPE,
            stderr=slave if terminal else subprocess.PIPE,
            env=ENVIRONMENT,
        )
        os.close(slave)
        thread.join()
        told = b""
        if terminal:
            os.set_blocking(master, False)
            with contextlib.suppress(OSError):
                while part := os.read(master, 10_000):
                    told += part
            assert b"reading " in told and told.endswith(b"\x1b[K")
        else:
            assert process.stderr == b""
        os.close(master)
        assert process.returncode == 0 and b"fine" in process.stdout


def test_the_trail_of_a_real_gateway_is_listed_shown_and_verified(gateway, call, tmp_path):
    """The one test here that uses the session's gateway: records of the real broker, through the real audit daemon."""
    begun = gateway.audit.position()
    for line in ("probe mark", "rm -rf /tmp/x"):
        call(line)
    path = tmp_path / "audit.log"
    broker = ("--broker", os.readlink(f"/proc/{gateway.broker.process.pid}/exe"), path)
    deadline = time.time() + 5
    while time.time() < deadline:
        path.write_bytes(gateway.audit.log.read_bytes()[begun:])
        found = audit("list", "--json", *broker).objects
        if len(found) == 2 and found[0]["end"]:
            break
        time.sleep(0.1)
    assert [(one["command"], one["result"]) for one in found] == [("probe mark", "0"), ("rm -rf /tmp/x", "refused")]
    shown = fine("show", found[0]["call"], *broker)
    assert "line      probe mark" in shown.out and "exited, status 0" in shown.out
    done = fine("verify", *broker)
    assert "fine: nothing is missing or altered" in done.out and "without a number" not in done.out
    # A byte of what the broker wrote.
    path.write_bytes(path.read_bytes().replace(b"verdict=refused", b"verdict=allowed"))
    assert "does not follow from the one before" in audit("verify", *broker).out
