"""Names that change while they are used, 100,000 times: what is judged is what is handed over."""

import contextlib
import os
import subprocess

import pytest

from attack_grounds import ATTACKS, PLACE
from attacking import fewer, inside, line_of, outside, scaled
from grounds import GROUNDS, bind

SWAPS = fewer(100_000)
KINDS = ["content", "stat", "statx", "place"]


@pytest.fixture(scope="module")
def inode():
    return os.stat(GROUNDS / "secret/alone").st_ino


@pytest.fixture
def swinging(tmp_path):
    """A folder in which an outsider makes its changes."""
    folder = PLACE / "swinging"
    folder.mkdir(exist_ok=True)
    yield folder
    for entry in folder.iterdir():
        entry.rmdir() if entry.is_dir() and not entry.is_symlink() else entry.unlink()


@contextlib.contextmanager
def outsider(*words, least=0):
    """Somebody with the right to change names, at work; at the end it must have done so `least` times."""
    process = subprocess.Popen([ATTACKS, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    try:
        yield process
        out, _ = process.communicate(timeout=scaled(30))
        assert out.startswith("ok: swaps="), out
        assert int(out.split("=")[1]) >= least, out
    finally:
        process.kill()
        process.wait()


def never_leaks(gateway, *words, outside_words=None):
    here = outside(*(outside_words or words)).numbers()
    assert here["leaks"] > 0, f"proves nothing: {here}"
    there = inside(gateway.call, *words, command="attack-long")
    assert there.worked, there.whole
    assert there.numbers()["leaks"] == 0 and there.numbers()["seen"] > 0, there.whole


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_a_thread_swaps_in_memory(gateway, inode, kind):
    words = ("race-in-memory", kind, PLACE / "decoy/alone", GROUNDS / "secret/alone", inode)
    never_leaks(gateway, *words, SWAPS, fewer(4000), outside_words=(*words, SWAPS, fewer(20_000)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_an_outsider_swaps(gateway, inode, swinging, kind):
    (swinging / "a").symlink_to(PLACE / "decoy/alone")
    (swinging / "b").symlink_to(GROUNDS / "secret/alone")
    with outsider("exchange", swinging / "a", swinging / "b", least=SWAPS):
        on_path(gateway, kind, swinging / "a", inode)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_link_that_an_outsider_swaps(gateway, inode, swinging, kind):
    (swinging / "a").symlink_to(PLACE / "decoy")
    (swinging / "b").symlink_to(GROUNDS / "secret")
    with outsider("exchange", swinging / "a", swinging / "b", least=SWAPS):
        on_path(gateway, kind, swinging / "a/alone", inode)


def on_path(gateway, kind, path, inode, inside=fewer(8000)):
    # Outside, a use takes a microsecond.
    words = ("race-on-path", kind, path, inode)
    never_leaks(gateway, *words, inside, outside_words=(*words, fewer(200_000)))


def test_a_mount_that_an_outsider_swaps(gateway, inode, kind="content"):
    """The numbers of mounts are given again: one may stand for another folder than a moment ago."""
    target = PLACE / "swinging-mount"
    target.mkdir(exist_ok=True)
    (target / "alone").write_text("below the mounts\n")
    with outsider("mount-in-turn", target, PLACE / "decoy", GROUNDS / "secret"):
        # A few of many thousand uses met one of these.
        on_path(gateway, kind, target / "alone", inode, fewer(40_000))


@pytest.mark.parametrize("tool", ["cat", "head -c 100", "wc -l"])
def test_real_tools_on_a_link_that_an_outsider_swaps(gateway, swinging, tool):
    (swinging / "a").symlink_to(PLACE / "decoy/alone")
    (swinging / "b").symlink_to(GROUNDS / "secret/alone")
    with outsider("exchange", swinging / "a", swinging / "b"):
        for _ in range(fewer(20)):
            result = gateway.call(f"{tool} " + " ".join([f"{swinging}/a"] * 20))
            assert "nobody-may-read" not in result.out + result.err
