"""No way to name a secret file makes an allowed command read it. Each way is shown to work outside first."""

import os
import subprocess

import pytest

import outside
from grounds import GROUNDS, SECRET_WORDS, bind
from private_gateway import processes

DIRECT = [f"{GROUNDS}/secret/token", f"{GROUNDS}/secret/below/deep", f"{GROUNDS}/single-secret"]
INDIRECT = {
    "dot-dot": f"{GROUNDS}/open/../secret/token",
    "dots and slashes": f"{GROUNDS}//open/./.././secret///token",
    "symbolic link": f"{GROUNDS}/open/link",
    "relative symbolic link": f"{GROUNDS}/open/relative-link",
    "chain of symbolic links": f"{GROUNDS}/open/chain",
    "symbolic link to the folder": f"{GROUNDS}/open/folder-link/token",
    "proc self root": f"/proc/self/root{GROUNDS}/secret/token",
    "proc thread-self root": f"/proc/thread-self/root{GROUNDS}/secret/token",
    "proc 1 root": f"/proc/1/root{GROUNDS}/secret/token",
    "proc self cwd": f"/proc/self/cwd/../..{GROUNDS}/secret/token",
    "hard link": f"{GROUNDS}/open/hard-link",
    "bind mount from before the broker": f"{GROUNDS}/alias-before/token",
    "below a bind mount": f"{GROUNDS}/alias-before/below/deep",
}


def readable_outside(path):
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", path], capture_output=True, text=True)
    return SECRET_WORDS in done.stdout


@pytest.mark.parametrize("path", DIRECT)
def test_a_secret_named_directly_is_refused_before_anything_runs(call, recorded, path):
    assert readable_outside(path)
    status, out, err = call(f"cat {path}")
    assert status == 126 and out == "" and "secret" in err
    (record,) = recorded("decision")
    assert record.verdict == "refused"


@pytest.mark.parametrize("way", INDIRECT)
@pytest.mark.parametrize("tool", ["cat", "head -n 5", "grep words", "sort", "md5sum", "wc -c"])
def test_a_secret_is_unreadable(call, way, tool):
    path = INDIRECT[way]
    if not path.startswith("/proc/1/") and not path.startswith("/proc/self/cwd"):
        assert readable_outside(path)
    status, out, err = call(f"{tool} {path}")
    assert status != 0 and SECRET_WORDS not in out + err
    # wc and md5sum print what they learn of the contents.
    assert not any(word in out for word in (str(len(SECRET_WORDS) + 1) + " ", digest(SECRET_WORDS)))


def digest(words):
    import hashlib

    return hashlib.md5((words + "\n").encode()).hexdigest()


@pytest.mark.parametrize("way", ["symbolic link", "hard link", "bind mount from before the broker"])
def test_a_refused_open_is_recorded_with_the_reason(call, recorded, way):
    # Until the index of denied files is made anew, a file that just got another name is refused for that.
    assert processes.eventually(lambda: "index of denied files" not in call(f"cat {INDIRECT[way]}").err)
    assert processes.eventually(lambda: "secret" in recorded("refused-open")[-1].info)
    refused = recorded("refused-open")[-1]
    (decision,) = recorded("decision", call=refused.call)
    assert decision.verdict == "allowed" and refused.res == "failed"


def test_a_bind_mount_made_while_the_broker_runs_leads_nowhere(call):
    target = GROUNDS / "alias-after"
    bind(GROUNDS / "secret", target)
    try:
        assert readable_outside(target / "token")
        status, out, err = call(f"cat {target}/token")
        assert status != 0 and SECRET_WORDS not in out + err
    finally:
        subprocess.run(["umount", "-n", target], check=True)


def test_a_bind_mount_of_the_single_file_leads_nowhere(call):
    target = GROUNDS / "open/bound-file"
    target.touch()
    bind(GROUNDS / "single-secret", target)
    try:
        assert readable_outside(target)
        status, out, err = call(f"cat {target}")
        assert SECRET_WORDS not in out + err
    finally:
        subprocess.run(["umount", "-n", target], check=True)


def test_an_overlay_over_a_secret_folder_leads_nowhere(call):
    target = GROUNDS / "overlay"
    for name in ("overlay", "upper", "work"):
        (GROUNDS / name).mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-n", "-t", "overlay", "-o",
         f"lowerdir={GROUNDS}/secret,upperdir={GROUNDS}/upper,workdir={GROUNDS}/work", "none", target], check=True)
    try:
        assert readable_outside(target / "token")
        status, out, err = call(f"cat {target}/token")
        assert status != 0 and SECRET_WORDS not in out + err
    finally:
        subprocess.run(["umount", "-n", target], check=True)


