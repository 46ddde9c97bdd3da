"""More than a command's share. Whatever it takes, the call ends by a limit and the next call works."""

import os
import subprocess
import time

import pytest

from attack_grounds import ATTACKS, PLACE
from attacking import SCALE, fewer, inside, line_of, outside, scaled
from grounds import GROUNDS, OPEN_WORDS
from private_gateway import processes


@pytest.fixture(autouse=True)
def unharmed(gateway):
    """The gateway serves on, at once, with the same broker, and nothing of the call is left."""
    broker = gateway.broker.process.pid
    yield
    assert processes.eventually(lambda: not gateway.running(), scaled(5))
    began = time.monotonic()
    assert gateway.call(f"cat {PLACE}/decoy/alone").out == OPEN_WORDS + "\n"
    assert time.monotonic() - began < scaled(5) and gateway.broker.process.pid == broker


@pytest.mark.parametrize("share, most", [("processes", 32), ("threads", 32), ("memory", 256)])
def test_a_share_is_bounded(call, share, most):
    assert outside(share, most + 100).worked
    there = inside(call, share, most + 1)
    assert not there.worked, there.whole


def test_descriptors_are_bounded(call):
    path = PLACE / "decoy/alone"
    assert outside("descriptors", path, 2000, root=True, before=["prlimit", "--nofile=8192:8192"]).worked
    there = inside(call, "descriptors", path, 2000)
    assert there.text == "Too many open files", there.whole


@pytest.mark.parametrize("command", ["attack", "attack-programs"])
def test_a_fork_bomb_ends_with_its_call(gateway, command):
    """It cannot be tried outside; that a few forks work there is shown above."""
    running = gateway.begin(line_of("bomb", command=command), stdin=subprocess.DEVNULL)
    try:
        assert running.stdout.readline() == b"begun\n"
        time.sleep(0.5)
        assert 2 <= len(gateway.running()) <= 34
        # Another call is served meanwhile.
        assert gateway.call(f"cat {PLACE}/decoy/alone").out == OPEN_WORDS + "\n"
        supervisor = [pid for pid in gateway.running() if processes.name(pid) == "keyhole-exec"]
        os.kill(supervisor[0], 9)
        running.communicate(timeout=scaled(10))
    finally:
        running.kill()
        running.communicate()


def test_a_caller_that_leaves_ends_a_fork_bomb(gateway):
    running = gateway.begin(line_of("bomb"), stdin=subprocess.DEVNULL, shared=False)
    assert running.stdout.readline() == b"begun\n"
    running.kill()
    running.communicate()
    assert processes.eventually(lambda: not gateway.running(), scaled(15))


@pytest.mark.parametrize("stream", [1, 2])
def test_a_flood_of_output_ends_at_the_limit(call, stream):
    assert outside("flood-output", stream, 8).whole.count("x") == 8 << 20
    result = call(line_of("flood-output", stream, 8))
    assert result.status not in (0, 255) and len(result.stdout) <= 1 << 20 and len(result.stderr) <= (1 << 20) + 1000
    assert "the output was cut after" in result.err[-1000:]


def test_a_hundred_thousand_opens_a_second_do_not_hold_up_other_calls(gateway):
    path = PLACE / "decoy/alone"
    # Several threads at once, each as fast as it can.
    assert int(outside("flood-opens", path, 4, 1).text) > 100_000 / SCALE
    running = gateway.begin(line_of("flood-opens", path, 4, 3), stdin=subprocess.DEVNULL)
    try:
        assert running.stdout.readline() == b"begun\n"
        began = time.monotonic()
        for _ in range(5):
            assert gateway.call(f"cat {path}").out == OPEN_WORDS + "\n"
        assert time.monotonic() - began < scaled(3)
        out, _ = running.communicate(timeout=scaled(20))
        assert int(out.split(b": ")[1]) > 1000 / SCALE
    finally:
        running.kill()
        running.communicate()


