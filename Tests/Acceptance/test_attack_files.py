"""Ways to the contents of a secret file: by calls, by names, by mounts. docs/attacks.md has the list."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from attack_grounds import DENIED_BY_LINK, DENIED_FUSE, PLACE
from attacking import ATTACKER, as_user, inside, line_of, outside, refused, scaled
from grounds import GROUNDS, OPEN_WORDS, PROBES, SECRET_WORDS, bind
from private_gateway import processes

SECRET = (GROUNDS / "secret", "alone")
OPEN = (PLACE / "decoy", "alone")

READS = {
    "open": ("read-open",),
    "openat": ("read-openat",),
    "openat from a place": ("read-place",),
    "openat with garbage in the upper halves": ("read-garbage-above",),
    "openat2 without conditions": ("read-openat2", 0),
    "openat2, RESOLVE_NO_XDEV": ("read-openat2", 0x01),
    "openat2, RESOLVE_NO_MAGICLINKS": ("read-openat2", 0x02),
    "openat2, RESOLVE_NO_SYMLINKS": ("read-openat2", 0x04),
    "openat2, RESOLVE_BENEATH": ("read-openat2", 0x08),
    "openat2, RESOLVE_IN_ROOT": ("read-openat2", 0x10),
    "openat2, RESOLVE_CACHED": ("read-openat2", 0x20),
    "openat2, all that go together": ("read-openat2", 0x0F),
    "openat2 with a longer structure": ("read-longer-openat2",),
    "openat2 with O_PATH, then by its descriptor": ("read-o-path-openat2",),
    "O_PATH, then /proc/self/fd": ("read-descriptor", "/proc/self/fd/@"),
    "O_PATH, then /dev/fd": ("read-descriptor", "/dev/fd/@"),
    "O_PATH, then /proc/thread-self/fd": ("read-descriptor", "/proc/thread-self/fd/@"),
    "O_PATH, then the same from a second thread": ("read-descriptor-of-thread", "/proc/thread-self/fd/@"),
    "O_PATH, then fdinfo/../fd": ("read-descriptor", "/proc/self/fdinfo/../fd/@"),
    "O_PATH, then root and self": ("read-descriptor", "/proc/self/root/proc/self/fd/@"),
    "O_PATH, then task/TID/fd": ("read-task",),
    "O_PATH on the folder, then through /proc/self/fd": ("read-place-of-proc",),
    "O_PATH, a name at a time": ("read-walk",),
    "chdir": ("read-chdir",),
    "fchdir": ("read-fchdir",),
    "chdir, then /proc/self/cwd": ("read-cwd-of-proc",),
    "chdir, then /proc/thread-self/cwd": ("read-cwd-of-proc", "/proc/thread-self/cwd"),
    "a mapping": ("read-mapped",),
}
PRIVILEGED_READS = {
    "open_by_handle_at": ("read-handle",),
    "open_tree": ("read-open-tree",),
    "chroot": ("read-chroot",),
}


@pytest.mark.parametrize("way", READS)
def test_no_call_reads_a_secret(call, way):
    name, *more = READS[way]
    refused(call, name, *SECRET, *more)
    assert SECRET_WORDS in outside(name, *SECRET, *more).text


@pytest.mark.parametrize("way", READS)
def test_the_same_call_reads_what_is_not_secret(call, way):
    """Else the refusals above would prove nothing."""
    name, *more = READS[way]
    if way in ("openat2 with a longer structure", "openat2, RESOLVE_CACHED"):
        pytest.skip("not offered inside: a library falls back to the plain call")
    if way.startswith("chdir"):
        pytest.skip("no command may change its directory by a name")
    if "TID" in way:
        pytest.skip("inside, a thread's number is not the one that /proc shows")
    assert OPEN_WORDS in inside(call, name, *OPEN, *more).text


@pytest.mark.parametrize("way", PRIVILEGED_READS)
def test_no_privileged_call_reads_a_secret(call, way):
    name, *more = PRIVILEGED_READS[way]
    refused(call, name, *SECRET, *more, root=True)


def test_a_secret_folder_is_not_listed_after_fchdir(call):
    refused(call, "list-after-fchdir", *SECRET)


# Names. Those that test_secrets.py tries with real tools are not repeated.

NAMES = {
    "/proc/self/root": f"/proc/self/root{GROUNDS}/secret/alone",
    "/proc/thread-self/root": f"/proc/thread-self/root{GROUNDS}/secret/alone",
    "the root of the root": f"/proc/self/root/proc/self/root{GROUNDS}/secret/alone",
    "/dev/fd/../root": f"/dev/fd/../root{GROUNDS}/secret/alone",
    "a link to a link to the folder": f"{GROUNDS}/open/folder-link/../secret/alone",
    "a hard link": f"{GROUNDS}/open/hard-link",
    "a hard link in a granted folder": f"{PLACE}/granted/hard-link",
    "a bind mount": f"{GROUNDS}/alias-before/alone",
    "dots": f"{GROUNDS}/open/./../secret/./alone",
    "slashes": f"//{GROUNDS}//secret//alone",
}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_to_a_secret(call, name):
    refused(call, "read", NAMES[name])
    assert SECRET_WORDS in outside("read", NAMES[name]).text


def test_a_deny_pattern_that_goes_through_a_link_denies_what_is_behind_it(call):
    refused(call, "read", PLACE / "behind-link/alone")


@contextlib.contextmanager
def holder(*words, user=ATTACKER, **options):
    """A process of the user's, to be reached through /proc."""
    process = subprocess.Popen([*as_user(user), *map(str, words)], stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_the_descriptors_of_another_process_are_out_of_reach(call):
    with open(GROUNDS / "secret/alone") as file, holder("sleep", 60, pass_fds=[file.fileno()]) as process:
        name = f"/proc/{process.pid}/fd/{file.fileno()}"
        assert processes.eventually(lambda: processes.name(process.pid) == "sleep")
        refused(call, "read", name)
        assert SECRET_WORDS in outside("read", name).text


@pytest.mark.parametrize("link", ["root", "cwd/../.."])
def test_the_folders_of_another_process_are_out_of_reach(call, link):
    with holder("sleep", 60, cwd=GROUNDS / "open") as process:
        assert processes.eventually(lambda: processes.name(process.pid) == "sleep")
        name = f"/proc/{process.pid}/{link}{GROUNDS if link == 'root' else '/grounds'}/secret/alone"
        refused(call, "read", name)


def test_the_mapped_files_of_another_process_are_out_of_reach(call):
    code = ("import mmap,sys,time\nf=open(sys.argv[1])\nm=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ)\n"
            "print(flush=True)\ntime.sleep(60)")
    with holder(sys.executable, "-c", code, GROUNDS / "secret/alone", stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        refused(call, "map-files", process.pid, GROUNDS / "secret/alone", root=True)


def test_a_process_in_a_mount_namespace_of_its_own_leads_nowhere(gateway):
    """It has the command's user, and where an open folder lies here it sees the secret one."""
    shown = PLACE / "decoy"

    def other_namespace(user):
        script = f"mount -n --bind {GROUNDS}/secret {shown} && exec {' '.join(as_user(user))} sleep 60"
        return holder("unshare", "--mount", "--propagation", "private", "sh", "-c", script, user=0)

    with other_namespace(ATTACKER) as process:
        assert processes.eventually(lambda: processes.name(process.pid) == "sleep")
        assert SECRET_WORDS in outside("read", f"/proc/{process.pid}/root{shown}/alone").text
    running = gateway.begin(line_of("read-name-on-input"))
    try:
        assert running.stdout.readline() == b"waiting\n"
        users = {os.stat(f"/proc/{pid}").st_uid for pid in gateway.running()} - {0}
        (user,) = users
        with other_namespace(user) as process:
            assert processes.eventually(lambda: processes.name(process.pid) == "sleep")
            out, err = running.communicate(f"/proc/{process.pid}/root{shown}/alone\n".encode(), timeout=scaled(20))
        assert out.startswith(b"failed") and SECRET_WORDS.encode() not in out, (out, err)
    finally:
        running.kill()
        running.communicate()


# Devices and the files of the kernel. Nothing is written outside either: they are only opened.

@pytest.fixture(scope="module")
def devices(session_gateway):
    """A folder with device nodes that every user may open."""
    folder = PLACE / "devices"
    folder.mkdir()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "mode=0755,dev", "devices", folder], check=True)
    for name, kind, major, minor in [
            ("memory", 0o020000, 1, 1), ("ports", 0o020000, 1, 4), ("disk", 0o060000, 254, 0), ("loop", 0o060000, 7, 0),
            ("terminal", 0o020000, 4, 0), ("fuse", 0o020000, 10, 229), ("tun", 0o020000, 10, 200), ("null", 0o020000,
                1, 3)]:
        os.mknod(folder / name, kind | 0o666, os.makedev(major, minor))
        (folder / name).chmod(0o666)
    yield folder
    subprocess.run(["umount", "-n", folder], check=True)


