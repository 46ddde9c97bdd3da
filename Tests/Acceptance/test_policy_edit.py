"""`keyhole policy edit`, driven as an administrator drives it: an editor, a terminal or a pipe, and signals."""

import contextlib
import glob
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from private_gateway import processes

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = """commands:
  show:
    exec: /bin/cat
    about: print files
    operands: ["path*"]
    allow: [show /etc/hosts]
    deny: [show -x]
"""
SECRETS = "secrets:\n  - {path: /etc/shadow*, reason: password hashes}\n"
MORE = SECRETS + "  - {path: /etc/gshadow*, reason: password hashes}\n"
BROKEN = SECRETS + "  - {path: relative, reason: wrong}\n"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class Desk:
    """A policy of its own and editors for it, none of them watched by a broker."""

    def __init__(self, folder):
        folder.chmod(0o755)
        self.folder = folder
        self.policy = folder / "policy"
        self.policy.mkdir(mode=0o755)
        self.file = self.write("secrets.yaml", SECRETS)
        self.write("commands.yaml", COMMANDS)
        self.nowhere = folder / "broker.yaml"
        self.nowhere.write_text(json.dumps({"socket": str(folder / "run/broker.sock")}))

    def write(self, name, text, mode=0o644):
        path = self.policy / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def editor(self, script, name="editor"):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        return str(path)

    def writing(self, *texts):
        """An editor that writes the texts, one with each start."""
        for number, text in enumerate(texts):
            (self.folder / f"text{number}").write_text(text)
        (self.folder / "turn").write_text("0")
        return self.editor(
            f'n=$(cat {self.folder}/turn); cat {self.folder}/text$n > "$1"; echo $((n + 1)) > {self.folder}/turn\n')

    def command(self, *words):
        return [str(REPOSITORY / "out/bin/keyhole"), "policy", "edit", *map(str, words), "--policy", str(self.policy),
                "--config", str(self.nowhere)]

    def environment(self, editor, **more):
        plain = {name: value for name, value in os.environ.items() if name not in ("VISUAL", "EDITOR")}
        return plain | ({"EDITOR": editor} if editor else {}) | more

    def edit(self, *words, editor=None, answers="", before=(), **more):
        return subprocess.run(
            [*before, *self.command(*words)], input=answers, capture_output=True, text=True, timeout=60,
            env=self.environment(editor, **more))

    def names(self):
        return sorted(os.listdir(self.policy))


@pytest.fixture
def desk(tmp_path):
    before = leftovers()
    yield Desk(tmp_path)
    assert leftovers() == before, "something is left in /tmp"


def leftovers():
    return sorted(glob.glob("/tmp/keyhole-edit-*"))


def test_a_good_change_is_shown_installed_and_the_old_version_kept(desk):
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\n")
    assert done.returncode == 0, done.stderr
    assert "+3:   - {path: /etc/gshadow*" in done.stdout and "1 line added, 0 removed" in done.stdout
    assert f"- secrets: /etc/gshadow* becomes secret: password hashes  ({desk.file}:3:12)" in done.stdout
    assert "/tmp/keyhole-edit" not in done.stdout + done.stderr
    assert "no broker runs" in done.stdout
    assert desk.file.read_text() == MORE
    assert desk.names() == [".secrets.yaml.previous", "commands.yaml", "secrets.yaml"]
    assert (desk.policy / ".secrets.yaml.previous").read_text() == SECRETS


def test_owner_group_and_mode_stay(desk):
    desk.file.chmod(0o640)
    os.chown(desk.file, 0, 42)
    assert desk.edit("secrets", editor=desk.writing(MORE), answers="i\nk\n").returncode == 0
    status = desk.file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (0, 42, 0o640)


def test_an_error_anywhere_in_the_policy_keeps_the_change_out(desk):
    # The file is sound by itself: its command is one that another file has.
    done = desk.edit("more.yaml", editor=desk.writing(COMMANDS), answers="d\n")
    assert done.returncode == 1 and "command `show` stands twice" in done.stderr
    assert f"{desk.policy}/" in done.stderr and "/tmp/keyhole-edit" not in done.stdout + done.stderr
    assert "(i)nstall" not in done.stdout and not (desk.policy / "more.yaml").exists()


