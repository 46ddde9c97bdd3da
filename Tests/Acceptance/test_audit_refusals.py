"""`keyhole audit refusals`: what was refused how often, and what would allow it: what `policy learn` says."""

import pytest
from audit_commands import END, audit_command
from audit_story import DAY, AuditStory
from learning import learn
from policy_tools import folder, has_no_control_bytes, small_policy  # noqa: F401


@pytest.fixture
def place(folder):
    return folder()


def refused(*lines, reason="it is not listed", agent="claude", **options):
    story = AuditStory()
    for number, line in enumerate(lines):
        story.call(END - DAY + number, agent, line, refused=reason, rule=(line or "shell").split()[0], **options)
    return story


def refusals(place, story, *words):
    return audit_command("refusals", "--policy", place, *words, "-", stdin=story.bytes)


def test_alike_refusals_are_one_kind_the_most_frequent_first(place):
    story = refused("first -c", *["show -b"] * 3, "show -b /etc/hosts")
    done = refusals(place, story, "--json").json
    assert [(one["agent"], one["command"], one["rule"], one["count"]) for one in done["groups"]] == [
        ("claude", "show", "show", 4), ("claude", "first", "first", 1),
    ]
    assert done["calls"] == 5 and done["kinds"] == 2
    group = done["groups"][0]
    assert group["line"] == "show -b /etc/hosts" and group["lines"] == 2
    assert (group["first"], group["last"]) == ("2026-11-20T00:00:01.000Z", "2026-11-20T00:00:04.000Z")
    assert [one["yaml"] for one in group["proposals"]] == ["-b: flag"]
    text = refusals(place, story).out
    assert text.index("4 x  claude: show") < text.index("1 x  claude: first")
    assert "would allow it, at " in text and "    -b: flag" in text


LINES = [
    "show -b", "show -b /etc/shadow", "show --width=80", "first --by=word", "units depends nginx.service",
    "lookup neigh",
    "rm -rf /", "bash -c id", "units restart nginx", "seek /etc -delete", "show -n", "watch -n 1 df", "show -x", "((",
    "show -b -c | first -q -q", "sort /etc/hosts", "nosuchprogram -x",
]


@pytest.mark.parametrize("agent", ["claude", "watcher"])
def test_it_says_what_policy_learn_says(place, agent):
    story = refused(*LINES, agent=agent)
    for number, line in enumerate(LINES):
        # Each in a group of its own as well.
        story.call(END - DAY + 60 + number, agent, line, refused=f"reason {number}")
    groups = refusals(place, story, "--json", "--top", "1000").json["groups"]
    learned = learn(place, story, "--json").json
    said = {(one["kind"], one["command"], str(one["place"]), one["yaml"]) for one in learned["proposals"]}
    shown = {
        (one["kind"], one["command"], str(one["place"]), one["yaml"]) for group in groups for one in group["proposals"]
    }
    assert shown == said and said
    reasons = {one["reason"]: set(one["lines"]) for one in learned["not-proposed"]}
    alone = {group["line"]: group for group in groups if group["reason"].startswith("reason ")}
    for reason, lines in reasons.items():
        for line in lines:
            assert [one["reason"] for one in alone[line]["not-proposed"]] == [reason], line
            assert alone[line]["proposals"] == []
    proposed = {line for one in learned["proposals"] for line in one["lines"]}
    for line in proposed:
        wanted = {(one["kind"], one["yaml"]) for one in learned["proposals"] if line in one["lines"]}
        assert {(one["kind"], one["yaml"]) for one in alone[line]["proposals"]} == wanted, line
    assert {line for line, group in alone.items() if group["allowed-now"]} == set(LINES) - proposed - set().union(
        *reasons.values()
    )


def test_what_cannot_be_learned_from_says_why(place):
    story = refused("show -b", agent=None, reason="unknown key")
    story.call(END - 60, "claude", "show -b", refused="no", vm="web-02")
    story.call(END - 50, "claude", None, refused="a shell is not given")
    groups = refusals(place, story, "--json").json["groups"]
    told = {one["reason"]: one["not-proposed"][0]["reason"] for one in groups}
    assert "keyhole agents add" in told["unknown key"]
    assert "policy of its own" in told["no"]
    assert "a shell is never given" in told["a shell is not given"]
    assert all(one["proposals"] == [] for one in groups)


def test_what_the_policy_allows_by_now_is_said(place):
    assert "the policy allows it now" in refusals(place, refused("show -n")).out


def test_refused_accesses_are_told_too(place):
    story = AuditStory()
    story.call(END - 60, "claude", "show /etc/hosts", accesses=[("open", "/etc/shadow", "password hashes")] * 2)
    done = refusals(place, story, "--json").json
    assert [(one["name"], one["count"]) for one in done["refused-accesses"]] == [("/etc/shadow", 2)]
    assert done["groups"] == [] and "2 x  open /etc/shadow: password hashes" in refusals(place, story).out


def test_a_time_and_an_agent_can_be_chosen(place):
    story = refused("show -b")
    story.call(END - 10 * DAY, "claude", "show -c", refused="old")
    story.call(END - 60, "watcher", "show -d", refused="other")
    words = ["--json", "--since", f"@{END - 2 * DAY}", "--agent", "claude"]
    groups = refusals(place, story, *words).json["groups"]
    assert [one["line"] for one in groups] == ["show -b"]


def test_hostile_text_stays_text(place):
    evil = "show \x1b[2J\u202e\n3 x  root: df"
    story = refused(evil, reason=evil)
    done = refusals(place, story)
    assert done.status == 0 and has_no_control_bytes(done.out) and "\n3 x  root" not in done.out
    assert refusals(place, story, "--json").json["groups"][0]["reason"] == evil


def test_the_policy_stays_as_it_is(place):
    before = {path: path.read_bytes() for path in place.path.rglob("*") if path.is_file()}
    assert refusals(place, refused(*LINES)).status == 0
    assert {path: path.read_bytes() for path in place.path.rglob("*") if path.is_file()} == before
    assert refusals(place.path / "none", refused("show -b")).status == 2
    assert len(small_policy()["commands"]) == 5
