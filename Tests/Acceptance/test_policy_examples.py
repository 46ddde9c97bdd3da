"""The worked examples of docs/policy-examples.md, each beside the policy that ships: they load without a warning of their own,
and their cases pass."""

import json
import pathlib
import re
import shutil
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KEYHOLE = REPOSITORY / "out/bin/keyhole"
PAGE = (REPOSITORY / "docs/policy-examples.md").read_text()
SECTIONS = {text.split("\n", 1)[0]: text for text in PAGE.split("\n## ")[1:]}
WITH_FILES = {title: dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.S)) for title, text in SECTIONS.items()}
WITH_FILES = {title: files for title, files in WITH_FILES.items() if files}


def test_the_page_has_examples():
    assert len(WITH_FILES) >= 8 and sum(name.endswith(".cases") for files in WITH_FILES.values() for name in files) >= 7


def policy_with(files, directory):
    shutil.copytree(REPOSITORY / "policy", directory)
    for name, text in files.items():
        (directory / name).write_text(text)
        (directory / name).chmod(0o644)
    return directory


def keyhole(*words):
    return subprocess.run([KEYHOLE, "policy", *words], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("title", WITH_FILES)
def test_a_worked_example_loads_and_does_what_it_says(title, tmp_path):
    files = WITH_FILES[title]
    policy = policy_with(files, tmp_path / "policy")
    checked = keyhole("check", "--policy", policy, "--json")
    assert checked.returncode == 0, checked.stderr + checked.stdout
    own = [found for found in json.loads(checked.stdout)["diagnostics"] if pathlib.Path(found["file"]).name in files]
    assert not [found for found in own if "is not on this host" not in found["message"]]
    if any(name.endswith(".cases") for name in files):
        tested = keyhole("test", "--policy", policy)
        assert tested.returncode == 0, tested.stderr + tested.stdout


def test_a_case_that_does_not_hold_fails(tmp_path):
    files = {"hidden.cases": "allow: [cat /etc/shadow]\n"}
    assert keyhole("test", "--policy", policy_with(files, tmp_path / "policy")).returncode == 1
