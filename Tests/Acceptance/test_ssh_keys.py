"""Which keys come in, by which signatures, and what the others are told."""

import os
import subprocess

import pytest

from cryptography.hazmat.primitives.asymmetric import ec

from private_gateway import processes
from raw_ssh import Ended
from raw_ssh_keys import Key, SecurityKey, certificate
from raw_ssh_wire import USERAUTH_FAILURE, USERAUTH_PK_OK, USERAUTH_SUCCESS
from ssh_under_test import OPENSSH, TOO_WEAK, run

ONLY_EMBEDDED = pytest.mark.skipif(OPENSSH, reason="a setting of sshd's; runs against the embedded server")


@pytest.fixture
def raw(ssh):
    """Ready to authenticate."""
    with ssh.raw() as client:
        yield client.handshake().request_service()


def allowed(client, key, **changes):
    client.send(client.publickey("diag", key, **changes))
    return client.expect(USERAUTH_SUCCESS, USERAUTH_FAILURE)[0] == USERAUTH_SUCCESS


@pytest.mark.parametrize("name", ["ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072", "rsa-4096"])
def test_keys_of_these_types_come_in(ssh, name):
    assert ssh.run("echo in", identity=ssh.identities[name]).out == "in\n"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_security_keys_come_in(raw, ssh, kind):
    assert raw.authenticate(ssh.security_keys[kind]) and raw.call("echo in")[1] == b"in\n"


# libssh 0.10 checks the signature and not the flag in it that somebody touched the key, and shows it to nobody.
@pytest.mark.xfail(not OPENSSH, strict=True, reason="libssh does not ask whether a security key was touched")
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_security_key_that_nobody_touched_does_not(raw, ssh, kind):
    key = ssh.security_keys[kind]
    key.flags = 0
    try:
        assert not let_in(raw, key)
    finally:
        key.flags = SecurityKey.PRESENT


def test_a_security_key_for_another_application_does_not(raw, ssh):
    key = ssh.security_keys["ed25519"]
    other = SecurityKey("ed25519", "web:elsewhere")
    other.private = key.private
    other.blob = key.blob
    assert not let_in(raw, other)


def let_in(client, key, **changes):
    """False also when the server says nothing, or leaves."""
    client.socket.settimeout(0.6)
    try:
        return allowed(client, key, **changes)
    except (Ended, TimeoutError):
        return False


@ONLY_EMBEDDED
@pytest.mark.parametrize("name", sorted(TOO_WEAK))
def test_weak_keys_do_not(ssh, name):
    result = ssh.run("echo in", identity=ssh.identities[name])
    assert result.status == 255 and result.out == ""


@pytest.mark.parametrize("algorithm", ["rsa-sha2-256", "rsa-sha2-512"])
def test_rsa_signs_with_sha_2(raw, ssh, algorithm):
    assert allowed(raw, Key.load(ssh.identities["rsa-3072"], algorithm))


def test_rsa_with_sha_1_does_not_come_in(raw, ssh):
    assert not let_in(raw, Key.load(ssh.identities["rsa-3072"], "ssh-rsa"))


def test_rsa_with_sha_1_under_a_better_name_does_not_come_in(raw, ssh):
    assert not let_in(raw, Key.load(ssh.identities["rsa-3072"], "ssh-rsa"), algorithm="rsa-sha2-256")


@pytest.mark.parametrize("trusted", ["agent", "made up"])
def test_a_certificate_is_refused_and_the_plain_key_then_comes_in(raw, ssh, trusted):
    """The authority may even be an agent's key: no authority is an agent."""
    key = ssh.key
    blob = certificate(key, key if trusted == "agent" else Key.ed25519(), ["diag"])
    raw.send(raw.publickey("diag", key, algorithm="ssh-ed25519-cert-v01@openssh.com", blob=blob, signed=False))
    assert raw.expect(USERAUTH_PK_OK, USERAUTH_FAILURE)[0] == USERAUTH_FAILURE
    assert not let_in(raw, key, algorithm="ssh-ed25519-cert-v01@openssh.com", blob=blob)
    assert let_in(raw, key)


def test_openssh_with_a_certificate_falls_back_to_its_key(ssh, tmp_path):
    authority, mine = tmp_path / "authority", tmp_path / "mine"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority], check=True)
    mine.write_bytes(ssh.server.identity.read_bytes())
    mine.chmod(0o600)
    (tmp_path / "mine.pub").write_text(ssh.gateway.sshd.public_key("agent") + "\n")
    subprocess.run(["ssh-keygen", "-q", "-s", authority, "-I", "me", "-n", "diag", tmp_path / "mine.pub"], check=True)
    assert (tmp_path / "mine-cert.pub").exists()
    assert ssh.run("echo in", identity=mine).out == "in\n"


def strangers(count, tmp_path):
    for at in range(count):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / f"stranger-{at}"], check=True)
        yield tmp_path / f"stranger-{at}"


def words_with(ssh, *identities):
    words = ssh.words()
    at = words.index("-i")
    words[at:at + 2] = [word for identity in identities for word in ("-i", str(identity))]
    return words


def test_wrong_keys_before_the_right_one_do_no_harm(ssh, tmp_path):
    result = run([*words_with(ssh, *strangers(4, tmp_path), ssh.server.identity), "echo in"])
    assert result.status == 0 and result.out == "in\n"


def test_too_many_wrong_keys_end_the_connection(ssh, tmp_path):
    result = run([*words_with(ssh, *strangers(8, tmp_path), ssh.server.identity), "echo in"])
    assert result.status == 255 and result.out == ""


def test_somebody_without_a_known_key_is_told_no_more_than_that(ssh, tmp_path):
    (stranger,) = strangers(1, tmp_path)
    result = ssh.run("true", identity=stranger)
    assert result.status == 255 and "Permission denied (publickey)" in result.err


@ONLY_EMBEDDED
def test_a_suspended_agent_is_told_why(ssh):
    result = ssh.run("true", identity=ssh.server.layout.keys / "suspended", heard=True)
    assert result.status == 255 and "suspended" in result.err and "hint: " in result.err


@pytest.mark.parametrize("damage", ["first", "last", "empty", "short", "other-algorithm"])
@pytest.mark.parametrize("name", ["agent", "rsa-3072", "ecdsa-256"])
def test_a_damaged_signature_does_not_come_in(raw, ssh, name, damage):
    key = ssh.key if name == "agent" else Key.load(ssh.identities[name])
    changes = {
        "first": lambda signature: signature[:-20] + bytes([signature[-20] ^ 1]) + signature[-19:],
        "last": lambda signature: signature[:-1] + bytes([signature[-1] ^ 1]),
        "empty": lambda signature: b"",
        "short": lambda signature: signature[:-1],
        "other-algorithm": lambda signature: signature.replace(key.algorithm.encode(), b"x" * len(key.algorithm)),
    }
    assert not let_in(raw, key, damage=changes[damage])
    assert processes.eventually(lambda: not ssh.gateway.running())


def test_a_certificate_under_a_plain_name_does_not_come_in(raw, ssh):
    blob = certificate(ssh.key, ssh.key, ["diag"])
    assert not let_in(raw, ssh.key, algorithm="ssh-ed25519", blob=blob)


def test_an_ecdsa_key_that_is_no_point_of_its_curve_is_refused(raw):
    key = Key.ecdsa(ec.SECP256R1)
    key.blob = key.blob[:-64] + os.urandom(64)
    assert not let_in(raw, key)
