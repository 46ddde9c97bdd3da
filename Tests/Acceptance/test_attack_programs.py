"""Ways to run another program than the one that the policy started, and to bend the one that runs."""

import os
import shutil
import subprocess

import pytest

from attack_grounds import ATTACKS, PLACE
from attacking import ATTACKER, inside, line_of, outside, refused
from grounds import GROUNDS, SECRET_WORDS
from probe_programs import place_library

WAYS = ["execve", "execveat", "execveat-in-folder", "execveat-launchers-number", "execute-memory",
        "execute-through-loader",
        "execute-scratch"]
SECRET = str(GROUNDS / "secret/alone")


@pytest.fixture(scope="module")
def script(session_gateway):
    path = PLACE / "script"
    path.write_text("#!/bin/true\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("program", ["/bin/true", str(ATTACKS)], ids=["another", "itself"])
def test_no_program_can_be_started(call, way, program):
    # The loader loads dynamic programs; the attacks are static.
    if way == "execute-through-loader" and program == str(ATTACKS):
        program = "/bin/echo"
    before = ["prlimit", "--nofile=8192:8192"] if way == "execveat-launchers-number" else []
    refused(call, way, program, "fill" if program == str(ATTACKS) else "x", before=before, root=bool(before))


@pytest.mark.parametrize("way", ["execve", "execveat"])
def test_no_script_can_be_started(call, script, way):
    refused(call, way, script)


@pytest.mark.parametrize("way", ["execute-memory", "execute-scratch"])
def test_no_copy_runs_for_a_command_with_temporary_files(call, way):
    refused(call, way, "/bin/true", command="attack-scratch")


@pytest.mark.parametrize("way", WAYS)
def test_a_command_with_other_programs_starts_no_other(call, script, way):
    """Through the loader it can run what it can read: under its own filter, see docs/sandbox.md."""
    if way == "execute-through-loader":
        there = inside(call, way, "/bin/cat", SECRET, command="attack-programs")
        assert not there.worked and SECRET_WORDS not in there.whole
        return
    before = ["prlimit", "--nofile=8192:8192"] if way == "execveat-launchers-number" else []
    refused(call, way, "/bin/echo", "x", command="attack-programs", before=before, root=bool(before))


@pytest.mark.parametrize("way", ["execve"])
def test_a_command_with_other_programs_starts_those(call, way):
    assert inside(call, way, "/bin/true", command="attack-programs").worked


def test_a_script_whose_interpreter_is_not_listed_does_not_run(call):
    path = PLACE / "other-script"
    path.write_text("#!/bin/echo\n")
    path.chmod(0o755)
    refused(call, "execve", path, command="attack-programs")


def test_a_program_with_rights_gives_none(call):
    """A copy of a shell that is root's and setuid: outside of /run it would be one."""
    folder = PLACE / "with-rights"
    folder.mkdir()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "suid,exec", "with-rights", folder], check=True)
    try:
        shutil.copyfile("/usr/bin/id", folder / "id")
        (folder / "id").chmod(0o4755)
        done = subprocess.run(["setpriv", f"--reuid={ATTACKER}", "--clear-groups", folder / "id", "-u"],
            capture_output=True)
        assert done.stdout == b"0\n"
        assert not inside(call, "execve", folder / "id", "-u").worked
        assert not inside(call, "execve", folder / "id", "-u", command="attack-programs").worked
    finally:
        subprocess.run(["umount", "-n", "-l", folder], check=True)


def test_temporary_files_are_bounded(call):
    assert outside("keep-scratch", 64 << 20).worked
    there = inside(call, "keep-scratch", 64 << 20, command="attack-scratch")
    assert not there.worked
    assert not inside(call, "keep-scratch", 1).worked


# LD_PRELOAD and friends.

VARIABLES = ["LD_PRELOAD", "LD_AUDIT"]


@pytest.fixture(scope="module")
def library(session_gateway):
    path = PLACE / "preload.so"
    place_library("preload", path)
    return path


@pytest.mark.parametrize("variable", VARIABLES)
def test_no_library_is_loaded_by_the_environment(call, library, variable):
    done = subprocess.run(["cat", "/etc/hostname"], env=os.environ | {variable: str(library)}, capture_output=True)
    assert b"loaded" in done.stdout
    for line in ("cat /etc/hostname", "ls -l /etc/hostname | cat"):
        result = call(line, environment={variable: str(library)}, shared=False)
        assert result.status == 0 and "loaded" not in result.out
    for line in (f"{variable}={library} cat /etc/hostname", f"env {variable}={library} cat /etc/hostname",
                 f"export {variable}={library}; cat /etc/hostname"):
        result = call(line)
        assert result.status in (126, 127) and "loaded" not in result.out


@pytest.mark.parametrize("variable", ["LD_LIBRARY_PATH", "LD_DEBUG", "GCONV_PATH", "LOCPATH", "BASH_ENV", "ENV",
                                      "PATH", "TZ", "LC_ALL",
                                      "GLIBC_TUNABLES", "MALLOC_TRACE", "PERL5LIB", "PYTHONPATH", "LESSOPEN", "PAGER",
                                          "TMPDIR"])
def test_no_variable_of_the_caller_reaches_the_command(call, variable):
    lines = call("probe uid", environment={variable: "/run/grounds/writable"}, shared=False).out.splitlines()
    names = {line[4:].split("=", 1)[0] for line in lines if line.startswith("env ")}
    assert names == {"PATH", "LC_ALL"} and not any("writable" in line for line in lines)


def test_no_library_is_loaded_from_the_working_folder(call, library):
    for name in ("libc.so.6", "libselinux.so.1", "libacl.so.1"):
        shutil.copyfile(library, GROUNDS / "writable" / name)
    assert "loaded" not in call(f"cd {GROUNDS}/writable && ls -l /etc/hostname && cat /etc/hostname").out


def test_the_file_that_preloads_cannot_be_made(call):
    assert not inside(call, "open-to-write", "/etc/ld.so.preload").worked
    assert not inside(call, "open-to-write", "/etc/ld.so.cache").worked
    assert outside("open-to-write", "/etc/ld.so.cache", root=True).worked