def test_after_an_error_one_may_edit_again(desk):
    done = desk.edit("secrets.yaml", editor=desk.writing(BROKEN, MORE), answers="q\ni\ne\ni\n")
    assert done.returncode == 0, done.stderr
    assert f"{desk.file}:3:12: error: " in done.stderr and "    ^\n" in done.stderr
    # Neither q nor i is an answer while it is broken.
    assert done.stdout.count("answer with e, d") == 2 and desk.file.read_text() == MORE


def test_a_discarded_change_leaves_everything_as_it_was(desk):
    before = desk.file.stat()
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="d\n")
    assert done.returncode == 1 and "discarded" in done.stdout
    assert desk.file.stat().st_ino == before.st_ino and desk.names() == ["commands.yaml", "secrets.yaml"]


def test_no_change_needs_no_answer(desk):
    done = desk.edit("secrets.yaml", editor=desk.editor("exit 0\n"))
    assert done.returncode == 0 and "is unchanged" in done.stdout and desk.names() == ["commands.yaml", "secrets.yaml"]


def test_input_that_ends_installs_nothing(desk):
    for answers in ("", "e\n", "x\n"):
        done = desk.edit("secrets.yaml", editor=desk.writing(MORE, MORE, MORE), answers=answers)
        assert done.returncode == 1 and "standard input ended" in done.stderr and desk.file.read_text() == SECRETS


def test_an_empty_file_is_taken_for_an_accident(desk):
    done = desk.edit("secrets.yaml", editor=desk.writing("", MORE), answers="e\ni\n")
    assert done.returncode == 0 and "is empty now" in done.stderr and desk.file.read_text() == MORE


def test_a_new_file_may_be_made_and_taken_back(desk):
    new = "roles:\n  viewer: {about: looks, commands: [show]}\n"
    done = desk.edit("roles.yaml", editor=desk.writing(new), answers="i\n")
    path = desk.policy / "roles.yaml"
    assert done.returncode == 0 and "is new" in done.stdout and path.read_text() == new
    assert path.stat().st_mode & 0o777 == 0o644 and path.stat().st_uid == 0
    assert desk.names() == ["commands.yaml", "roles.yaml", "secrets.yaml"]


def test_what_is_installed_is_what_was_checked(desk):
    """The digest that is shown before is the one that the policy has afterwards."""
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\n")
    check = subprocess.run(
        [REPOSITORY / "out/bin/keyhole", "policy", "check", "--policy", desk.policy], capture_output=True, text=True)
    shown = re.search(r"new: .*, digest ([0-9a-f]{16})\n", done.stdout)[1]
    assert shown == re.search(r"digest (\w{16})", check.stdout)[1]


# Going back.


def test_revert_goes_back_and_forth(desk):
    desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\n")
    done = desk.edit("secrets.yaml", "--revert", answers="r\n")
    assert done.returncode == 0 and "0 lines added, 1 removed" not in done.stderr and desk.file.read_text() == SECRETS
    assert desk.edit("--revert", answers="r\n").returncode == 0 and desk.file.read_text() == MORE


def test_revert_may_be_declined_and_wants_an_earlier_version(desk):
    assert "no earlier version" in desk.edit("--revert", "secrets.yaml").stderr
    done = desk.edit("--revert")
    assert done.returncode == 1 and "no earlier version of any file" in done.stderr
    desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\n")
    assert desk.edit("--revert", answers="d\n").returncode == 1 and desk.file.read_text() == MORE


def test_revert_to_what_no_longer_loads_is_refused(desk):
    desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\n")
    (desk.policy / ".secrets.yaml.previous").write_text(BROKEN)
    done = desk.edit("--revert", answers="r\n")
    assert done.returncode == 1 and "does not load" in done.stderr and desk.file.read_text() == MORE


# Which file.


def test_without_a_name_the_files_are_listed_and_the_latest_is_the_default(desk):
    os.utime(desk.file)
    done = desk.edit(editor=desk.writing(MORE), answers="\ni\n")
    assert done.returncode == 0
    assert re.search(r"1  commands.yaml\n +2  secrets.yaml  \(changed last\)", done.stdout)
    assert desk.file.read_text() == MORE
    by_number = desk.edit(editor=desk.writing(COMMANDS + "# end\n"), answers="7\n1\ni\n")
    assert by_number.returncode == 0 and "there is no file 7" in by_number.stdout
    assert (desk.policy / "commands.yaml").read_text().endswith("# end\n")
    assert desk.edit(editor=desk.writing(MORE), answers="q\n").returncode == 0


