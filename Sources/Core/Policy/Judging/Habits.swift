/// What to do instead of what a shell has and Keyhole has not. Of other commands a policy's own `hints` tell, which come
/// first.
enum Habits {
  static func hint(for name: String) -> String? { hints[name] }

  private static let shell =
    "there is no shell; write the command itself: pipes, `;`, `&&` and `||` work, and `help` lists the commands"
  private static let login = "no other account can be used; write the command itself, `help` lists them"
  private static let condition =
    "there are no conditions; join commands with `&&` and `||`, and `help` lists the commands"

  private static let hints: [String: String] = [
    "su": login, "runuser": login, "login": login, "pkexec": login, "doas": login,
    "sh": shell, "bash": shell, "dash": shell, "zsh": shell, "fish": shell, "ksh": shell, "busybox": shell,
    "eval": shell, "source": shell, ".": shell, "exec": shell, "alias": shell,
    "test": condition, "[": condition, "[[": condition,
    "env": "write the command itself without `env`; `help` lists the commands",
    "export": "variables are not kept; a rule sets its command's environment, `help COMMAND` shows the rule",
    "set": "there are no variables; write each value where it is used, as in `echo TEXT`",
    "read": "commands read from the pipe only, as in `echo TEXT | COMMAND`",
    "printf": "write `echo TEXT`",
    "type": "write `command -v NAME`", "whereis": "write `which NAME`",
    "pwd": "a line begins in no particular place; write absolute paths, or `cd DIRECTORY` first",
    "history": "no history is kept here; `whoami` tells who you are",
    "jobs": "a call runs to its end; `whoami` tells who you are",
    "exit": "a call ends with its line; write `false` for a status of 1",
    "logout": "a call ends with its line; write `true` for a status of 0",
  ]
}
