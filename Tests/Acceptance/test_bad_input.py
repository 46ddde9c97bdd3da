"""Every bad input has a clear error, the right status and a record where it reached the broker; nothing runs."""

import os
import signal
import subprocess
import time

import pytest

import other_client
from grounds import GROUNDS
from private_gateway import processes


def refused(result, recorded, status=126):
    assert result.status == status and result.out == "" and result.err.startswith("keyhole: ")
    (decision,) = recorded("decision")
    assert decision.verdict == "refused"
    assert recorded("end", count=0) == []
    return result.err


@pytest.mark.parametrize("byte", [*range(1, 32), 127])
def test_a_control_byte_is_refused(call, recorded, byte):
    if byte == ord("\t"):
        # A blank like a space (POSIX shell, 2.3).
        assert call("echo\tx").out == "x\n"
        return
    refused(call(b"probe mark " + bytes([byte])), recorded)


def test_a_nul_byte_runs_nothing(gateway, recorded):
    result = other_client.call(gateway, b"probe mark\0; rm -rf /")
    if result is not None:
        refused(result, recorded)


@pytest.mark.parametrize("line", [b"probe \xff", b"probe \xc3\x28", b"probe \xed\xa0\x80", b"probe \xc0\xaf", b"probe \xf5\x80\x80\x80",
                                  b"probe '\xe2\x82'"], ids=repr)
def test_invalid_utf8_is_refused(call, recorded, line):
    assert "UTF-8" in refused(call(line), recorded)


def test_valid_utf8_is_not(call):
    assert call("echo 'grün — 東京 🔑'").out == "grün — 東京 🔑\n"


@pytest.mark.parametrize("length", [4001, 8192, 8193, 100_000])
def test_a_line_that_is_too_long_is_refused(call, recorded, length):
    message = refused(call("probe mark " + "x" * (length - 11)), recorded)
    assert "4,000" in message or "4000" in message


def test_a_line_of_exactly_4000_bytes_runs_and_is_recorded_whole(call, recorded):
    line = "echo " + "x" * 3995
    assert call(line).out == line[5:] + "\n"
    (decision,) = recorded("decision")
    assert decision.cmd == line


@pytest.mark.parametrize("length", [200_000, 1 << 20])
def test_a_line_longer_than_the_system_can_pass_runs_nothing(gateway, recorded, length):
    """No process can be given a variable above 128 KiB (execve(2)): sshd's shell does not start at all."""
    result = other_client.call(gateway, b"probe mark " + b"x" * length)
    assert result is None or (result.status != 0 and result.out == "")
    assert recorded("end", count=0) == []
    assert gateway.call("probe mark").out == "marked\n"


def test_too_many_stages_are_refused(call, recorded):
    assert "32" in refused(call(" | ".join(["cat"] * 33)), recorded)


def test_ten_thousand_stages_are_refused(call, recorded):
    refused(call("a|" * 10_000 + "a"), recorded)


def test_as_many_stages_as_allowed_run(call):
    assert call("echo through" + " | cat" * 31).out == "through\n"


def test_too_many_words_are_refused(call, recorded):
    assert "256" in refused(call("echo" + " a" * 256), recorded)


@pytest.mark.parametrize("line", ["'" * 1999, '"' * 1999, "\\" * 1999, "echo " + "'\"" * 900, "echo " + "\"'" * 901 + "$(" * 500,
                                  "(" * 3000, "echo " + "[" * 3000, "echo " + "*" * 3000 + "'"], ids=lambda line: line[:8])
def test_deep_quoting_and_nesting_is_refused_quickly(call, recorded, line):
    began = time.monotonic()
    result = call(line)
    assert time.monotonic() - began < 2 and result.status in (0, 126, 127)
    assert len(recorded("decision")) == 1


