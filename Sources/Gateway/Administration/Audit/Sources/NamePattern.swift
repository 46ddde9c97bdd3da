/// A name in which `*` stands for any text, also none, and `?` for any one character.
struct NamePattern: Equatable {
  private let pattern: [Character]

  init(_ text: String) { pattern = Array(text) }

  func matches(_ name: String) -> Bool {
    let name = Array(name)
    var place = 0
    var position = 0
    // Where the last `*` stands, and how much of the name it stands for so far.
    var star: (place: Int, position: Int)?
    while position < name.count {
      if place < pattern.count, pattern[place] == "*" {
        star = (place, position)
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == name[position] {
        place += 1
        position += 1
      } else if let last = star {
        star = (last.place, last.position + 1)
        place = last.place + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
