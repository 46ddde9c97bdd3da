"""Clients of other origin, unmodified, from Debian's packages or PyPI: each does what OpenSSH's does."""

import os

import pytest

from other_clients import CLIENTS, Dropbear
from ssh_under_test import COUNT_20_MB, OPENSSH
from test_ssh_clients import counted


@pytest.fixture(scope="module", params=CLIENTS)
def prepared(request, session_ssh, tmp_path_factory):
    return CLIENTS[request.param](session_ssh, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def client(prepared, gateway):
    return prepared


def test_an_allowed_command_runs(client):
    status, out, err = client.call("script -c 'echo one; echo two >&2; exit 3'")
    assert (status, out) == (3, "one\n") and err.endswith("two\n")


def test_a_refused_command_says_why(client):
    status, out, err = client.call("cat /etc/shadow")
    assert status == 126 and out == "" and "keyhole: " in err and "hint: " in err


def test_twenty_megabytes_come_as_they_are(client):
    assert client.call(f"count {COUNT_20_MB}").stdout == counted(COUNT_20_MB)


def test_input_goes_there_and_back(client):
    data = os.urandom(3 << 20)
    assert client.call("pass", data).stdout == data


def test_several_run_at_once(client):
    assert "".join(client.several("sleep 1; echo ran", 5)).replace("\n", "") == "ran0" * 5


def test_a_shell_is_the_help(client):
    status, out, err = client.shell()
    assert status == 126 and "help" in out + err


def test_sftp_is_refused_without_a_hang(client):
    if OPENSSH and isinstance(client, Dropbear):
        pytest.skip(
            "dbclient does not ask whether it got its subsystem, and sshd is silent; runs against the embedded server")
    result = client.sftp()
    assert result.status != 0 and "hostname" not in result.out