def test_a_flood_of_refused_opens_is_told_a_few_times(gateway, recorded):
    result = gateway.call(line_of("flood-opens", GROUNDS / "secret/alone", 4, 1))
    assert result.out.startswith("begun\nok")
    assert result.err.count("refused to open") == 5
    assert len(recorded("refused-open")) <= 16


def test_a_flood_of_loops_ends_at_the_time_limit(gateway):
    loop = PLACE / "loop"
    if not loop.is_symlink():
        loop.symlink_to("loop/loop/loop/loop/loop/loop/loop/loop")
    there = inside(gateway.call, "flood-opens", loop, 4, 1)
    assert there.worked
    name = "/proc/self/fd/.." * 200 + "/fd/0"
    assert inside(gateway.call, "flood-opens", name, 2, 1).worked


# Names.

@pytest.mark.parametrize("length, error", [(255, None), (1024, None), (4095, None), (4096, "File name too long"),
                                           (8192, "File name too long"), (100_000, "File name too long")])
def test_a_long_name_is_what_it_is_outside(call, length, error):
    path = PLACE / "decoy/alone"
    here, there = outside("long-name", path, length), inside(call, "long-name", path, length)
    assert (here.worked, here.text) == (there.worked, there.text) == (not error, error or OPEN_WORDS)


@pytest.mark.parametrize("length", [255, 4095, 4096, 8192])
def test_a_long_name_of_a_secret_is_no_way_in(call, length):
    path = GROUNDS / "secret/alone"
    assert outside("long-name", path, length).worked == (length < 4096)
    assert not inside(call, "long-name", path, length).worked


def test_names_at_the_edge_of_memory_are_read_as_the_kernel_would(call):
    path = PLACE / "decoy/alone"
    assert outside("edges", path).worked
    there = inside(call, "edges", path)
    assert there.worked, there.whole


def make_deep(folder, words):
    """A file that is 45 folders of 200 letters deep: no name of it fits into one call."""
    down = "d=$(printf %200s | tr ' ' d); for i in {1..45}; do mkdir -p $d; cd ./$d; done"
    subprocess.run(["bash", "-c", f"cd {folder}; {down}; echo '{words}' > alone"], check=True)


def test_a_secret_deeper_than_any_name_stays_secret(call):
    make_deep(GROUNDS / "secret/below", "the-words-nobody-may-read")
    make_deep(PLACE / "decoy", OPEN_WORDS)
    assert outside("deep", GROUNDS / "secret/below", 45, "alone").worked
    there = inside(call, "deep", GROUNDS / "secret/below", 45, "alone")
    assert not there.worked and "nobody-may-read" not in there.whole
    # What is not secret is read or refused, and does not harm.
    inside(call, "deep", PLACE / "decoy", 45, "alone")


# A million names.

@pytest.fixture(scope="module")
def crowded(session_gateway):
    folder = PLACE / "crowded"
    folder.mkdir()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "nr_inodes=0,mode=0755", "crowded", folder], check=True)
    count = fewer(1_000_000)
    subprocess.run([ATTACKS, "fill", folder, str(count)], check=True, stdout=subprocess.DEVNULL)
    yield folder, count
    subprocess.run(["umount", "-n", folder], check=True)


def test_a_folder_with_a_million_names_is_listed_or_ended_by_a_limit(call, crowded):
    folder, count = crowded
    assert int(outside("list", folder).text) == count + 2
    there = inside(call, "list", folder)
    assert int(there.text) == count + 2, there.whole


@pytest.mark.parametrize("line", ["ls {0} | tail -n 1", "ls -U {0}", "find {0} -name entry-77", "cat {0}/*",
                                  "echo {0}/entry-7*",
                                  "grep -r nothing {0}"])
def test_real_tools_on_a_million_names_end(gateway, crowded, line):
    folder, _ = crowded
    began = time.monotonic()
    result = gateway.call(line.format(folder), timeout=scaled(90))
    assert result.status != 255 and time.monotonic() - began < scaled(45)
