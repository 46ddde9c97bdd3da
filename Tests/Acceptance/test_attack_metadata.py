"""What a command can learn of a secret file without reading it: nothing, not even that it is there."""

import subprocess

import pytest

from attack_grounds import PLACE
from attacking import inside, outside, refused
from grounds import GROUNDS, bind

DENIED = "Permission denied"

# A call that no command has says so, whatever it is asked.
MISSING_CALL = "Function not implemented"
AT_CALLS = ["newfstatat", "newfstatat-link", "newfstatat-empty-path", "newfstatat-no-automount", "statx", "statx-link",
            "statx-empty-path", "statx-nothing", "faccessat", "faccessat2", "faccessat2-empty-path",
                "name_to_handle_at",
            "name_to_handle_at-empty-path", "o-path", "o-path-link", "o-path-fstatfs", "o-path-empty-stat"]
PATH_CALLS = ["stat", "lstat", "access", "access-read", "getxattr", "lgetxattr", "listxattr", "llistxattr", "statfs",
              "watch",
              "watch-link"]
CALLS = AT_CALLS + PATH_CALLS
LINK_CALLS = ["readlink", "readlinkat", "o-path-empty-readlink"]
FOLDER_CALLS = ["chdir"]


def nothing_is_learned(call, attack, question, *words, root=False):
    there = refused(call, attack, question, *words, root=root)
    assert there.text == expected(question), there.whole


def expected(question):
    return MISSING_CALL if question.startswith("name_to_handle_at") else DENIED


# Names by which every call is tried.
NAMES = {
    "its own": "secret/alone",
    "dots": "open/../secret/alone",
    "a link to the folder": "open/folder-link/alone",
    "a bind mount": "alias-before/alone",
    "proc": f"../../proc/self/root{GROUNDS}/secret/alone",
}
# And those by which a few are, since what follows a name is the same for all.
CHANGING = ["chdir", "proc-cwd"]  # by chdir(2), which no command may use
HOWS = ["dirfd", "o-path-dirfd", "proc-fd", "fchdir", "chdir", "proc-cwd"]
FEW = ["stat", "newfstatat", "newfstatat-empty-path", "statx-empty-path", "faccessat2", "getxattr", "statfs", "o-path",
       "name_to_handle_at", "watch"]
