import Glibc
import Kernel
import TestSupport
import Testing

@testable import Sandbox

/// The view is a directory here that has the same names as the trees: what it shows is what is compared.
@Suite("The view of public trees")
struct PublicTreesTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    try place.makeDirectory("tree")
    try place.makeDirectory("tree/inner")
    try place.makeDirectory("other")
  }

  /// The host's own root as the view: it shows the trees, and more.
  private func trees() throws -> PublicTrees {
    try PublicTrees([bytes("\(place.path)/tree")], view: .open("/", .path))
  }

  @Test("a place is in a tree by its whole names")
  func containing() throws {
    let trees = try trees()
    #expect(trees.contain(bytes("\(place.path)/tree")))
    #expect(trees.contain(bytes("\(place.path)/tree/inner/x")))
    #expect(!trees.contain(bytes("\(place.path)/tree-house")))
    #expect(!trees.contain(bytes(place.path)))
  }

  @Test("a directory of a tree is found in the view, and no other is")
  func directories() throws {
    let inner = try ResolvedObject(.open(try place.path("tree/inner"), .path))
    let shown = try trees().directory(like: inner)
    #expect(try shown.status().inode == inner.status.inode)
    let other = try ResolvedObject(.open(try place.path("other"), .path))
    #expect(failure { _ = try trees().directory(like: other) }?.code == EACCES)
  }

  @Test("a view that shows another directory under the name is not believed")
  func exchanged() throws {
    try place.makeDirectory("view")
    var below = "view"
    for name in "\(place.path)/tree".split(separator: "/") {
      below += "/\(name)"
      try place.makeDirectory(below)
    }
    let trees = try PublicTrees([bytes("\(place.path)/tree")], view: .open(place.path("view"), .path))
    let tree = try ResolvedObject(.open(try place.path("tree"), .path))
    #expect(failure { _ = try trees.directory(like: tree) }?.code == EACCES)
    let path = try place.path(below)
    #expect(failure { _ = try trees.hostDirectory(of: .open(path, .path)) }?.code == EACCES)
  }
}