@pytest.mark.parametrize("name", [
    "../secrets.yaml", "/etc/passwd", ".hidden.yaml", "a/../secrets.yaml", "nodir/a.yaml", "", "a//b",
    "./secrets.yaml"])
def test_names_that_lead_elsewhere_are_refused(desk, name):
    done = desk.edit(name, editor=desk.writing(MORE), answers="i\n")
    assert done.returncode == 1 and "hint: " in done.stderr and desk.names() == ["commands.yaml", "secrets.yaml"]


def test_a_file_may_be_named_by_its_whole_path(desk):
    assert desk.edit(desk.file, editor=desk.writing(MORE), answers="i\n").returncode == 0
    assert desk.file.read_text() == MORE


def test_a_link_is_not_edited(desk):
    (desk.policy / "link.yaml").symlink_to("/etc/passwd")
    done = desk.edit("link.yaml", editor=desk.writing(MORE), answers="i\n")
    assert done.returncode == 1 and "no regular file" in done.stderr and (desk.policy / "link.yaml").is_symlink()


# The editor.


def test_the_editor_gets_a_private_copy_with_the_files_name(desk):
    seen = desk.folder / "seen"
    script = f'stat -c "%a %u %n" "$1" "$(dirname "$1")" "$(dirname "$(dirname "$1")")" > {seen}\n'
    desk.edit("secrets.yaml", editor=desk.editor(script))
    lines = seen.read_text().splitlines()
    assert lines[0].startswith("600 0 ") and lines[0].endswith("/edit/secrets.yaml")
    assert lines[1].startswith("700 0 ") and lines[2].startswith("700 0 /tmp/keyhole-edit-")


def test_visual_comes_before_editor_and_words_are_split_without_a_shell(desk):
    seen = desk.folder / "seen"
    visual = desk.editor(f'printf "%s\\n" "$@" > {seen}\n', "visual")
    done = desk.edit("secrets.yaml", editor="/bin/false", VISUAL=f"{visual} -a 'b c' \"$HOME\" d\\ e ;x")
    assert done.returncode == 0, done.stderr
    assert seen.read_text().splitlines()[:-1] == ["-a", "b c", "$HOME", "d e", ";x"]


@pytest.mark.parametrize("editor, word", [
    ("vi -- /etc/passwd", "`--`"), ("/no/such/editor", "no program"), ("editor-of-nobody", "no program"),
    ("bin/vi", "no program"), ("'vi", "quote"), ("'' x", "names no program"), ("/bin/true;touch", "no program"),
    ("$(touch x)", "no program")])
def test_an_editor_that_is_none_is_named(desk, editor, word):
    done = desk.edit("secrets.yaml", editor=editor, answers="i\n")
    assert done.returncode == 1 and word in done.stderr and "hint: " in done.stderr, done


@pytest.mark.parametrize("spoil", ["writable", "somebody else's", "in a writable directory"])
def test_an_editor_that_others_could_change_is_not_run_as_root(desk, spoil):
    folder = desk.folder / "tools"
    folder.mkdir()
    folder.chmod(0o777 if spoil == "in a writable directory" else 0o755)
    path = pathlib.Path(desk.editor(f"touch {desk.folder}/ran\n", "tools/editor"))
    if spoil == "writable":
        path.chmod(0o775)
    elif spoil == "somebody else's":
        os.chown(path, 65534, 65534)
    done = desk.edit("secrets.yaml", editor=str(path))
    assert done.returncode == 1 and "changed by others" in done.stderr and not (desk.folder / "ran").exists()


def test_a_relative_directory_of_path_is_not_searched(desk):
    desk.editor(f"touch {desk.folder}/ran\n", "myeditor")
    done = subprocess.run(
        desk.command("secrets.yaml"), input="", capture_output=True, text=True, cwd=desk.folder,
        env=desk.environment("myeditor", PATH=".::/usr/bin"))
    assert done.returncode == 1 and "no program" in done.stderr and not (desk.folder / "ran").exists()


