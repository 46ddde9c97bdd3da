"""Readers that are not Keyhole's find in each record what was sent, whoever sent it, and nothing else.

ausearch and aureport, libauparse by its Python binding, and two readers after laurel and go-audit; over auditd's log in
both of its formats.
"""

import collections
import re
import subprocess

import pytest

import audit_consumers
import audit_hostile as hostile
from audit_scenario import FOLDER, Scenario, set_format

# Debian's package python3-audit, which scripts/test installs.
audit, auparse = pytest.importorskip("audit"), pytest.importorskip("auparse")

OPERATIONS = {
    "decision", "end", "refused-open", "policy-load", "start", "stop", "authentication", "session-end", "agent-change",
    "audit-trouble"}
TYPES = {
    "USER_CMD", "ANOM_ACCESS_FS", "USYS_CONFIG", "SERVICE_START", "SERVICE_STOP", "USER_AUTH", "USER_END", "ADD_USER",
    "DEL_USER", "USER_MGMT", "ACCT_LOCK", "ACCT_UNLOCK"}
APPENDED = ["exe", "hostname", "addr", "terminal", "res"]
# Fields that auparse decodes and shows decoded. It knows no `rule`.
SHOWN_DECODED = audit_consumers.ENCODED - {"rule"}


@pytest.fixture(scope="module", params=["ENRICHED", "RAW"])
def scenario(request, session_gateway, tmp_path_factory):
    if not session_gateway.audit.own:
        if request.param == "RAW":
            pytest.skip("the audit daemon of this machine runs, in a format of its own. Runs where there is none")
        yield Scenario(session_gateway, tmp_path_factory.mktemp("audit"))
        return
    set_format(session_gateway, request.param)
    try:
        yield Scenario(session_gateway, tmp_path_factory.mktemp("audit"))
    finally:
        set_format(session_gateway, "ENRICHED")


@pytest.fixture(autouse=True)
def how_to_repeat(scenario):
    print(f"KEYHOLE_TEST_SEED={scenario.seed}")


def run(*words):
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def ausearch(scenario, *words, types=TYPES):
    return run("ausearch", "--input", scenario.path, "-m", ",".join(sorted(types)), *words)


def as_auparse_decodes(record, name):
    """To its NUL, as C has it; a value of which nothing is left then stands as in the record."""
    return record.value(name).partition(b"\0")[0] or record.raw[name].strip(b'"')


def as_on_a_terminal(value):
    """Control bytes as octal numbers."""
    return b"".join(b"\\%03o" % byte if byte < 0x20 else bytes([byte]) for byte in value)


# What was sent, and what is recorded.

def test_every_operation_and_type_was_recorded(scenario):
    missing = OPERATIONS - {record.op for record in scenario.records}
    assert not missing
    assert {record.type for record in scenario.records} == TYPES


def test_the_log_has_the_format_that_was_asked_for(scenario, request):
    wanted = request.node.callspec.params["scenario"]
    assert all((record.line.count(b"\x1d") == 1) == (wanted == "ENRICHED") for record in scenario.records)


def test_each_line_is_recorded_byte_for_byte(scenario):
    decisions = scenario.of("decision")
    assert len(decisions) == len(scenario.lines)
    for line, record in zip(scenario.lines, decisions):
        recorded = record.value("cmd")
        if "cmd-bytes" in record.raw:
            assert record.text("verdict") == "refused" and record.number("cmd-bytes") == len(line)
            assert len(line) > hostile.LONGEST and line.startswith(recorded) and len(recorded) > 3000
        else:
            assert recorded == line


def test_an_argument_of_four_thousand_bytes_is_recorded_whole_and_runs(scenario):
    longest = [record for record in scenario.of("decision") if len(record.value("cmd")) >= 3990]
    assert any(record.text("verdict") == "allowed" for record in longest)


def test_invalid_utf_8_is_refused_and_recorded(scenario):
    for record in scenario.of("decision"):
        try:
            record.value("cmd").decode()
        except UnicodeDecodeError:
            assert record.text("verdict") == "refused"


def test_a_refused_record_says_failed_and_an_allowed_one_success(scenario):
    for record in scenario.of("decision"):
        assert record.text("res") == {"allowed": "success", "refused": "failed"}[record.text("verdict")]
    wrong = [record for record in scenario.of("authentication") if record.text("res") == "failed"]
    # The stranger's key is one more.
    assert len(wrong) == scenario.refused_users + 1 and scenario.refused_users >= len(hostile.USERS) - 1


def test_hostile_names_of_files_are_recorded_byte_for_byte(scenario):
    recorded = {record.value("name") for record in scenario.of("refused-open")}
    assert recorded == {bytes(FOLDER) + b"/" + name for name in hostile.NAMES}


