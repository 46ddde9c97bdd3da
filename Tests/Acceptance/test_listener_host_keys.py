"""keyhole-sshd's host keys: made once, checked at every start, never replaced."""

import os
import pwd
import shutil
import subprocess

import pytest
from listener_harness import Listener, stand_in_listener


def keygen(path, *options):
    subprocess.run(["ssh-keygen", "-q", "-N", "", *options, "-f", str(path)], check=True)
    user = pwd.getpwnam("keyhole-ssh")
    os.chown(path, user.pw_uid, user.pw_gid)


@pytest.fixture
def listener():
    """Not started; its state folder is there and empty."""
    listener = Listener()
    listener.prepare()
    yield listener
    if listener.process:
        listener.stop()


@pytest.fixture
def settled(listener):
    """Has been started once, and stopped."""
    listener.start()
    listener.stop()
    return listener


def test_the_first_start_makes_a_key_that_only_its_user_reads(listener):
    listener.start()
    status = listener.host_key.stat()
    assert status.st_mode & 0o7777 == 0o600
    assert status.st_uid == pwd.getpwnam("keyhole-ssh").pw_uid
    assert listener.host_key.read_text().startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    public = listener.state / "ssh_host_ed25519_key.pub"
    assert public.stat().st_mode & 0o7777 == 0o644
    derived = subprocess.run(
        ["ssh-keygen", "-y", "-f", str(listener.host_key)], capture_output=True, text=True, check=True).stdout
    assert derived.split()[:2] == public.read_text().split()[:2]
    assert sorted(os.listdir(listener.state)) == ["ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"]


def test_the_fingerprint_is_in_the_log_as_ssh_keygen_has_it(listener):
    listener.start()
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(listener.host_key)], capture_output=True, text=True, check=True).stdout
    assert f"host key ssh-ed25519 {shown.split()[1]}" in listener.log_since()
    assert "made the host key" in listener.log_since()


def test_two_servers_make_two_keys(listener):
    listener.start()
    first = listener.host_key.read_bytes()
    listener.stop()
    shutil.rmtree(listener.state)
    listener.start()
    assert listener.host_key.read_bytes() != first


def test_a_second_start_keeps_the_key(settled):
    before = settled.host_key.read_bytes(), settled.host_key.stat().st_mtime_ns
    settled.start()
    assert (settled.host_key.read_bytes(), settled.host_key.stat().st_mtime_ns) == before


def test_a_missing_public_half_is_written_again(settled):
    public = settled.state / "ssh_host_ed25519_key.pub"
    before = public.read_text()
    public.unlink()
    settled.start()
    assert public.read_text() == before


def damage(listener, change):
    """What a change to the key file leads to: the server refuses, and leaves the file as it is."""
    change(listener.host_key)
    before = listener.host_key.read_bytes() if listener.host_key.is_file() else None
    status, said = listener.refuses()
    assert status == 2
    assert (listener.host_key.read_bytes() if listener.host_key.is_file() else None) == before
    return said


def test_an_empty_key_file_is_refused(settled):
    assert "is empty\nhint: restore it from a backup" in damage(settled, lambda key: key.write_text(""))


def test_junk_in_the_key_file_is_refused(settled):
    said = damage(settled, lambda key: key.write_text("junk\n"))
    assert "cannot be used: it is damaged, or behind a passphrase\nhint: restore it from a backup" in said


def test_a_truncated_key_is_refused(settled):
    said = damage(settled, lambda key: key.write_bytes(key.read_bytes()[:200]))
    assert "it is damaged" in said


def test_a_key_behind_a_passphrase_is_refused(settled):
    def encrypt(key):
        subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", str(key)], check=True)
        shutil.chown(key, "keyhole-ssh", "keyhole-ssh")

    assert "behind a passphrase" in damage(settled, encrypt)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_could_read_or_change_is_refused(settled, mode):
    said = damage(settled, lambda key: key.chmod(mode))
    assert f"mode {mode:o}: others could have read or changed it\nhint:" in said


