"""scripts/install on a host whose /etc, /usr and /var/lib are dropped at the end."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap

import pytest
import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
OVERLAYS = ["/etc", "/usr/lib", "/usr/bin", "/usr/share", "/var/lib"]
PLACES = ["/usr/lib/keyhole", "/usr/bin/keyhole", "/etc/keyhole", "/etc/ssh/sshd_config.d/50-keyhole.conf",
          "/etc/systemd/system/keyhole-broker.socket", "/etc/systemd/system/keyhole-broker.service",
          "/etc/systemd/system/keyhole-sshd.socket", "/etc/systemd/system/keyhole-sshd.service", "/var/lib/keyhole",
          "/var/lib/keyhole-ssh", "/usr/share/doc/keyhole"]


@pytest.fixture
def on_a_fresh_host(session_gateway):
    """Runs a shell script on one; $PORT is free, there is a running sshd of that host, and its pid is in $SSHD."""
    folders = []

    def run(script, **options):
        folder = tempfile.mkdtemp(prefix="keyhole-install-", dir="/run")
        folders.append(folder)
        whole = textwrap.dedent("""\
            set -eu
            PORT=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
            printf 'ListenAddress 127.0.0.1\\nPort %s\\n' "$PORT" >>/etc/ssh/sshd_config.port
            sed -i "1i Include /etc/ssh/sshd_config.port" /etc/ssh/sshd_config
            [ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -A
            /usr/sbin/sshd -E $KEYHOLE_PRIVATE_HOST/sshd.log
            sleep 0.3
            SSHD=$(cat /run/sshd.pid)
            BROKER= SERVER=
            trap 'kill $SSHD $BROKER $SERVER' EXIT
            """) + textwrap.dedent(script).replace("@PLACES@", " ".join(PLACES))
        command = [REPOSITORY / "scripts/private-host"]
        for path in OVERLAYS:
            command += ["--overlay", path]
        return subprocess.run(
            [*command, folder, "--", "/bin/bash", "-c", whole], cwd=REPOSITORY, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=300, **options)

    yield run
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def succeeded(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_installed_host_serves_an_agent_and_uninstalling_leaves_nothing(on_a_fresh_host):
    out = succeeded(on_a_fresh_host(r"""
        scripts/install
        getent passwd diag diag-exec keyhole-ssh
        ssh-keygen -q -t ed25519 -N '' -f /run/key
        echo "restrict $(cat /run/key.pub)" >>/etc/keyhole/authorized_keys
        printf 'roles: {looker: {about: looks, commands: all}}\nagents: {guest: {keys: ["%s"], roles: [looker]}}\n' "$(cat /run/key.pub)" \
          >/etc/keyhole/policy/agents.yaml
        keyhole policy check --policy /etc/keyhole/policy
        mkdir -p /run/keyhole
        /usr/lib/keyhole/keyhole-broker --config /etc/keyhole/broker.yaml 2>/run/broker.log & BROKER=$!
        for i in $(seq 100); do [ -S /run/keyhole/broker.sock ] && break; sleep 0.1; done
        EMBEDDED=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        sed "s/^listen:.*/listen: 127.0.0.1:$EMBEDDED/" /etc/keyhole/sshd.yaml >/run/sshd.yaml
        /usr/lib/keyhole/keyhole-sshd --config /run/sshd.yaml 2>/run/server.log & SERVER=$!
        for i in $(seq 100); do grep -q 'listening on' /run/server.log && break; sleep 0.1; done
        stat -c 'host key %U %a' /var/lib/keyhole-ssh/ssh_host_ed25519_key
        /usr/lib/keyhole/keyhole-sshd host-keys --config /run/sshd.yaml 127.0.0.1 >>/run/known
        call() {
          ssh -T -F none -p "${2:-$PORT}" -i /run/key -o BatchMode=yes -o IdentityAgent=none -o StrictHostKeyChecking=accept-new \
            -o UserKnownHostsFile=/run/known -o LogLevel=ERROR diag@127.0.0.1 -- "$1" </dev/null
        }
        call 'echo it works' || { cat /run/broker.log $KEYHOLE_PRIVATE_HOST/sshd.log >&2; exit 1; }
        call 'echo it works embedded' $EMBEDDED || { cat /run/broker.log /run/server.log >&2; exit 1; }
        status=0; call 'rm -rf /tmp/x' 2>/dev/null || status=$?
        echo "refused with $status"
        kill $BROKER $SERVER; wait $BROKER $SERVER || true; BROKER= SERVER=
        scripts/install --uninstall
        echo '-- left:'
        ls -d @PLACES@ 2>/dev/null || true
        find /etc/keyhole -type f
        getent passwd diag diag-exec keyhole-ssh || echo no users
        stat -c '%U %a' /var/lib/keyhole-ssh
        scripts/install --uninstall --purge >/dev/null
        ls -d /var/lib/keyhole-ssh 2>/dev/null || echo purged
        /usr/sbin/sshd -t && echo sshd is fine
        kill -0 $SSHD && echo sshd still runs
        """))
    assert "it works\n" in out and "it works embedded\n" in out and "host key keyhole-ssh 600\n" in out
    assert ("refused with 126" in out or "refused with 127" in out)
    left = out.split("-- left:\n")[1].splitlines()
    # What an administrator wrote stays, and nothing else.
    assert sorted(left) == sorted([
        "/etc/keyhole", "/etc/keyhole/authorized_keys", "/etc/keyhole/policy/agents.yaml",
        # Clients know the host by its key, which stays, root's, until it is purged.
        "/var/lib/keyhole-ssh", "root 700", "purged", "no users", "sshd is fine", "sshd still runs"])
    assert "left, since it was edited here: /etc/keyhole/policy/agents.yaml" in out


def test_the_accounts_are_what_the_gateway_needs(on_a_fresh_host):
    out = succeeded(on_a_fresh_host("""
        scripts/install >/dev/null
        getent passwd diag diag-exec keyhole-ssh | cut -d : -f 1,6,7
        id -nG keyhole-ssh
        getent shadow diag | cut -d : -f 2
        setpriv --reuid=diag --regid=diag --clear-groups touch /keyhole-was-here 2>/dev/null && echo can write its home || true
        stat -c '%U %a' /usr/lib/keyhole/keyhole-shell /etc/keyhole/policy /etc/keyhole/broker.yaml /etc/keyhole/authorized_keys
        stat -c '%U %a' /usr/lib/keyhole/keyhole-session /etc/keyhole/sshd.yaml /var/lib/keyhole-ssh
        """))
    assert out.splitlines() == [
        "diag:/:/bin/sh", "diag-exec:/:/usr/sbin/nologin", "keyhole-ssh:/:/usr/sbin/nologin", "keyhole-ssh diag", "*",
        "root 755", "root 755", "root 644", "root 644", "root 755", "root 644", "keyhole-ssh 700"]


def test_a_host_key_that_was_left_is_the_servers_again_after_installing_anew(on_a_fresh_host):
    out = succeeded(on_a_fresh_host("""
        scripts/install >/dev/null
        echo key >/var/lib/keyhole-ssh/ssh_host_ed25519_key
        scripts/install --uninstall
        # Another uid than before.
        useradd --system in-between
        scripts/install >/dev/null
        stat -c '%U %G' /var/lib/keyhole-ssh /var/lib/keyhole-ssh/ssh_host_ed25519_key
        """))
    assert "left, since clients know this host by it: /var/lib/keyhole-ssh" in out
    assert out.splitlines()[-2:] == ["keyhole-ssh keyhole-ssh"] * 2


@pytest.mark.parametrize(("option", "there", "absent"), [
    ("--no-openssh", "/etc/systemd/system/keyhole-sshd.service", "/etc/ssh/sshd_config.d/50-keyhole.conf"),
    ("--no-embedded", "/etc/ssh/sshd_config.d/50-keyhole.conf", "/etc/systemd/system/keyhole-sshd.service"),
])
def test_either_front_can_be_left_out(on_a_fresh_host, option, there, absent):
    out = succeeded(on_a_fresh_host(f"""
        scripts/install {option} >/dev/null
        ls {there}
        ls {absent} 2>/dev/null || echo absent
        keyhole doctor | grep -E 'sshd.yaml|sshd configuration|host key' || true
        """))
    lines = out.splitlines()
    assert lines[:2] == [there, "absent"]
    assert ("sshd.yaml" in out) == (option == "--no-openssh")
    assert ("sshd configuration" in out) == (option == "--no-embedded")


def test_sshd_holds_the_agents_account_down_and_nobody_elses(on_a_fresh_host):
    out = succeeded(on_a_fresh_host("""
        scripts/install >/dev/null
        for user in diag root; do /usr/sbin/sshd -T -C user=$user,host=x,addr=127.0.0.1 | sed "s/^/$user /"; done
        """))
    for line in ["forcecommand /usr/lib/keyhole/keyhole-shell", "exposeauthinfo yes", "disableforwarding yes", "permittty no",
                 "permituserrc no", "passwordauthentication no", "kbdinteractiveauthentication no", "x11forwarding no",
                 "allowagentforwarding no", "allowtcpforwarding no", "permittunnel no", "acceptenv KEYHOLE_TARGET",
                 "authorizedkeysfile /etc/keyhole/authorized_keys"]:
        assert f"diag {line}" in out.splitlines()
    assert "root forcecommand none" in out and "root exposeauthinfo no" in out


def test_installing_again_keeps_what_was_edited(on_a_fresh_host):
    out = succeeded(on_a_fresh_host("""
        scripts/install >/dev/null
        edited=$(find /etc/keyhole/policy/commands -name '*.yaml' | sort | head -n 1)
        echo '# mine' >>$edited
        echo 'calls: 3' >>/etc/keyhole/broker.yaml
        sed -i '/^calls: 256/d' /etc/keyhole/broker.yaml
        removed=/etc/keyhole/policy/agents.yaml
        rm $removed
        scripts/install
        tail -n 1 $edited
        grep calls: /etc/keyhole/broker.yaml
        [ -e $removed ] || echo still removed
        """))
    assert out.splitlines()[-3:] == ["# mine", "calls: 3", "still removed"]


def test_a_shipped_change_goes_beside_an_edited_file(on_a_fresh_host):
    out = succeeded(on_a_fresh_host("""
        scripts/install >/dev/null
        mark=/var/lib/keyhole/installed.sha256
        echo '# mine' >>/etc/keyhole/broker.yaml
        # As if what was installed before had been another version.
        sed -i 's/^[0-9a-f]*  \\(.*broker.yaml\\)/0000  \\1/' $mark
        scripts/install
        tail -n 1 /etc/keyhole/broker.yaml; cmp packaging/broker.yaml /etc/keyhole/broker.yaml.new && echo beside it
        """))
    assert "was edited here: kept" in out and out.splitlines()[-2:] == ["# mine", "beside it"]


def test_an_sshd_configuration_that_is_already_broken_is_not_touched(on_a_fresh_host):
    done = on_a_fresh_host("""
        echo NoSuchOption yes >>/etc/ssh/sshd_config
        scripts/install && exit 9
        ls -d @PLACES@ 2>/dev/null && exit 8
        getent passwd diag && exit 7
        kill -0 $SSHD && echo sshd still runs
        """)
    assert "sshd still runs" in succeeded(done)
    assert "NoSuchOption" in done.stderr and "undoing what was done" in done.stderr


def test_an_sshd_that_does_not_read_the_drop_in_undoes_everything(on_a_fresh_host):
    done = on_a_fresh_host("""
        sed -i '/sshd_config.d/d' /etc/ssh/sshd_config
        scripts/install && exit 9
        ls -d @PLACES@ 2>/dev/null && exit 8
        getent passwd diag diag-exec && exit 7
        /usr/sbin/sshd -t && kill -0 $SSHD && echo sshd is as it was
        """)
    assert "sshd is as it was" in succeeded(done)
    assert "\nhint: put \"Include" in done.stderr


def test_a_policy_that_would_not_load_stops_an_upgrade_before_it_begins(on_a_fresh_host):
    done = on_a_fresh_host("""
        scripts/install >/dev/null
        echo 'commands: [' >/etc/keyhole/policy/mine.yaml
        scripts/install && exit 9
        find /usr/lib/keyhole -newer /etc/keyhole/policy/mine.yaml -type f
        ls /etc/keyhole/policy/mine.yaml
        """)
    assert succeeded(done).splitlines()[-1] == "/etc/keyhole/policy/mine.yaml"
    assert "mine.yaml" in done.stderr


@pytest.mark.parametrize("script", ["install", "quickstart", "test"])
def test_without_root_it_says_so(script):
    """Copied where an ordinary user can read it: the checkout may be in root's home."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="keyhole-scripts-", dir="/run"))
    try:
        shutil.copytree(REPOSITORY / "scripts", folder / "scripts")
        folder.chmod(0o755)
        done = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", folder / "scripts" / script],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and "needs root" in done.stderr.replace("need root", "needs root")
        assert "\nhint: " in done.stderr
    finally:
        shutil.rmtree(folder)


def test_the_units_are_well_formed(session_gateway):
    units = sorted(str(path) for path in (REPOSITORY / "packaging/systemd").iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "keyhole" in line and "is not executable" not in line]
    assert complaints == []


def test_the_broker_unit_makes_no_mount_namespace():
    """Commands are to see the host's own mounts (systemd.exec(5) says which settings make a namespace)."""
    text = (REPOSITORY / "packaging/systemd/keyhole-broker.service").read_text()
    settings = {line.split("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#")}
    namespace = {"PrivateTmp", "PrivateDevices", "ProtectSystem", "ProtectHome", "ProtectKernelTunables", "ProtectKernelModules",
                 "ProtectKernelLogs", "ProtectControlGroups", "ProtectProc", "ReadOnlyPaths", "InaccessiblePaths", "BindPaths",
                 "TemporaryFileSystem", "RootDirectory", "PrivateMounts", "ReadWritePaths", "MountFlags"}
    assert not settings & namespace


@pytest.mark.parametrize("unit", ["keyhole-broker.service", "keyhole-sshd.service"])
def test_no_unit_takes_openat2_away(unit):
    """systemd 252 refuses openat2(2) with ENOSYS where RestrictSUIDSGID= is set, and the programs open nothing without it."""
    text = (REPOSITORY / "packaging/systemd" / unit).read_text()
    settings = {line.split("=")[0] for line in text.splitlines() if "=" in line and not line.startswith("#")}
    assert "RestrictSUIDSGID" not in settings


def test_the_settings_that_ship_are_the_defaults():
    """What sshd.yaml shows is what docs/operations.md says is in force without it."""
    shipped = yaml.load((REPOSITORY / "packaging/sshd.yaml").read_text(), yaml.BaseLoader)
    rows = {}
    for line in (REPOSITORY / "docs/operations.md").read_text().splitlines():
        match = re.match(r"\| `([a-z0-9-]+)` \| `?([^`|]+?)`? \|", line)
        if match:
            rows[match[1]] = match[2]
    shown = {key: value for section in ("limits", "penalties") for key, value in shipped[section].items()}
    # These two share a line there.
    alone = {key: value for key, value in shown.items() if not re.match("keepalive|rekey", key)}
    assert alone == {key: rows.get(key) for key in alone}
