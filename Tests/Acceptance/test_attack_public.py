"""Ways out of the view of a command that reads public trees only: there the kernel decides, not the supervisor."""

import contextlib
import subprocess

import pytest

from attack_grounds import HIDDEN, SHOWN
from attacking import Outcome, inside, outside, scaled
from grounds import OPEN_WORDS, SECRET_WORDS, bind


def shown(gateway, *words):
    """The attack in the view. Its words are one, since those that name files must lie in the trees."""
    return inside(gateway.call, "in-one", ",".join(words), f"{SHOWN}/plain", command="attack-shown")


@contextlib.contextmanager
def in_the_view(gateway, how="nofollow"):
    """A command in the view that opens what it is told to on its input: with O_NOFOLLOW the kernel alone answers."""
    running = gateway.begin(f"attack-shown in-one read-name-on-input,{how} {SHOWN}/plain")

    def read(name):
        out, err = running.communicate(f"{name}\n".encode(), timeout=scaled(20))
        return Outcome.of(out.decode(), err.decode())

    try:
        assert running.stdout.readline() == b"waiting\n"
        yield read
    finally:
        running.kill()
        running.communicate()


def test_a_public_file_is_read(gateway):
    assert shown(gateway, "read", f"{SHOWN}/plain").text == OPEN_WORDS
    with in_the_view(gateway) as read:
        assert read(f"{SHOWN}/plain").text == OPEN_WORDS


def test_the_view_shows_nothing_else(gateway):
    """Else the attacks below would not be in it. What does not walk a tree is opened by the supervisor, on the host's names."""
    assert outside("read", "/etc/hostname").worked
    with in_the_view(gateway, "nofollow") as read:
        there = read("/etc/hostname")
        assert there.text == "No such file or directory", there.whole
    with in_the_view(gateway, "follow") as read:
        assert read("/etc/hostname").worked


NAMES = {
    "its own": f"{HIDDEN}/alone",
    "dots": f"{SHOWN}/../hidden/alone",
    "dots above the root": f"/../../../..{HIDDEN}/alone",
    "a link": f"{SHOWN}/link",
    "a relative link": f"{SHOWN}/relative-link",
    "a link to the folder": f"{SHOWN}/folder-link/alone",
}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_the_view_leads_to_a_secret(gateway, name):
    assert SECRET_WORDS in outside("read", NAMES[name]).text
    for how in ("nofollow", "follow"):
        with in_the_view(gateway, how) as read:
            there = read(NAMES[name])
            assert not there.worked, there.whole
    there = inside(gateway.call, "read", NAMES[name])
    assert not there.worked, there.whole


def test_a_hard_link_in_a_public_tree_is_public(gateway):
    """The policy says that there is no secret: else a library would be one as soon as root's profiler links to it."""
    assert shown(gateway, "read", f"{SHOWN}/hard-link").text == SECRET_WORDS


@pytest.mark.parametrize("when", ["before", "meanwhile"])
@pytest.mark.parametrize("kind", ["bind", "overlay"])
def test_a_mount_in_a_public_tree_leads_nowhere(gateway, when, kind):
    target = SHOWN / "mount-point"

    def mount():
        if kind == "bind":
            bind(HIDDEN, target)
        else:
            subprocess.run(["mount", "-n", "-t", "overlay", "-o", f"lowerdir={HIDDEN}:{SHOWN}", "none", target],
                check=True)

    try:
        if when == "before":
            mount()
        with in_the_view(gateway) as read:
            if when == "meanwhile":
                mount()
            assert SECRET_WORDS in outside("read", target / "alone").text
            there = read(target / "alone")
            assert not there.worked, there.whole
    finally:
        subprocess.run(["umount", "-n", "-l", target], check=True)


@pytest.mark.parametrize("call", ["open", "openat2", "openat2-directory"])
@pytest.mark.parametrize("folder, name", [
    (str(SHOWN.parent), "hidden/alone"), ("/", "media/hidden/alone"), ("/proc/self/root", "media/hidden/alone"),
    (f"{SHOWN}/..", "hidden/alone"), (f"{SHOWN}/folder-link", "alone"), (str(SHOWN), "../hidden/alone"),
    (f"{SHOWN}/mount-point", "../../hidden/alone")])
def test_no_folder_that_is_handed_over_leads_out_of_the_view(gateway, folder, name, call):
    assert SECRET_WORDS in outside("read-from-folder", folder, name, call).text
    there = shown(gateway, "read-from-folder", folder, name, call)
    assert not there.worked, there.whole