def test_a_key_of_another_user_is_refused(settled):
    assert "cannot be read: " in damage(settled, lambda key: shutil.chown(key, "diag", "diag"))


def test_a_key_that_is_a_folder_is_refused(settled):
    def replace(key):
        key.unlink()
        key.mkdir(mode=0o700)
        shutil.chown(key, "keyhole-ssh", "keyhole-ssh")

    assert "is not a file" in damage(settled, replace)


def test_a_key_that_is_gone_while_its_public_half_is_there_is_not_replaced(settled):
    said = damage(settled, lambda key: key.unlink())
    assert "is gone, but its public half is there\nhint: restore it from a backup, or remove" in said
    assert not settled.host_key.exists()


def test_no_key_is_made_where_others_could_put_one(listener):
    listener.state.chmod(0o777)
    prepare, listener.prepare = listener.prepare, lambda: None
    status, said = listener.refuses()
    listener.prepare = prepare
    assert status == 2
    assert "others could put another host key into" in said
    assert os.listdir(listener.state) == []


def test_no_key_is_made_where_there_is_no_folder(listener):
    status, said = listener.refuses(host_keys=["/nowhere/ssh_host_ed25519_key"])
    assert status == 2
    assert "a host key cannot be made" in said and "hint: mkdir -m 700 /nowhere" in said


def test_only_ed25519_keys_are_made(listener):
    status, said = listener.refuses(host_keys=[str(listener.state / "ssh_host_ecdsa_key")])
    assert status == 2
    assert "there is no host key" in said and "hint: only ed25519 keys are made by themselves" in said


@pytest.mark.parametrize("options", [("-t", "ecdsa", "-b", "521"), ("-t", "rsa", "-b", "3072")])
def test_keys_of_other_types_are_used_beside_it(listener, options):
    other = listener.state / "other"
    keygen(other, *options)
    listener.start(host_keys=[str(listener.host_key), str(other)])
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(other)], capture_output=True, text=True, check=True).stdout.split()[1]
    assert shown in listener.log_since()


def test_an_rsa_key_that_is_too_short_is_refused(listener):
    weak = listener.state / "weak"
    keygen(weak, "-t", "rsa", "-b", "2048")
    status, said = listener.refuses(host_keys=[str(weak)])
    assert status == 2
    assert "an RSA key of 2048 bits, and 3072 are the least" in said


def test_two_keys_of_one_type_are_refused(listener):
    for name in ("one", "two"):
        keygen(listener.state / name, "-t", "ed25519")
    status, said = listener.refuses(host_keys=[str(listener.state / name) for name in ("one", "two")])
    assert status == 2
    assert "are both of type ssh-ed25519" in said


def test_check_makes_no_key(listener):
    listener.configure()
    done = listener.check()
    assert done.returncode == 2
    assert "there is no host key" in done.stderr and "hint: the first start" in done.stderr
    assert os.listdir(listener.state) == []


def test_check_names_the_keys_that_would_be_used(settled):
    done = settled.check()
    assert done.returncode == 0
    assert done.stdout.startswith("ssh-ed25519 SHA256:")


def test_host_keys_are_printed_for_a_known_hosts_file(settled):
    words = [str(settled.layout.programs / "keyhole-sshd"), "host-keys", "--config", str(settled.configuration)]
    printed = subprocess.run([*words, "gateway", "192.0.2.1"], capture_output=True, text=True, check=True).stdout
    public = (settled.state / "ssh_host_ed25519_key.pub").read_text().split()
    assert printed.split() == [f"[gateway]:{settled.port},[192.0.2.1]:{settled.port}", public[0], public[1]]


def test_sessions_get_the_key(settled):
    with stand_in_listener() as listener, listener.client() as client:
        assert listener.host_key.read_bytes().hex() in client.ask("settings")