@pytest.mark.parametrize("device", ["memory", "ports", "disk", "loop", "terminal", "fuse", "tun"])
def test_no_device_is_opened_even_by_a_node_that_all_may_open(call, devices, device):
    # A disk and the memory may be closed to ordinary users for other reasons too.
    refused(call, "open", devices / device, root=True, optional=True)


def test_a_harmless_device_is_opened(call, devices):
    assert inside(call, "open", devices / "null").worked


KERNEL_READS = ["/proc/kcore", "/dev/mem", "/dev/port", "/proc/1/environ", "/proc/1/mem", "/proc/1/root",
                "/proc/1/stack",
                "/proc/kpagecount", "/proc/kmsg", "/sys/kernel/debug", "/proc/slabinfo", "/proc/timer_list",
                    "/etc/shadow"]
KERNEL_WRITES = ["/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
                 "/proc/self/oom_score_adj",
                 "/proc/self/comm", "/proc/self/uid_map", "/proc/self/coredump_filter", "/proc/self/clear_refs",
                 "/proc/self/timerslack_ns", "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state",
                 "/sys/fs/cgroup/cgroup.procs", "/dev/kmsg", "/dev/full"]


@pytest.mark.parametrize("path", KERNEL_READS)
def test_the_kernels_private_files_stay_closed(call, path):
    refused(call, "open", path, root=True, optional=True)


