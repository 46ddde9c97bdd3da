"""What a policy says of many lines, asked of the installed program in one run, without a gateway."""

import dataclasses
import json
import pathlib
import re
import shutil
import subprocess

import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KEYHOLE = REPOSITORY / "out/bin/keyhole"
POLICY = REPOSITORY / "policy"


class PolicyLoader(yaml.SafeLoader):
    """Every scalar a text, but for true and false: `-0` is an option here and no number."""

    yaml_implicit_resolvers = {}


PolicyLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def contents(path):
    return yaml.load(path.read_text(), PolicyLoader) or {}


def commands(policy=POLICY):
    """The names of a policy's commands."""
    return set().union(*(contents(path).get("commands") or {} for path in policy.glob("**/*.yaml")))


@dataclasses.dataclass(frozen=True)
class Judgement:
    allowed: bool
    rule: str = ""
    reason: str = ""
    hint: str = ""


def judge(lines, policy=POLICY):
    """A judgement for each line, by someone to whom every command is allowed, as if everything were installed."""
    lines = list(dict.fromkeys(lines))
    cases = {"cases": [{"line": line, "expect": "allowed"} for line in lines]}
    # JSON is YAML, but for characters beyond 16 bits, which YAML does not write in two parts.
    asked = json.dumps(cases, ensure_ascii=False)
    asked = re.sub("[^ -~\U00010000-\U0010ffff]", lambda found: f"\\u{ord(found[0]):04x}", asked)
    done = subprocess.run(
        [KEYHOLE, "policy", "test", "--json", "--policy", policy, "-"], input=asked.encode(), capture_output=True)
    assert done.returncode in (0, 1), done.stderr.decode()
    found = {}
    for case in json.loads(done.stdout)["cases"]:
        if not case["example"]:
            refusal = case["refusal"] or {}
            found[case["text"]] = Judgement(
                case["verdict"] == "allowed", *(refusal.get(key) or "" for key in ("rule", "reason", "hint")))
    assert found.keys() == set(lines)
    return found


def copied_policy(folder):
    """A copy of the policy that ships, to be changed."""
    policy = folder / "policy"
    shutil.copytree(POLICY, policy, ignore=shutil.ignore_patterns("*.example", "*.md", "*.cases"))
    for path in [policy, *policy.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return policy
