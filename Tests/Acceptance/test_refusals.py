"""What the policy refuses, and that each refusal is recorded, runs nothing and says what to do."""

import subprocess

import pytest

NOT_ALLOWED = [
    "journalctl --vacuum-size=1", "journalctl --vac=1", "systemctl restart ssh", "systemctl stop ssh", "ip link set lo down",
    "mount /dev/sda1 /mnt", "date -s 2020-01-01", "hostname other", "find / -delete", "find / -exec id ;",
    "sort -o /tmp/x /etc/hosts", "dmesg -c", "dmesg --clear", "env id", "tail --pid=1 -f /var/log/syslog",
    "ss -K", "cat --numb /etc/hosts",
]
UNKNOWN = ["rm -rf /tmp/x", "bash", "sh -c id", "/bin/cat /etc/hosts", "./cat", "python3 -c 1", "xargs rm", "scp -t /tmp",
           "internal-sftp", "/usr/lib/openssh/sftp-server", "tee /tmp/x", "dd if=/dev/sda", "nothing-like-this"]


@pytest.mark.parametrize("line", NOT_ALLOWED)
def test_a_use_that_changes_something_is_refused(call, recorded, line):
    status, out, err = call(line)
    assert (status, out) == (126, "") and err.startswith("keyhole: ")
    (record,) = recorded("decision")
    assert record.verdict == "refused" and record.cmd == line and record.res == "failed"


@pytest.mark.parametrize("line", UNKNOWN)
def test_an_unknown_command_is_refused(call, recorded, line):
    status, out, err = call(line)
    assert status in (126, 127) and out == "" and err.startswith("keyhole: ")
    (record,) = recorded("decision")
    assert record.verdict == "refused" and record.cmd == line


def test_an_unknown_command_has_a_status_of_its_own(call):
    assert call("nothing-like-this").status == 127


def test_sudo_is_refused_with_the_hint_to_drop_it(call):
    status, out, err = call("sudo cat /etc/hosts")
    assert status in (126, 127) and "hint: " in err and "sudo" in err


def test_an_abbreviated_option_is_refused_with_its_full_name(call):
    status, _, err = call("journalctl --line=5")
    assert status == 126 and "--lines" in err


def test_an_unlisted_option_is_refused(call):
    status, _, err = call("cat --no-such-option /etc/hosts")
    assert status == 126 and "--no-such-option" in err


def test_a_value_that_begins_with_a_dash_is_not_an_operand(call):
    status, _, err = call("head -n -x /etc/hosts")
    assert status == 126 and err.startswith("keyhole: ")


def test_a_key_that_no_agent_has_runs_nothing(gateway, recorded):
    result = gateway.call("probe mark", identity=gateway.layout.keys / "stranger")
    assert result.status == 126 and result.out == "" and result.err.startswith("keyhole: ")
    (record,) = recorded("decision")
    assert record.verdict == "refused"


def test_a_suspended_agent_runs_nothing(gateway, recorded):
    result = gateway.call("probe mark", identity=gateway.layout.keys / "suspended")
    assert result.status == 126 and result.out == "" and "suspended" in result.err
    (record,) = recorded("decision")
    assert record.verdict == "refused"


def test_sftp_gets_nothing(gateway, tmp_path):
    words = gateway.ssh()
    words = ["sftp", "-q", "-b", "/dev/stdin", *[word for word in words[1:-1] if word != "-T"], words[-1]]
    words[words.index("-p")] = "-P"
    done = subprocess.run(words, input=b"get /etc/hostname " + bytes(tmp_path) + b"\n", capture_output=True, timeout=30)
    assert done.returncode != 0 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("forwarding", [
    ["-W", "127.0.0.1:{port}"], ["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:{port}"],
], ids=["to a port", "from a port"])
def test_forwarding_is_off(gateway, forwarding):
    words = gateway.ssh(shared=False)
    words[1:1] = [word.format(port=gateway.sshd.port) for word in forwarding]
    line = [] if "-W" in words else ["--", "probe mark"]
    done = subprocess.run(words + line, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    assert done.returncode == 255 and done.stdout == b""


def test_a_terminal_is_not_given(gateway):
    words = gateway.ssh(shared=False)
    words[1] = "-tt"
    done = subprocess.run([*words, "--", "probe uid"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    assert b"\r\n" not in done.stdout