def test_no_record_names_another_client_or_program(scenario):
    for record in scenario.records:
        assert record.text("addr") in ("?", "127.0.0.1", "192.0.2.9") and record.text("hostname") == "?"
        assert record.text("exe").endswith("/keyhole-broker")
        assert list(record.raw)[-5:] == APPENDED


# What the readers make of it.

def test_a_reader_that_takes_whatever_looks_like_a_field_finds_the_same_fields(scenario):
    for record in scenario.records:
        empty = {name for name, value in record.raw.items() if value in (b'""', b'"?"', b"?")}
        wanted = {name: value for name, value in record.fields.items() if name not in empty}
        found = audit_consumers.flat(record.line.partition(b"\x1d")[0].partition(b"): ")[2])
        assert {name: value for name, value in found.items() if name not in record.prefix} == wanted


def test_ausearch_gives_the_records_as_they_are(scenario):
    given = ausearch(scenario, "--raw").splitlines()
    assert [line for line in given if b"op=keyhole:" in line] == [record.line for record in scenario.records]


@pytest.mark.parametrize("type", sorted(TYPES))
def test_ausearch_finds_the_records_of_each_type(scenario, type):
    given = ausearch(scenario, "--raw", types={type})
    assert [record.line for record in audit_consumers.records(given)] == [
        record.line for record in scenario.records if record.type == type]


