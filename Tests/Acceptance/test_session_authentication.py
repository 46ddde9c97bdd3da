"""One connection of keyhole-sshd: who gets in, how often one may try, and what is said. The broker is a fake one."""

import socket
import subprocess
import time

import paramiko
import pytest
import ssh_packets
from session_harness import SessionHarness


@pytest.fixture
def harness():
    with SessionHarness() as harness:
        yield harness


def test_the_broker_is_asked_for_the_offer_and_for_the_proof(harness):
    harness.ssh("true")
    names = [name for name, _ in harness.broker.requests]
    assert names[:4] == ["hello", "offered", "proved", "call"]
    offered, proved = harness.broker.named("offered")[0], harness.broker.named("proved")[0]
    public = (harness.folder / "id_ed25519.pub").read_text().split()
    assert [offered["type"], offered["base64"]] == public[:2] == [proved["type"], proved["base64"]]
    assert proved["user"] == b"diag"


@pytest.mark.parametrize("kind,options", [
    ("ed25519", ()), ("ecdsa", ("-b", "256")), ("ecdsa", ("-b", "384")), ("ecdsa", ("-b", "521")),
    ("rsa", ("-b", "3072")), ("rsa", ("-b", "4096")),
])
def test_keys_of_these_types_are_taken(harness, kind, options):
    key = harness.new_key("key", kind, *options)
    assert harness.ssh("true", key=key).returncode == 0


@pytest.mark.parametrize("kind,options", [("rsa", ("-b", "2048")), ("rsa", ("-b", "3071"))])
def test_short_rsa_keys_are_refused_without_asking_the_broker(harness, kind, options):
    key = harness.new_key("key", kind, *options)
    assert harness.ssh("true", key=key).returncode == 255
    assert harness.broker.named("offered") == []
    assert harness.session().exit() == "notAccepted"


def test_a_certificate_is_refused_without_asking_the_broker(harness):
    authority = harness.new_key("authority")
    subprocess.run(
        ["ssh-keygen", "-q", "-s", authority, "-I", "x", "-n", "diag", f"{harness.key}.pub"], check=True)
    result = harness.ssh("true", options=[f"CertificateFile={harness.key}-cert.pub"])
    # The client then offers the plain key, which is the agent's.
    assert result.returncode == 0
    assert [fields["type"] for fields in harness.broker.named("offered")] == ["ssh-ed25519"]
    assert harness.session().statuses == ["attemptFailed", "authenticated"]


def test_a_signature_with_sha1_is_never_taken_and_the_user_is_told(harness):
    path = harness.new_key("key", "rsa", "-b", "3072", "-m", "PEM")
    key = paramiko.RSAKey.from_private_key_file(str(path))
    with ssh_packets.stranger(harness) as transport:
        ssh_packets.request_with_signature(
            transport, "diag", "ssh-rsa", key.asbytes(), lambda data: key.sign_ssh_data(data, "ssh-rsa").asbytes())
        assert harness.session().exit(5) == "notAccepted"
    assert harness.broker.named("proved") == []


def test_a_signature_with_sha2_is_taken(harness):
    """The same request as above, so that the refusal there is that of the algorithm."""
    path = harness.new_key("key", "rsa", "-b", "3072", "-m", "PEM")
    key = paramiko.RSAKey.from_private_key_file(str(path))
    with ssh_packets.stranger(harness) as transport:
        ssh_packets.request_with_signature(
            transport, "diag", "rsa-sha2-256", key.asbytes(),
            lambda data: key.sign_ssh_data(data, "rsa-sha2-256").asbytes())
        harness.broker.wait_for(lambda: harness.broker.named("proved"))


def test_a_wrong_signature_ends_the_connection_and_authenticates_nobody(harness):
    key = paramiko.Ed25519Key.from_private_key_file(str(harness.key))
    with ssh_packets.stranger(harness) as transport:
        ssh_packets.request_with_signature(
            transport, "diag", "ssh-ed25519", key.asbytes(), lambda data: key.sign_ssh_data(data + b"x").asbytes())
        assert harness.session().exit(5) == "notAccepted"
    assert harness.broker.named("proved") == []
    assert harness.session().statuses == ["attemptFailed"]


def test_a_key_of_an_unknown_type_is_not_left_without_an_answer(harness):
    blob = paramiko.Message()
    blob.add_string("ssh-of-tomorrow")
    blob.add_string(b"x" * 32)
    with ssh_packets.stranger(harness) as transport:
        ssh_packets.send(
            transport, bytes([50]), "diag", "ssh-connection", "publickey", False, "ssh-of-tomorrow", blob.asbytes())
        assert harness.session().exit(5) == "notAccepted"


def test_a_key_that_no_agent_has_is_refused(harness):
    harness.broker.is_known = False
    result = harness.ssh("true")
    assert result.returncode == 255 and b"Permission denied (publickey)" in result.stderr
    assert harness.session().exit() == "notAccepted"
    assert harness.session().statuses == ["attemptFailed"]