@pytest.mark.parametrize("script, word", [("exit 3\n", "status 3"), ("kill -9 $$\n", "signal 9")])
def test_an_editor_that_fails_changes_nothing(desk, script, word):
    done = desk.edit("secrets.yaml", editor=desk.editor(f'echo "# x" >> "$1"\n{script}'), answers="i\n")
    assert done.returncode == 1 and word in done.stderr and desk.file.read_text() == SECRETS
    assert desk.names() == ["commands.yaml", "secrets.yaml"]


def test_an_editor_that_leaves_files_behind_leaves_none_in_tmp(desk):
    script = (
        'd=$(dirname "$1"); touch "$d/.x.swp" "$d/x~"; mkdir -p "$d/deep/er"; ln -s /etc "$d/etc"\n'
        'touch "$d/$(printf "\\377")"\n')
    assert desk.edit("secrets.yaml", editor=desk.editor(script)).returncode == 0 and os.path.isdir("/etc")


def test_an_editor_that_puts_a_link_in_the_files_place_is_not_followed(desk):
    done = desk.edit("secrets.yaml", editor=desk.editor('rm "$1"; ln -s /etc/shadow "$1"\n'), answers="i\n")
    assert done.returncode == 1 and desk.file.read_text() == SECRETS and "root:" not in done.stdout


# Others at the same time.


def waiting_editor(desk):
    return desk.editor(
        f'touch {desk.folder}/open; while [ -e {desk.folder}/open ]; do sleep 0.05; done\n'
        f'cat {desk.folder}/text0 > "$1"\n')


def begin(desk, *words, editor, **options):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(desk.command(*words), env=desk.environment(editor), **(pipes | options))


def test_the_second_to_edit_is_told_who_is_first(desk):
    (desk.folder / "text0").write_text(MORE)
    first = begin(desk, "secrets.yaml", editor=waiting_editor(desk))
    assert processes.eventually((desk.folder / "open").exists)
    second = desk.edit("commands.yaml", editor=desk.writing(COMMANDS))
    assert second.returncode == 75
    assert re.search(rf"process {first.pid} since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", second.stderr)
    (desk.folder / "text0").write_text(MORE)
    (desk.folder / "open").unlink()
    out, err = first.communicate("i\n", timeout=20)
    assert first.returncode == 0, err
    assert ".keyhole-edit.lock" not in desk.names()
    assert desk.edit("secrets.yaml", editor=desk.editor("exit 0\n")).returncode == 0


def test_a_lock_that_a_killed_edit_left_behind_locks_nobody_out(desk):
    (desk.folder / "text0").write_text(MORE)
    first = begin(desk, "secrets.yaml", editor=waiting_editor(desk))
    assert processes.eventually((desk.folder / "open").exists)
    first.kill()
    # The editor has the pipes still.
    (desk.folder / "open").unlink()
    first.communicate()
    assert ".keyhole-edit.lock" in desk.names() and desk.file.read_text() == SECRETS
    assert desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\n").returncode == 0
    # What SIGKILL leaves in /tmp is private: nobody can have cleaned it up.
    for left in leftovers():
        assert os.stat(left).st_mode & 0o777 == 0o700
        subprocess.run(["rm", "-r", left], check=True)


@pytest.mark.parametrize("answer, installed", [("o", True), ("d", False)])
def test_a_change_by_somebody_else_is_not_overwritten_unasked(desk, answer, installed):
    theirs = SECRETS + "# theirs\n"
    (desk.folder / "text0").write_text(MORE)
    (desk.folder / "theirs").write_text(theirs)
    script = f'cp {desk.folder}/theirs {desk.file}; cat {desk.folder}/text0 > "$1"\n'
    done = desk.edit("secrets.yaml", editor=desk.editor(script), answers=f"i\n{answer}\n")
    # i is no answer then.
    assert "was changed by somebody else" in done.stdout and "answer with o, e, d" in done.stdout
    assert "-3: # theirs" in done.stdout
    assert desk.file.read_text() == (MORE if installed else theirs)
    if installed:
        assert (desk.policy / ".secrets.yaml.previous").read_text() == theirs