FOLLOWING = ["stat", "newfstatat", "statx", "access", "faccessat2", "getxattr", "listxattr", "statfs", "o-path",
    "watch"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("question", CALLS)
def test_nothing_is_learned_of_a_secret(call, question, name):
    nothing_is_learned(call, "look", question, "path", GROUNDS / NAMES[name])


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("question", FEW)
def test_nothing_is_learned_from_a_folder_that_may_be_seen(call, question, how):
    # A directory that cannot be entered says so before anything is asked.
    asked = "" if how in CHANGING else question
    there = refused(call, "look", question, how, "", GROUNDS, "secret/alone")
    assert there.text == expected(asked), there.whole


@pytest.mark.parametrize("name", ["open/link", "open/relative-link", "open/chain", "open/hard-link",
                                  "for-attacks/granted/hard-link"])
@pytest.mark.parametrize("question", FOLLOWING)
def test_nothing_is_learned_through_links(call, question, name):
    nothing_is_learned(call, "look", question, "path", GROUNDS / name)


@pytest.mark.parametrize("question", LINK_CALLS)
def test_links_in_a_secret_folder_say_nothing(call, question):
    nothing_is_learned(call, "look", question, "path", GROUNDS / "secret/pointer")


@pytest.mark.parametrize("folder", ["secret", "secret/below", "open/folder-link", "alias-before"])
@pytest.mark.parametrize("question", FOLDER_CALLS + ["stat", "access", "statfs", "o-path", "watch"])
def test_nothing_is_learned_of_a_secret_folder(call, question, folder):
    nothing_is_learned(call, "look", question, "path", GROUNDS / folder)


@pytest.mark.parametrize("question", FEW)
def test_a_second_thread_learns_nothing_either(call, question):
    nothing_is_learned(call, "look-from-thread", question, "path", GROUNDS / "secret/alone")


@pytest.mark.parametrize("missing", ["secret/missing", "secret/alone/below", "secret/below/missing",
                                     "open/folder-link/missing"])
@pytest.mark.parametrize("question", ["stat", "access", "statx", "o-path", "readlink", "watch", "newfstatat"])
def test_what_is_missing_in_a_secret_folder_looks_like_what_is_there(call, question, missing):
    """Else the error would tell which names there are."""
    assert outside("look", question, "path", GROUNDS / missing).text in ("No such file or directory", "Not a directory")
    assert inside(call, "look", question, "path", GROUNDS / missing).text == DENIED


@pytest.mark.parametrize("missing", ["secret/missing", "open/folder-link/missing"])
def test_an_open_of_what_is_missing_looks_like_one_of_what_is_there(call, missing):
    assert inside(call, "read", GROUNDS / missing).text == DENIED


# Calls that do something else with a name, and whose error tells whether it is there.
TELLING = {
    "open for writing": ("attack", "open-to-write"),
    "open for change": ("attack", "open-to-change"),
    "connect": ("attack-sockets", "connect"),
    "bind": ("attack-sockets", "bind-as-it-is"),
    "bind, with netlink": ("attack-sockets-netlink", "bind-as-it-is"),
    "execve, without programs": ("attack", "execve"),
    "make a folder": ("attack", "make-folder"),
    "remove": ("attack", "remove"),
}


@pytest.mark.parametrize("call_", TELLING)
def test_no_other_call_tells_what_is_in_a_secret_folder(call, call_):
    command, attack = TELLING[call_]
    there = {name: inside(call, attack, GROUNDS / "secret" / name, command=command) for name in ("alone", "missing",
        "missing/below")}
    assert not any(outcome.worked for outcome in there.values())
    assert len({outcome.text for outcome in there.values()}) == 1, there
    assert len({outside(attack, GROUNDS / "secret" / name).text for name in ("alone", "missing", "missing/below")}) > 1


@pytest.mark.parametrize("detour, there", [
    ("secret/below/../../open/plain.txt", True), ("secret/missing/../../open/plain.txt", False)])
def test_a_way_through_a_secret_folder_does_not_tell_what_is_there(call, detour, there):
    """Both look alike, whichever way: the first name is there and the second is not."""
    assert outside("look", "stat", "path", GROUNDS / detour).worked == there
    assert inside(call, "look", "stat", "path", GROUNDS / detour).text == DENIED


def test_a_bind_mount_made_while_the_broker_runs_tells_nothing(call):
    target = PLACE / "bound-for-metadata"
    target.mkdir()
    bind(GROUNDS / "secret", target)
    try:
        for question in FEW:
            nothing_is_learned(call, "look", question, "path", target / "alone")
    finally:
        subprocess.run(["umount", "-n", "-l", target], check=True)


@pytest.mark.parametrize("path", ["/etc/shadow", "/proc/1/environ", "/proc/1/mem"])
@pytest.mark.parametrize("question", ["stat", "o-path", "access", "statx"])
def test_nothing_is_learned_of_the_secrets_that_every_host_has(call, path, question):
    nothing_is_learned(call, "look", question, "path", path, root=True)


# What may be known.

ANSWERED = [(question, "path") for question in CALLS if "handle" not in question]
ANSWERED += [(question, how) for question in FEW if "handle" not in question for how in HOWS
             if how not in CHANGING]


@pytest.mark.parametrize("question, how", ANSWERED)
def test_what_is_not_secret_is_answered(call, question, how):
    assert outside("look", question, how, PLACE / "decoy/alone", PLACE, "decoy/alone").worked
    there = inside(call, "look", question, how, PLACE / "decoy/alone", PLACE, "decoy/alone")
    assert there.worked, there.whole


@pytest.mark.parametrize("question", ["watch", "stat", "o-path", "statx"])
def test_a_second_thread_is_answered(call, question):
    there = inside(call, "look-from-thread", question, "path", PLACE / "decoy/alone")
    assert there.worked, there.whole


@pytest.mark.parametrize("question", ["readlink", "readlinkat"])
def test_a_link_that_may_be_seen_is_answered(call, question):
    there = inside(call, "look", question, "path", GROUNDS / "open/link")
    assert there.worked, there.whole


@pytest.mark.parametrize("question, error", [
    (question, "No such file or directory") for question in ("stat", "access", "o-path")] + [("chdir", DENIED)])
def test_what_is_missing_elsewhere_is_missing(call, question, error):
    assert inside(call, "look", question, "path", GROUNDS / "open/missing").text == error



def test_attributes_of_an_open_file_are_answered(call):
    assert inside(call, "described", PLACE / "decoy/alone").text == outside("described", PLACE / "decoy/alone").text


def test_a_listing_shows_the_name_of_a_secret_folder_and_nothing_more(call):
    status, out, err = call(f"ls -l {GROUNDS}")
    rows = [line for line in (out + err).splitlines() if line.endswith(" secret")]
    assert rows and not any(row.startswith("drwx") for row in rows), out
    assert any(line.endswith(" open") for line in out.splitlines())
