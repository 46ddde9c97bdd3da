"""`keyhole policy format`: over the policy that ships and over files of its own."""

import os
import pathlib
import shutil
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
UGLY = """commands:
    show:
        deny: [ "show -x" ]   # why
        allow: ["show /etc/hosts" ,"show -n"]


        # what it runs
        exec:   /bin/cat
        about: print files
        options: { "-n, --number" : flag }
        operands: ["path*"]
secrets:
- {path: /etc/shadow*,reason: password hashes}
"""
NICE = """commands:
  show:
    # what it runs
    exec: /bin/cat
    about: print files
    options: {"-n, --number": flag}
    operands: ["path*"]
    allow: ["show /etc/hosts", "show -n"]
    deny: ["show -x"]   # why
secrets:
  - {path: /etc/shadow*, reason: password hashes}
"""


def keyhole(*words, **options):
    return subprocess.run(
        [str(REPOSITORY / "out/bin/keyhole"), "policy", *map(str, words)],
        **({"stdin": subprocess.DEVNULL} | options), capture_output=True, text=True, timeout=60)


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o755)
    return tmp_path


@pytest.fixture
def shipped(folder):
    copy = folder / "policy"
    shutil.copytree(REPOSITORY / "policy", copy)
    for path in [copy, *copy.rglob("*")]:
        os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


def write(folder, text, name="a.yaml", mode=0o644):
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_file_is_laid_out_and_named(folder):
    path = write(folder, UGLY)
    done = keyhole("format", path)
    assert (done.returncode, done.stdout) == (0, f"{path}\n"), done.stderr
    assert path.read_text() == NICE
    assert keyhole("check", "--policy", folder).returncode == 0


def test_a_file_in_order_is_not_touched(folder):
    path = write(folder, NICE)
    before = path.stat()
    done = keyhole("format", path)
    assert (done.returncode, done.stdout) == (0, "")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_lists_what_would_change_and_changes_nothing(folder):
    ugly, nice = write(folder, UGLY, "b.yaml"), write(folder, NICE, "c.yaml")
    done = keyhole("format", "--check", folder)
    assert (done.returncode, done.stdout) == (1, f"{ugly}\n") and "1 of 2 files would change" in done.stderr
    assert ugly.read_text() == UGLY and nice.read_text() == NICE
    assert keyhole("format", "--check", nice).returncode == 0


def test_stdout_prints_and_changes_nothing(folder):
    path = write(folder, UGLY)
    done = keyhole("format", "--stdout", path)
    assert (done.returncode, done.stdout, path.read_text()) == (0, NICE, UGLY)
    with open(path) as text:
        assert keyhole("format", "--stdout", "-", stdin=text).stdout == NICE


def test_owner_and_mode_stay_and_nothing_is_left_beside(folder):
    path = write(folder, UGLY, mode=0o640)
    os.chown(path, 0, 42)
    assert keyhole("format", path).returncode == 0
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (0, 42, 0o640)
    assert os.listdir(folder) == ["a.yaml"]


def test_a_file_that_cannot_be_laid_out_is_left_alone_and_the_line_named(folder):
    text = UGLY + "? odd\n: 1\n"
    path, other = write(folder, text), write(folder, UGLY, "b.yaml")
    done = keyhole("format", path, other)
    assert done.returncode == 2 and f"{path}:{text.count(chr(10)) - 1}:" in done.stderr and "hint: " in done.stderr
    assert path.read_text() == text and other.read_text() == NICE


@pytest.mark.parametrize("spoil", ["bad yaml", "not text", "link", "missing", "large"])
def test_what_is_no_policy_file_is_refused(folder, spoil):
    path = folder / "a.yaml"
    if spoil == "bad yaml":
        path.write_text("commands: [\n")
    elif spoil == "not text":
        path.write_bytes(b"a: \xff\n")
    elif spoil == "link":
        write(folder, UGLY, "b.yaml")
        path.symlink_to("b.yaml")
    elif spoil == "large":
        path.write_text("# " + "x" * (1 << 20) + "\n")
    done = keyhole("format", path)
    assert done.returncode == 2 and str(path) in done.stderr, done
    assert spoil != "link" or path.is_symlink()


def test_the_policy_that_ships_keeps_its_meaning(shipped):
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed: the unit tests compare with Yams")
    before = {path: yaml.load(path.read_text(), Loader=yaml.BaseLoader) for path in shipped.rglob("*.yaml")}
    said = keyhole("check", "--policy", shipped).stdout
    done = keyhole("format", shipped)
    assert done.returncode == 0, done.stderr
    assert {path: yaml.load(path.read_text(), Loader=yaml.BaseLoader) for path in shipped.rglob("*.yaml")} == before
    after = keyhole("check", "--policy", shipped)
    assert after.returncode == 0 and after.stdout.split(", digest")[0] == said.split(", digest")[0]
    assert keyhole("format", "--check", shipped).returncode == 0


def test_no_comment_of_the_policy_that_ships_is_lost(shipped):
    def comments():
        lines = [line for path in sorted(shipped.rglob("*.yaml")) for line in path.read_text().splitlines()]
        return sorted(line.strip() for line in lines if line.strip().startswith("#"))

    before = comments()
    assert keyhole("format", shipped).returncode == 0 and comments() == before and len(before) > 50


def test_a_full_disk_leaves_the_file_as_it_is(folder):
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk], check=True)
    try:
        path = write(disk, UGLY)
        with open(disk / "filler", "wb", buffering=0) as filler:
            with pytest.raises(OSError):
                while True:
                    filler.write(b"x" * 4096)
        done = keyhole("format", path)
        assert done.returncode == 2 and "was left as it is" in done.stderr
        assert path.read_text() == UGLY and sorted(os.listdir(disk)) == ["a.yaml", "filler"]
    finally:
        subprocess.run(["umount", "-n", disk], check=True)


def test_words_that_contradict_are_errors(folder):
    path = write(folder, UGLY)
    for words in (["--check", "--stdout", path], ["--stdout", path, path], ["-"]):
        assert keyhole("format", *words).returncode == 64
    assert path.read_text() == UGLY
