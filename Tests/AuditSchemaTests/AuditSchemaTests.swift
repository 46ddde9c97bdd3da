import AuditSchema
import Testing

@Suite struct AuditSchemaTests {
  @Test func everyFieldStandsInARecordAndNoneTwiceInOne() {
    var used: Set<AuditFieldName> = []
    for operation in AuditOperation.allCases {
      let names = operation.layout.map(\.name)
      #expect(Set(names).count == names.count)
      #expect(names.first == .op && names.suffix(2) == [.sequence, .chain])
      used.formUnion(names)
    }
    #expect(used == Set(AuditFieldName.allCases))
  }

  @Test func noFieldEndsInANameThatAusearchLooksForByItself() {
    for name in AuditFieldName.allCases {
      for special in [
        "res", "exe", "uid", "comm", "cwd", "hostname", "terminal", "addr", "auid", "ses", "pid",
      ] {
        #expect(!name.rawValue.hasSuffix(special))
      }
    }
  }

  @Test func everyTypeOfRecordIsUsed() {
    #expect(Set(AuditOperation.allCases.flatMap(\.types)) == Set(AuditRecordType.allCases))
  }
}

@Suite struct RecordChainTests {
  private func next(
    _ chain: RecordChain = .none, type: AuditRecordType = .userCommand, text: String = "op=x seq=1",
    address: String = "?", terminal: String = "ssh", result: String = "success"
  ) -> RecordChain {
    chain.following(
      type: type, text: Array(text.utf8), address: Array(address.utf8), terminal: Array(terminal.utf8),
      result: Array(result.utf8))
  }

  @Test func eachPartOfARecordAndTheOneBeforeCount() {
    let values = [
      next(), next(next()), next(type: .userEnd), next(text: "op=y seq=1"), next(address: "192.0.2.1"),
      next(terminal: "?"), next(result: "failed"), next(text: "op=x seq=1\n", address: ""),
    ]
    #expect(Set(values).count == values.count)
  }

  /// (head -c16 /dev/zero; printf 'USER_CMD\nop=x seq=1\n?\nssh\nsuccess') | sha256sum
  @Test func theValueIsTheOneThatTheReferenceDescribes() {
    #expect(next().description == "32706141032a866129db381eeb888df2")
  }

  @Test func aValueIsReadAsItIsPrinted() {
    let chain = next()
    #expect(RecordChain(hexadecimal: chain.description.utf8) == chain)
    #expect(RecordChain(chain.bytes) == chain)
    let text = chain.description
    for wrong in ["", String(text.dropLast()), text + "0", text.uppercased() + "", "g" + text.dropFirst()]
    where wrong != text {
      #expect(RecordChain(hexadecimal: wrong.utf8) == nil)
    }
    #expect(RecordChain([1, 2]) == nil)
  }
}