@pytest.mark.parametrize("path", KERNEL_WRITES)
def test_the_kernels_settings_are_not_opened_for_writing(call, path):
    refused(call, "open-to-write", path, root=True, optional=True)
    assert not inside(call, "open-to-change", path).worked


# File systems over other file systems.

@contextlib.contextmanager
def mounted(kind, target, options, source="none"):
    subprocess.run(["mount", "-n", "-t", kind, "-o", options, source, target], check=True)
    try:
        yield target
    finally:
        subprocess.run(["umount", "-n", "-l", target], check=True)


@pytest.fixture
def layers():
    """Folders for one overlay, on a file system that can be an upper layer."""
    folder = PLACE / "layers"
    folder.mkdir()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "layers", folder], check=True)
    for name in ("upper", "work", "upper2", "work2", "merged", "merged2", "empty", "bound"):
        (folder / name).mkdir()
    (folder / "link").symlink_to(GROUNDS / "secret")
    yield folder
    subprocess.run(["umount", "-n", "-l", folder], check=True)
    folder.rmdir()


OVERLAYS = {
    "lower layer by its own name": f"lowerdir={GROUNDS}/secret",
    "lower layer by a link": "lowerdir={layers}/link",
    "lower layer by dots": f"lowerdir={GROUNDS}/open/../secret",
    "second lower layer": f"lowerdir={{layers}}/empty:{GROUNDS}/secret",
    "lower layer is a bind mount": f"lowerdir={GROUNDS}/alias-before",
    "lower layer is below a bind mount": f"lowerdir={GROUNDS}/alias-before/../alias-before",
    "a folder above the secret": f"lowerdir={GROUNDS}",
}