@pytest.mark.parametrize("words,matches", [
    (("--success", "yes"), lambda record: record.text("res") == "success"),
    (("--success", "no"), lambda record: record.text("res") == "failed"),
    (("-hn", "evil"), lambda record: False),
    (("-hn", "6.6.6.6"), lambda record: False),
    (("-x", "/bin/evil"), lambda record: False),
    (("-tm", "pts9"), lambda record: False),
    (("-tm", "ssh"), lambda record: record.text("terminal") == "ssh"),
    (("-ui", "0"), lambda record: True),
    (("-k", "evil"), lambda record: False),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_ausearch_filters_by_what_keyhole_wrote(scenario, words, matches):
    done = subprocess.run(
        ["ausearch", "--input", scenario.path, "-m", ",".join(sorted(TYPES)), *words, "--raw"],
        stdin=subprocess.DEVNULL, capture_output=True)
    wanted = [record.serial for record in scenario.records if matches(record)]
    assert [record.serial for record in audit_consumers.records(done.stdout)] == wanted


def test_ausearch_shows_a_person_every_field_and_no_other(scenario):
    shown = [line for line in ausearch(scenario, "-i").split(b"\n") if line not in (b"", b"----")]
    others = [line for line in shown if b"op=keyhole:" not in line]
    assert not others, others[:3]
    assert len(shown) == len(scenario.records)
    for line, record in zip(shown, scenario.records):
        values = record.raw | {
            name: as_on_a_terminal(as_auparse_decodes(record, name)) for name in SHOWN_DECODED & record.raw.keys()}
        fields = b" ".join(name.encode() + b"=" + value for name, value in values.items())
        serial = re.match(rb"type=(\w+) msg=audit\([0-9/]+ [0-9:.]+:(\d+)\) : ", line)
        assert (serial[1].decode(), int(serial[2])) == (record.type, record.serial)
        assert line[serial.end():].rstrip() == b"pid=%b uid=root auid=%b ses=%b msg='%b'" % (
            record.prefix["pid"], *(shown_id(record.prefix[name]) for name in ("auid", "ses")), fields)


def shown_id(value):
    return {b"4294967295": b"unset", b"0": b"root"}.get(value, value)


def test_each_record_is_one_row_of_csv(scenario):
    rows = ausearch(scenario, "--format", "csv").decode("utf-8", "replace").rstrip("\n").split("\n")
    head = rows[0].split(",")
    assert head[:3] == ["NODE", "EVENT", "DATE"] and head[11] == "RESULT"
    assert len(rows) - 1 == len(scenario.records)
    for row, record in zip(rows[1:], scenario.records):
        # ausearch quotes nothing: the object, behind the result, may have commas of its own.
        cells = row.split(",")
        assert (cells[1], int(cells[4]), cells[11]) == (record.type, record.serial, record.text("res"))


def test_each_record_is_one_sentence_of_text(scenario):
    sentences = ausearch(scenario, "--format", "text").split(b"\n")[:-1]
    assert len(sentences) == len(scenario.records)
    for sentence, record in zip(sentences, scenario.records):
        said = re.match(rb"At [0-9:]+ [0-9/]+ \w+, acting as root, (successfully|unsuccessfully) ", sentence)
        assert said and (said[1] == b"successfully") == (record.text("res") == "success"), sentence


def numbers(text):
    """The numbers of aureport's summary, by name."""
    return {name: int(number) for name, number in re.findall(r"^(Number of [^:]+): (\d+)$", text, re.MULTILINE)}


def test_aureport_counts_the_records(scenario):
    path = scenario.path.with_name("keyhole.log")
    path.write_bytes(b"".join(record.line + b"\n" for record in scenario.records))
    report = lambda *words: run("aureport", "--input", path, *words).decode()
    types = collections.Counter(record.type for record in scenario.records)
    logins = [record for record in scenario.records if record.type == "USER_AUTH"]
    summary = numbers(report("--summary"))
    assert summary["Number of events"] == len(scenario.records)
    assert summary["Number of authentications"] == sum(record.text("res") == "success" for record in logins)
    assert summary["Number of failed authentications"] == sum(record.text("res") == "failed" for record in logins)
    assert summary["Number of anomaly events"] == types["ANOM_ACCESS_FS"]
    assert summary["Number of executables"] == summary["Number of users"] == 1
    # It does not count those that lock and unlock.
    accounts = sum(types[name] for name in ("ADD_USER", "DEL_USER", "USER_MGMT"))
    assert summary["Number of changes to accounts, groups, or roles"] == accounts
    rows = lambda *words: re.findall(r"^\d+\. \d\d/\d\d/\d+ .*$", report(*words), re.MULTILINE)
    assert len(rows("--auth")) == len(logins)
    assert len(rows("--mods")) == accounts
    assert len(rows("--anomaly")) == types["ANOM_ACCESS_FS"]
    assert len(rows("--executable")) == len(scenario.records)
    failed = [record for record in scenario.records if record.text("res") == "failed"]
    assert len(rows("--event", "--failed")) == len(failed)
    assert {int(number): int(count) for count, number in re.findall(
        r"^(\d+) +(\d+)$", report("--event", "--summary"), re.MULTILINE)} == {
            audit.audit_name_to_msg_type(name): count for name, count in types.items()}
    assert dict((name, int(count)) for count, name in re.findall(
        r"^(\d+) +(/\S+)", report("--executable", "--summary"), re.MULTILINE)) == {
            scenario.records[0].text("exe"): len(scenario.records)}


def events(path):
    """What auparse finds: for each record its type, serial number and fields as (name, text, value, type)."""
    parser = auparse.AuParser(auparse.AUSOURCE_FILE, str(path))
    parser.set_escape_mode(auparse.AUPARSE_ESC_RAW)
    while parser.parse_next_event():
        assert parser.get_num_records() == 1
        parser.first_record()
        fields = []
        parser.first_field()
        while True:
            try:
                value = parser.interpret_field()
            except UnicodeDecodeError as error:
                # The binding, not the library, gives up on what is no UTF-8.
                value = error.object.decode("utf-8", "surrogateescape")
            fields.append((parser.get_field_name(), parser.get_field_str(), value, parser.get_field_type()))
            if not parser.next_field():
                break
        yield parser.get_type_name(), parser.get_timestamp().serial, fields


def test_auparse_finds_every_field_by_name_typed_and_decoded(scenario):
    escaped = {auparse.AUPARSE_TYPE_ESCAPED, auparse.AUPARSE_TYPE_ESCAPED_FILE, auparse.AUPARSE_TYPE_ESCAPED_KEY}
    path = scenario.path.with_name("keyhole.log")
    path.write_bytes(b"".join(record.line + b"\n" for record in scenario.records))
    found = list(events(path))
    assert len(found) == len(scenario.records)
    for (type, serial, fields), record in zip(found, scenario.records):
        assert (type, serial) == (record.type, record.serial)
        names = [name for name, *_ in fields]
        assert names == ["type", "pid", "uid", "auid", "ses", *record.raw]
        for name, text, value, kind in fields[5:]:
            assert text.encode() == record.raw[name]
            assert (kind in escaped) == (name in SHOWN_DECODED)
            if name in SHOWN_DECODED:
                wanted = as_auparse_decodes(record, name).decode("utf-8", "surrogateescape")
            else:
                wanted = record.raw[name].decode()
            assert value == wanted


def test_auparse_finds_a_call_by_its_fields(scenario):
    wanted = scenario.of("end")[0]
    parser = auparse.AuParser(auparse.AUSOURCE_FILE, str(scenario.path))
    parser.search_add_item("call", "=", wanted.text("call"), auparse.AUSEARCH_RULE_CLEAR)
    parser.search_set_stop(auparse.AUSEARCH_STOP_EVENT)
    found = []
    while parser.search_next_event():
        found.append(parser.get_timestamp().serial)
    assert found == [record.serial for record in scenario.records if record.text("call") == wanted.text("call")]