def test_a_change_to_another_file_meanwhile_is_checked_again(desk):
    """While the question is open, another file takes away what this one needs."""
    process = begin(desk, "roles.yaml", editor=desk.writing("roles:\n  r: {about: x, commands: [show]}\n"))
    said = ""
    while "(i)nstall" not in said:
        said += process.stdout.read(1)
    desk.write("commands.yaml", COMMANDS.replace("show", "other"))
    out, err = process.communicate("i\nd\n", timeout=20)
    assert "changed by somebody else meanwhile: commands.yaml; checked again" in out
    assert "there is no command `show`" in err
    assert process.returncode == 1 and not (desk.policy / "roles.yaml").exists()


# Interrupts.


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_the_editor_runs_ends_both_and_changes_nothing(desk, number, status):
    pid = desk.folder / "pid"
    process = begin(
        desk, "secrets.yaml", editor=desk.editor(f'echo "# x" >> "$1"; echo $$ > {pid}; exec sleep 1000\n'))
    assert processes.eventually(lambda: pid.exists() and pid.read_text().strip())
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == status and desk.file.read_text() == SECRETS
    assert not os.path.exists(f"/proc/{pid.read_text().strip()}")
    assert desk.names() == ["commands.yaml", "secrets.yaml"]


@pytest.mark.parametrize("number, status", [
    (signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)])
def test_a_signal_at_a_question_changes_nothing(desk, number, status):
    process = begin(desk, "secrets.yaml", editor=desk.writing(MORE))
    said = ""
    while "(i)nstall" not in said:
        said += process.stdout.read(1)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == status and "nothing was changed" in err and desk.file.read_text() == SECRETS
    assert desk.names() == ["commands.yaml", "secrets.yaml"]


class Terminal:
    """The command in a terminal of its own, as a shell would start it."""

    def __init__(self, command, environment):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        self.said = ""

    def until(self, text, seconds=20):
        end = time.monotonic() + seconds * processes.SCALE
        while text not in self.said:
            assert time.monotonic() < end, self.said
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self.master, 4096).decode("utf-8", "replace")
                except OSError:
                    break
        return self.said

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self, seconds=20):
        """The exit status; a conversation that goes on fails the test."""
        end = time.monotonic() + seconds * processes.SCALE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if select.select([self.master], [], [], 0.05)[0]:
                    self.said += os.read(self.master, 4096).decode("utf-8", "replace")
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"it still runs:\n{self.said}")


def test_in_a_terminal_an_edit_is_a_conversation(desk):
    terminal = Terminal(desk.command("secrets.yaml"), desk.environment(desk.writing(BROKEN, MORE)))
    terminal.until("(d)iscard: ")
    terminal.type("e\n")
    terminal.until("(i)nstall")
    terminal.type("I\n")
    terminal.until("(r)evert")
    terminal.type("k\n")
    assert terminal.end() == 0 and desk.file.read_text() == MORE and "installed" in terminal.said


def test_a_real_editor_edits_in_the_terminal(desk):
    """vi if the host has one: the editor has the terminal to itself, also for ^C."""
    known = ("/usr/bin/vim.tiny", "/usr/bin/vim.basic", "/usr/bin/nvi", "/usr/bin/vi")
    vi = next(filter(os.path.exists, known), None)
    if vi is None:
        pytest.skip("no vi is installed: apt-get install vim-tiny")
    terminal = Terminal(desk.command("secrets.yaml"), desk.environment(vi, TERM="vt100"))
    terminal.until("shadow")
    time.sleep(0.5)
    terminal.type("\x03")
    # An interrupt drops what was typed ahead.
    time.sleep(0.5)
    # Read from a file: some indent by themselves what is typed.
    (desk.folder / "line").write_text(MORE.splitlines()[2] + "\n")
    terminal.type(f":$r {desk.folder}/line\r:wq\r")
    terminal.until("(i)nstall")
    terminal.type("i\nk\n")
    assert terminal.end() == 0 and desk.file.read_text() == MORE


