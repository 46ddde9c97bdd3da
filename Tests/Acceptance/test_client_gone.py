"""When the client goes away, the whole call is gone within a second, however it clings."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

from private_gateway import processes

LINES = ["sleep 1000", "sleep 1000 | sleep 1000 | sleep 1000", "probe linger stay", "sleep 1000 ; probe mark",
         "cat", "tail -f /run/grounds/open/plain.txt"]


def begin_and_wait(gateway, line, shared):
    running = gateway.begin(line, shared=shared)
    assert processes.eventually(gateway.running, 5), "the call did not start"
    # Every stage is there and the trap is set.
    time.sleep(0.3)
    return running


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("shared", [False, True], ids=["own connection", "shared connection"])
def test_a_killed_client_takes_the_call_with_it(gateway, recorded, line, shared):
    client = begin_and_wait(gateway, line, shared)
    client.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    client.communicate()
    assert processes.eventually(lambda: not gateway.running(), 5)
    assert time.monotonic() - killed < 1
    (record,) = recorded("end")
    # cat has read to the end of its input, which is gone too, and may have been quicker.
    assert record.cause == "client-gone" or line == "cat"


def test_a_client_that_closes_its_output_ends_the_call(gateway):
    client = begin_and_wait(gateway, "flood", False)
    client.stdout.close()
    assert processes.eventually(lambda: not gateway.running(), 5)
    client.kill()
    client.stdin.close()
    client.stderr.close()
    client.wait()


def test_a_client_that_has_only_no_input_keeps_its_call(gateway):
    client = gateway.begin("sleep 1", stdin=subprocess.DEVNULL, shared=False)
    client.communicate(timeout=20)
    assert client.returncode == 0


def test_a_killed_keyhole_shell_takes_the_call_with_it(gateway):
    client = begin_and_wait(gateway, "sleep 1000", True)
    shell = gateway.layout.programs / "keyhole-shell"
    pids = [int(link.parent.name) for link in pathlib.Path("/proc").glob("[0-9]*/exe") if leads_to(link, shell)]
    assert len(pids) == 1
    os.kill(pids[0], signal.SIGKILL)
    assert processes.eventually(lambda: not gateway.running(), 1)
    client.communicate(timeout=10)
    assert client.returncode != 0


def leads_to(link, target):
    try:
        return os.readlink(link) == str(target)
    except OSError:
        return False