@pytest.mark.parametrize("kind", OVERLAYS)
@pytest.mark.parametrize("upper", [False, True], ids=["read-only", "with an upper layer"])
def test_an_overlay_over_a_secret_leads_nowhere(call, layers, kind, upper):
    options = OVERLAYS[kind].format(layers=layers)
    if upper:
        options += f",upperdir={layers}/upper,workdir={layers}/work"
    elif ":" not in options:
        options += f":{layers}/empty"
    with mounted("overlay", layers / "merged", options):
        below = "secret/alone" if kind.startswith("a folder above") else "alone"
        refused(call, "read", layers / "merged" / below)
        if upper and below == "alone":
            # A copy in the upper layer is a file of its own, and still the secret.
            os.utime(layers / "merged/alone")
            refused(call, "read", layers / "merged/alone")


@pytest.mark.parametrize("options", ["lowerdir=secret:{layers}/empty", "lowerdir=../grounds/secret:{layers}/empty"])
def test_an_overlay_with_a_layer_by_a_relative_name_leads_nowhere(call, layers, options):
    code = ("import ctypes,sys,os\nos.chdir(sys.argv[1])\nlibc=ctypes.CDLL(None,use_errno=True)\n"
            "sys.exit(libc.mount(b'none',sys.argv[2].encode(),b'overlay',0,sys.argv[3].encode()))")
    subprocess.run([sys.executable, "-c", code, GROUNDS, layers / "merged", options.format(layers=layers)], check=True)
    try:
        refused(call, "read", layers / "merged/alone")
    finally:
        subprocess.run(["umount", "-n", "-l", layers / "merged"], check=True)


def test_an_overlay_over_an_overlay_over_a_secret_leads_nowhere(call, layers):
    with mounted("overlay", layers / "merged", f"lowerdir={GROUNDS}/secret:{layers}/empty"):
        with mounted("overlay", layers / "merged2", f"lowerdir={layers}/merged:{layers}/empty"):
            refused(call, "read", layers / "merged2/alone")


def test_an_overlay_whose_layer_was_unmounted_since_leads_nowhere(call, layers):
    bind(GROUNDS / "secret", layers / "bound")
    with mounted("overlay", layers / "merged", f"lowerdir={layers}/bound:{layers}/empty"):
        subprocess.run(["umount", "-n", "-l", layers / "bound"], check=True)
        refused(call, "read", layers / "merged/alone")


def test_an_overlay_whose_layer_was_exchanged_since_leads_nowhere(call, layers):
    bind(GROUNDS / "secret", layers / "bound")
    with mounted("overlay", layers / "merged", f"lowerdir={layers}/bound:{layers}/empty"):
        subprocess.run(["umount", "-n", "-l", layers / "bound"], check=True)
        bind(PLACE / "decoy", layers / "bound")
        refused(call, "read", layers / "merged/alone")


def test_an_overlay_over_a_folder_with_a_hard_link_to_a_secret_leads_nowhere(call):
    folder = GROUNDS / "layer-with-link"
    for name in ("lower", "empty", "merged"):
        (folder / name).mkdir(parents=True)
    os.link(GROUNDS / "single-secret", folder / "lower/token")
    with mounted("overlay", folder / "merged", f"lowerdir={folder}/lower:{folder}/empty"):
        refused(call, "read", folder / "merged/token")
    (folder / "lower/token").unlink()