def test_control_c_in_the_terminal_is_the_editors_and_at_a_question_ends_the_edit(desk):
    script = (
        f'trap "echo caught > {desk.folder}/caught; exit 0" INT; cat {desk.folder}/text0 > "$1"\n'
        f"touch {desk.folder}/open; while :; do sleep 0.05; done\n")
    (desk.folder / "text0").write_text(MORE)
    terminal = Terminal(desk.command("secrets.yaml"), desk.environment(desk.editor(script)))
    assert processes.eventually((desk.folder / "open").exists)
    time.sleep(0.2)
    terminal.type("\x03")
    terminal.until("(i)nstall")
    assert (desk.folder / "caught").exists()
    terminal.type("\x03")
    assert terminal.end() == 130 and desk.file.read_text() == SECRETS


@pytest.mark.parametrize("when", ["editing", "asking"])
def test_a_lost_terminal_changes_nothing(desk, when):
    editor = desk.writing(MORE) if when == "asking" else desk.editor(f"touch {desk.folder}/open; exec sleep 1000\n")
    terminal = Terminal(desk.command("secrets.yaml"), desk.environment(editor))
    if when == "asking":
        terminal.until("(i)nstall")
    else:
        assert processes.eventually((desk.folder / "open").exists)
    os.close(terminal.master)
    _, status = os.waitpid(terminal.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 129 and desk.file.read_text() == SECRETS
    assert desk.names() == ["commands.yaml", "secrets.yaml"]


# What the host lacks.


def test_a_full_disk_leaves_the_installed_file(desk):
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", desk.policy], check=True)
    try:
        desk.write("secrets.yaml", SECRETS)
        desk.write("commands.yaml", COMMANDS)
        large = MORE + "# a comment that takes room\n" * 500
        filler = f'dd if=/dev/zero of={desk.policy}/.filler bs=4k 2>/dev/null; cat {desk.folder}/large > "$1"; exit 0\n'
        (desk.folder / "large").write_text(large)
        done = desk.edit("secrets.yaml", editor=desk.editor(filler), answers="i\n")
        assert done.returncode == 1 and "was left as it is" in done.stderr and "hint: " in done.stderr, done
        assert desk.file.read_text() == SECRETS and desk.names() == [".filler", "commands.yaml", "secrets.yaml"]
    finally:
        subprocess.run(["umount", "-n", desk.policy], check=True)


def test_who_may_not_change_the_policy_is_told_so(desk):
    done = subprocess.run(
        [*NOBODY, *desk.command("secrets.yaml")], input="", capture_output=True, text=True,
        env=desk.environment("/bin/true"))
    assert done.returncode == 77 and "not yours to change" in done.stderr and "hint: sudo" in done.stderr


def test_a_policy_that_is_not_there_is_an_error(desk):
    command = desk.command("x.yaml")
    command[command.index("--policy") + 1] = str(desk.folder / "nothing")
    done = subprocess.run(command, input="", capture_output=True, text=True, env=desk.environment("/bin/true"))
    assert done.returncode == 1 and "nothing" in done.stderr and "hint: " in done.stderr


def test_files_that_others_could_write_are_found_before_anything_is_installed(desk):
    desk.write("commands.yaml", COMMANDS, mode=0o666)
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="d\n")
    assert done.returncode == 1 and f"{desk.policy}/commands.yaml: error: writable by others" in done.stderr


def test_only_warnings_that_are_new_are_shown(desk):
    absent = COMMANDS.replace("show", "absent").replace("/bin/cat", "/usr/bin/no-such-program")
    desk.write("absent.yaml", absent)
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="d\n")
    assert "no-such-program" not in done.stderr and "1 warning as before" in done.stdout
    again = absent.replace("absent", "missing").replace("no-such", "another-such")
    done = desk.edit("missing.yaml", editor=desk.writing(again), answers="d\n")
    assert "another-such-program" in done.stderr and "no-such-program" not in done.stderr


def test_what_a_change_means_is_said_before_it_is_installed(desk):
    desk.write("secrets.yaml", MORE)
    done = desk.edit("secrets.yaml", editor=desk.writing(SECRETS), answers="d\n")
    assert "!! SECRETS REMOVED" in done.stdout and "/etc/gshadow* is no secret any more" in done.stdout


def test_a_policy_that_did_not_load_may_be_mended(desk):
    desk.write("secrets.yaml", BROKEN)
    done = desk.edit("secrets.yaml", editor=desk.writing(SECRETS), answers="i\n")
    assert done.returncode == 0 and "did not load before" in done.stdout and desk.file.read_text() == SECRETS