@pytest.mark.parametrize("line", [
    f"cat {GROUNDS}/secret/*", f"cat {GROUNDS}/s*t/t*", f"cat {GROUNDS}/open/folder-link/*",
    f"cat {GROUNDS}/alias-*/*", f"grep -r words {GROUNDS}", f"grep -rh words {GROUNDS}/secret", f"cat {GROUNDS}/open/*link*",
    f"cd {GROUNDS}/secret && cat token", f"cd {GROUNDS}/secret ; cat *", f"cd {GROUNDS}/open/folder-link && cat token",
    f"cd {GROUNDS}/open && cat ../secret/token", f"cat {GROUNDS}/open/plain.txt {GROUNDS}/open/link",
    f"find {GROUNDS} -type f | cat", f"diff {GROUNDS}/open/plain.txt {GROUNDS}/open/hard-link",
    f"sort --files0-from={GROUNDS}/open/link", f"grep -f {GROUNDS}/open/link {GROUNDS}/open/plain.txt",
])
def test_globs_walks_and_folders_do_not_lead_to_a_secret(call, line):
    _, out, err = call(line)
    assert SECRET_WORDS not in out + err


def test_the_names_in_a_secret_folder_stay_secret(call):
    _, out, _ = call(f"ls {GROUNDS}/open/folder-link/")
    assert "token" not in out and "below" not in out


@pytest.mark.parametrize("path", [f"{GROUNDS}/secret/token", f"{GROUNDS}/open/link", f"{GROUNDS}/open/hard-link",
                                  f"{GROUNDS}/alias-before/token"])
def test_no_system_call_opens_a_secret(call, path):
    # open_by_handle_at needs a privilege that no ordinary user has either.
    ways = outside.outcomes(outside.probe("read", path))
    assert all(SECRET_WORDS in ways[way] for way in ways if way != "open-by-handle")
    _, out, _ = call(f"probe read {path}")
    inside = outside.outcomes(out)
    assert inside.keys() == ways.keys()
    assert all(outcome.startswith("failed") for outcome in inside.values()), inside


def test_swapping_the_name_during_the_open_never_yields_the_secret(call):
    words = ["race", GROUNDS / "open/plain.txt", GROUNDS / "secret/token", 5000]
    # On a busy machine the two threads may take turns that never meet.
    assert any(int(outside.probe(*words).split("leaks=")[1]) > 0 for _ in range(50))
    _, out, _ = call("probe " + " ".join(map(str, words)))
    reads, leaks = (int(word.split("=")[1]) for word in out.split()[1:])
    assert leaks == 0 and reads > 0


def test_swapping_a_symbolic_link_during_the_opens_never_yields_the_secret(gateway):
    swinging = GROUNDS / "writable/swinging"
    running = gateway.begin(f"probe race {swinging} {swinging} 2000", stdin=subprocess.DEVNULL)
    for turn in range(20000):
        if running.poll() is not None:
            break
        fresh = GROUNDS / f"writable/.fresh"
        fresh.symlink_to(GROUNDS / ("secret/token" if turn % 2 else "open/plain.txt"))
        os.replace(fresh, swinging)
    out, _ = running.communicate(timeout=60 * processes.SCALE)
    reads, leaks = (int(word.split(b"=")[1]) for word in out.split()[1:])
    assert leaks == 0 and reads > 0


@pytest.mark.parametrize("path", [
    "/etc/shadow", "/etc/gshadow", "/etc/ssh/ssh_host_ed25519_key", "/root/.ssh/id_ed25519", "/proc/1/environ",
    "/proc/self/environ", "/proc/1/mem", "/proc/kcore", "/dev/mem", "/dev/vda", "/run/secrets/api",
    "/persist/etc/ssh/ssh_host_rsa_key", "/home/somebody/.ssh/id_rsa",
])
def test_the_secrets_that_every_host_has_are_denied(call, path):
    status, out, err = call(f"cat {path}")
    assert status == 126 and out == "" and err.startswith("keyhole: ")


def test_what_is_not_secret_stays_readable(call):
    assert call(f"cat {GROUNDS}/open/plain.txt").status == 0
    assert call("cat /etc/hostname").status == 0