BINDS = {
    "of the folder": ("secret", "alone"),
    "of a folder below": ("secret/below", "deep"),
    "of a folder above": (".", "secret/alone"),
    "of a bind mount": ("alias-before", "alone"),
}


@pytest.mark.parametrize("kind", BINDS)
def test_a_bind_mount_leads_nowhere(call, kind):
    source, below = BINDS[kind]
    target = PLACE / "bound"
    target.mkdir(exist_ok=True)
    bind(GROUNDS / source, target)
    try:
        refused(call, "read", target / below)
    finally:
        subprocess.run(["umount", "-n", "-l", target], check=True)


def test_a_bind_mount_of_a_secret_that_was_renamed_leads_nowhere(call):
    """The mount keeps its folder, and the folder keeps its secret."""
    target = PLACE / "bound"
    target.mkdir(exist_ok=True)
    bind(GROUNDS / "secret/below", target)
    try:
        (GROUNDS / "secret/below").rename(GROUNDS / "secret/elsewhere")
        refused(call, "read", target / "deep")
    finally:
        (GROUNDS / "secret/elsewhere").rename(GROUNDS / "secret/below")
        subprocess.run(["umount", "-n", "-l", target], check=True)


def test_a_mount_point_shows_what_is_mounted_there_now(call):
    target = PLACE / "bound"
    target.mkdir(exist_ok=True)
    for source, words in [(PLACE / "decoy", OPEN_WORDS), (GROUNDS / "secret", None), (PLACE / "decoy", OPEN_WORDS)]:
        bind(source, target)
        there = inside(call, "read", target / "alone")
        assert (there.text if words else there.worked) == (words or False), (source, there.whole)
        subprocess.run(["umount", "-n", target], check=True)


# File systems in user space.

@contextlib.contextmanager
def fuse(folder, target, *options):
    if not os.path.exists("/dev/fuse"):
        pytest.skip("the kernel has no FUSE")
    server = subprocess.Popen(
        [sys.executable, PROBES / "passthrough.py", folder, target, *options], stdout=subprocess.PIPE, text=True)
    try:
        told = server.stdout.readline()
        if told.startswith("cannot mount"):
            pytest.skip(told)
        assert told == "mounted\n"
        yield target
    finally:
        subprocess.run(["umount", "-n", "-l", target], check=False)
        server.kill()
        server.wait()


@pytest.mark.parametrize("shown, below", [("secret", "alone"), ("secret/below", "deep"), (".", "secret/alone")])
def test_a_file_system_in_user_space_that_passes_a_secret_on_leads_nowhere(call, shown, below):
    target = PLACE / "passed"
    target.mkdir(exist_ok=True)
    with fuse(GROUNDS / shown, target):
        refused(call, "read", target / below)


def test_a_file_system_without_case_has_no_other_names_for_a_secret(call):
    DENIED_FUSE.parent.mkdir(exist_ok=True)
    with fuse(GROUNDS, DENIED_FUSE.parent, "--without-case"):
        refused(call, "read", DENIED_FUSE.parent / "SECRET/alone")


# A folder that is mounted when somebody looks.

def test_an_automount_of_a_secret_leads_nowhere(call):
    target = PLACE / "automatic"
    target.mkdir(exist_ok=True)
    server = subprocess.Popen(
        [sys.executable, PROBES / "automount.py", GROUNDS / "secret", target], stdout=subprocess.PIPE, text=True)
    try:
        told = server.stdout.readline()
        if told.startswith("cannot mount"):
            pytest.skip(told)
        assert told == "mounted\n"
        there = inside(call, "read", target / "secret/alone")
        assert not there.worked, there.whole
        assert SECRET_WORDS in outside("read", target / "secret/alone").text
        there = inside(call, "read", target / "secret/alone")
        assert not there.worked, there.whole
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(scaled(5))
        subprocess.run(["umount", "-n", "-l", "-R", target], check=False)