def test_an_agent_that_may_not_come_in_reads_why(harness):
    harness.broker.refusal = ("agent tester is suspended", "ask an administrator to resume it")
    result = harness.ssh("true", options=["LogLevel=INFO"])
    assert result.returncode == 255
    assert b"keyhole: agent tester is suspended\nhint: ask an administrator to resume it\n" in \
        result.stderr.replace(b"\r", b"")


@pytest.mark.parametrize("user", ["root", "dia", "diag2", "diag+", "", "+web"])
def test_other_user_names_never_get_in(harness, user):
    assert harness.ssh("true", options=[f"User={user}"] if user else [], user=user or "x").returncode == 255
    assert harness.broker.named("offered") == []


def test_no_method_but_publickey_is_offered_or_taken(harness):
    transport = paramiko.Transport(("127.0.0.1", harness.port))
    transport.start_client(timeout=10)
    with pytest.raises(paramiko.BadAuthenticationType) as refusal:
        transport.auth_none("diag")
    assert refusal.value.allowed_types == ["publickey"]
    with pytest.raises(paramiko.AuthenticationException):
        transport.auth_password("diag", "secret", fallback=False)
    with pytest.raises(paramiko.AuthenticationException):
        transport.auth_interactive("diag", lambda *_: [])
    assert not transport.is_authenticated()
    transport.close()


def test_gssapi_is_refused_and_asks_no_library(harness):
    transport = paramiko.Transport(("127.0.0.1", harness.port))
    transport.start_client(timeout=10)
    message = paramiko.Message()
    message.add_byte(bytes([50]))
    message.add_string("diag")
    message.add_string("ssh-connection")
    message.add_string("gssapi-with-mic")
    message.add_int(1)
    message.add_string(b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02")
    service = paramiko.Message()
    service.add_byte(bytes([5]))
    service.add_string("ssh-userauth")
    transport._send_message(service)
    transport._send_message(message)
    time.sleep(0.5)
    assert harness.session().process.poll() is None
    transport.close()
    assert harness.session().exit() in ("leftEarly", "notAccepted")


def test_too_many_attempts_end_the_connection():
    with SessionHarness(authentication_attempts=3) as harness:
        harness.broker.is_known = False
        keys = [harness.new_key(f"key{index}") for index in range(5)]
        result = harness.ssh("true", options=[f"IdentityFile={key}" for key in keys])
        assert result.returncode == 255
        assert len(harness.broker.named("offered")) == 3
        assert harness.session().exit() == "notAccepted"
        assert harness.broker.goodbye() == "tooManyAttempts"


def test_attempts_that_come_in_one_piece_are_not_more():
    with SessionHarness(authentication_attempts=3) as harness, ssh_packets.stranger(harness) as transport:
        harness.broker.is_known = False
        key = paramiko.Ed25519Key.from_private_key_file(str(harness.key))
        with ssh_packets.at_once(transport):
            for _ in range(12):
                ssh_packets.send(
                    transport, bytes([50]), "diag", "ssh-connection", "publickey", False, "ssh-ed25519", key.asbytes())
        assert harness.session().exit(5) == "notAccepted"
        assert len(harness.broker.named("offered")) == 3


def test_who_does_not_authenticate_in_time_is_disconnected():
    with SessionHarness(authentication_time=1000) as harness:
        connection = socket.create_connection(("127.0.0.1", harness.port))
        begun = time.monotonic()
        assert connection.recv(100).startswith(b"SSH-2.0-OpenSSH_compatible_Keyhole\r\n")
        connection.settimeout(5)
        while connection.recv(4096):
            pass
        assert 0.8 < time.monotonic() - begun < 2
        assert harness.session().exit() == "timedOut"
        assert harness.broker.goodbye() == "authenticationTimeout"


def test_a_slow_broker_does_not_stretch_the_deadline():
    with SessionHarness(authentication_time=1500) as harness:
        harness.broker.hooks["offered"] = lambda *_: True
        begun = time.monotonic()
        assert harness.ssh("true").returncode == 255
        assert time.monotonic() - begun < 4


def test_nobody_gets_in_without_the_broker_and_everybody_reads_why():
    with SessionHarness() as harness:
        harness.broker.close()
        result = harness.ssh("true", options=["LogLevel=INFO"])
        assert result.returncode == 255
        assert b"keyhole: the broker cannot be reached" in result.stderr
        assert "the broker cannot be reached" in harness.log_text()


def test_a_socket_that_anybody_may_use_is_not_taken_for_the_brokers(harness):
    import os

    os.chmod(harness.broker.path, 0o666)
    assert harness.ssh("true").returncode == 255
    assert harness.broker.requests == []


@pytest.mark.parametrize("content,exit", [
    (b"", "leftEarly"), (b"GET / HTTP/1.1\r\n\r\n", "protocolError"), (b"SSH-1.5-old\r\n", "protocolError"),
    (b"\0" * 500, "protocolError"), (b"SSH-2.0-x\r\n" + b"\xff" * 5000, "protocolError"),
])
def test_what_is_not_ssh_ends_as_such(harness, content, exit):
    connection = socket.create_connection(("127.0.0.1", harness.port))
    connection.recv(100)
    connection.sendall(content)
    connection.shutdown(socket.SHUT_WR)
    assert harness.session().exit() == exit