def test_a_glob_that_could_take_forever_does_not(call):
    began = time.monotonic()
    call(f"cat {GROUNDS}/" + "*a" * 60)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("line, status, word", [
    ("no-such-command", 127, "no-such-command"), ("cat --no-such-option", 126, "--no-such-option"), ("cat -Q /etc/hosts", 126, "-Q"),
    ("cat --numb /etc/hosts", 126, "--number"), ("head -n -x /etc/hosts", 126, "-x"), ("journalctl -n -5", 126, "-5"),
    ("hostname other", 126, "hostname"), ("journalctl -n 5 -n 6", 126, "-n"), ("journalctl -n", 126, "-n"),
], ids=lambda value: str(value))
def test_a_wrong_command_option_or_value_is_refused(call, recorded, line, status, word):
    assert word in refused(call(line), recorded, status)


@pytest.mark.parametrize("line", ["", " ", "   \t "])
def test_an_empty_line_is_refused(call, recorded, line):
    result = call(line)
    assert result.status == 126
    assert len(recorded("decision")) == 1


def test_a_directory_as_operand_is_the_commands_own_error(call):
    status, out, err = call(f"cat {GROUNDS}/open")
    assert status == 1 and out == "" and "directory" in err.lower()


def test_a_fifo_does_not_hang_the_call(call):
    began = time.monotonic()
    status, out, err = call(f"cat {GROUNDS}/open/fifo")
    assert status != 0 and out == "" and err and time.monotonic() - began < 5


@pytest.mark.parametrize("device", ["/dev/tty", "/dev/mem", "/dev/vda", "/dev/kmsg", "/dev/console", "/dev/watchdog", "/dev/ptmx"])
def test_a_device_is_refused(call, device):
    began = time.monotonic()
    status, out, err = call(f"head -c 16 {device}")
    assert status != 0 and out == "" and err and time.monotonic() - began < 5


@pytest.mark.parametrize("device, output", [("/dev/null", b""), ("/dev/zero", bytes(16))])
def test_a_harmless_device_is_readable(call, device, output):
    result = call(f"head -c 16 {device}")
    assert (result.status, result.stdout) == (0, output)


def test_a_path_that_does_not_exist_is_the_commands_own_error(call):
    status, out, err = call(f"cat {GROUNDS}/open/nothing")
    assert status == 1 and "No such file or directory" in err


def test_a_path_that_vanishes_again_and_again_harms_nothing(gateway):
    path = GROUNDS / "writable/vanishing"
    running = gateway.begin(f"probe race {path} {path} 3000", stdin=subprocess.DEVNULL)
    while running.poll() is None:
        path.write_text("here\n")
        path.unlink()
    out, err = running.communicate()
    assert running.returncode == 0 and b"leaks=0" in out


def test_a_name_with_odd_bytes_is_readable(call):
    odd = os.fsencode(str(GROUNDS)) + b"/open/odd \xff'\"\n name"
    with open(odd, "w") as file:
        file.write("odd\n")
    try:
        assert call(f"cat {GROUNDS}/open/odd*").out == "odd\n"
    finally:
        os.unlink(odd)


def test_an_unknown_target_is_refused(call, recorded):
    result = call("probe mark", environment={"KEYHOLE_TARGET": "web-02"}, shared=False)
    assert result.status in (125, 126) and result.out == "" and "web-02" in result.err
    assert recorded("decision", verdict="refused")


def test_environment_from_the_client_does_not_reach_the_command(call):
    out = call("probe uid", environment={"LC_ALL": "de_DE", "LD_PRELOAD": "/tmp/x.so", "KEYHOLE_SOCKET": "/tmp/s"}, shared=False).out
    assert "LD_PRELOAD" not in out and "KEYHOLE" not in out and "env LC_ALL=C\n" in out


def test_many_calls_at_once_keep_apart(gateway):
    running = [gateway.begin(f"echo {number} | cat", stdin=subprocess.DEVNULL) for number in range(100)]
    for number, client in enumerate(running):
        out, err = client.communicate(timeout=60)
        assert (client.returncode, out, err) == (0, b"%d\n" % number, b"")


def test_a_stopped_client_does_not_hold_up_others(gateway):
    slow = gateway.begin("flood", shared=False)
    assert processes.eventually(gateway.running)
    slow.send_signal(signal.SIGSTOP)
    try:
        assert gateway.call("probe mark").out == "marked\n"
    finally:
        slow.kill()
        slow.communicate()
