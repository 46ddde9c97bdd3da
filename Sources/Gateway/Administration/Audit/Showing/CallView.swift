internal import AuditReading
internal import AuditSchema

/// One call on one host, for people.
struct CallView {
  private let found: CallSearch.Found

  init(_ found: CallSearch.Found) { self.found = found }

  var text: String {
    guard let call = found.call else { return "" }
    var rows: [[String]] = [
      [
        "call",
        call.id + (call.host.map { " on \($0)" } ?? "") + (call.vm.map { ", for the VM \($0)" } ?? ""),
      ]
    ]
    rows.append(["agent", "\(call.agent ?? "none: the key belongs to nobody")"])
    rows.append(["key", call.key ?? "not known"])
    rows.append(["from", call.address ?? "no address"])
    rows += session(call)
    if call.verdict == nil {
      rows.append(["decision", "not in these logs"])
    } else {
      rows.append(["line", CallText.line(call)])
      rows.append(["decision", "\(time(call.decided ?? call.time))  \(decision(call))"])
      rows.append(["policy", "\(call.policy ?? "?")"])
      if !call.rules.isEmpty { rows.append(["rules", call.rules.joined(separator: ", ")]) }
    }
    rows += accesses(call)
    rows += end(call)
    return TextTable(rows).description
  }

  private func session(_ call: AuditedCall) -> [[String]] {
    guard let session = call.session else { return [] }
    var rows = [["session", session]]
    if let entry = found.authentication {
      rows.append(["", "\(time(entry.time))  let in, with key \(entry.key ?? "?")"])
    } else {
      rows.append(["", "its authentication is not in these logs"])
    }
    if let entry = found.sessionEnd {
      rows.append([
        "",
        "\(time(entry.time))  ended: \(EventText.result(entry)), \(counted(entry.number(.calls) ?? 0, "call"))",
      ])
    }
    return rows
  }

  private func decision(_ call: AuditedCall) -> String {
    (call.verdict?.rawValue ?? "?") + (call.reason.map { ": \($0)" } ?? "")
  }

  private func accesses(_ call: AuditedCall) -> [[String]] {
    var rows = call.accesses.map { access in
      [
        "",
        "\(time(access.time))  \(access.kind) \(String(decoding: access.name, as: UTF8.self))\(access.reason.map { ": \($0)" } ?? "")",
      ]
    }
    let more = CallText.refusals(call) - call.accesses.count
    if more > 0 { rows.append(["", "and \(more) more, which were counted and not recorded one by one"]) }
    if !rows.isEmpty { rows[0][0] = "refused" }
    return rows
  }

  private func end(_ call: AuditedCall) -> [[String]] {
    guard let end = call.end else {
      return call.verdict == .refused
        ? [] : [["end", "not in these logs: the call runs, or its end was not written"]]
    }
    let cause = end.cause == "exited" ? "exited" : CallText.result(call)
    var text =
      "\(time(end.time))  \(cause), status \(end.status), after \(CallText.duration(end.milliseconds)), "
    text += counted(end.bytesOut, "byte") + " of output"
    return [["end", text + (end.reason.map { ": \($0)" } ?? "")]]
  }

  private func time(_ milliseconds: Int64) -> String { LocalTime.text(milliseconds) }
}