def test_control_characters_of_a_file_do_not_reach_the_terminal(desk):
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE + "# \x1b[31mred\n"), answers="d\n")
    assert "\x1b" not in done.stdout + done.stderr


# With a broker.


@pytest.fixture
def served(gateway):
    """Edits the private gateway's own policy."""
    folder = pathlib.Path(gateway.layout.root) / "desk"
    subprocess.run(["rm", "-rf", folder], check=True)
    folder.mkdir()
    desk = Desk(folder)
    desk.policy = gateway.layout.policy
    desk.nowhere = gateway.broker.configuration
    yield desk
    for path in gateway.layout.policy.glob("*zz-edit*"):
        path.unlink()
    for path in gateway.layout.policy.glob(".*zz-edit*"):
        path.unlink()
    gateway.broker.restart()


FRESH = "commands:\n  fresh: {exec: /usr/bin/true, about: new, operands: none, allow: [fresh], deny: [fresh x]}\n"


def test_an_edit_is_in_force_when_it_ends(served, gateway, recorded):
    assert gateway.call("fresh").status == 127
    done = served.edit("zz-edit.yaml", editor=served.writing(FRESH), answers="i\nk\n")
    assert done.returncode == 0, done.stderr
    assert re.search(r"policy \w{16} -> \w{16}\n", done.stdout) and "(1 new)" in done.stdout
    assert gateway.call("fresh").status == 0
    (record,) = recorded("policy-load")
    assert record.fields["by"] == "control" and record.policy in done.stdout


def test_an_edit_may_be_taken_back_at_once(served, gateway):
    done = served.edit("zz-edit.yaml", editor=served.writing(FRESH), answers="i\nr\n")
    assert done.returncode == 1 and "is as it was before" in done.stdout
    assert not (served.policy / "zz-edit.yaml").exists() and gateway.call("fresh").status == 127


def test_who_goes_away_after_the_installation_keeps_it(served, gateway):
    assert served.edit("zz-edit.yaml", editor=served.writing(FRESH), answers="i\n").returncode == 0
    assert gateway.call("fresh").status == 0


def test_when_the_broker_refuses_one_may_go_back(served, gateway):
    """Another's broken file appears between the installation and the reload, which no check can see."""
    broken = served.policy / "zz-edit-other.yaml"
    # The answer comes only after the other file is there: the question is asked before it.
    process = begin(served, "zz-edit.yaml", editor=served.writing(FRESH))
    said = ""
    while "(i)nstall" not in said:
        said += process.stdout.read(1)
    stopper = subprocess.Popen(
        ["/usr/bin/python3", "-c", (
            "import os, time\n"
            f"while not os.path.exists({str(served.policy / 'zz-edit.yaml')!r}): pass\n"
            f"open({str(broken)!r}, 'w').write('commands: [')\n")])
    os.kill(gateway.broker.process.pid, signal.SIGSTOP)
    try:
        process.stdin.write("i\n")
        process.stdin.flush()
        assert stopper.wait(20) == 0
    finally:
        os.kill(gateway.broker.process.pid, signal.SIGCONT)
    broken.chmod(0o644)
    said = ""
    while "(r)evert" not in said:
        said += process.stdout.read(1)
    assert "the broker does not take it" in said
    broken.unlink()
    out, err = process.communicate("r\n", timeout=20)
    assert process.returncode == 1 and "stays in force" in err and "is as it was before" in out
    assert not (served.policy / "zz-edit.yaml").exists() and gateway.call("fresh").status == 127


def test_a_broker_with_another_policy_is_left_alone(desk, gateway, recorded):
    desk.nowhere = gateway.broker.configuration
    done = desk.edit("secrets.yaml", editor=desk.writing(MORE), answers="i\nk\n")
    assert done.returncode == 0 and f"uses {gateway.layout.policy}" in done.stdout
    assert not recorded("policy-load", count=0)


def test_no_reload_leaves_the_broker_alone(served, gateway):
    done = served.edit("zz-edit.yaml", "--no-reload", editor=served.writing(FRESH), answers="i\n")
    assert done.returncode == 0 and gateway.call("fresh").status == 127
