/// What to do instead of commands that are typed out of habit and that no policy should allow. A policy's own hints
/// come first.
enum Habits {
  static func hint(for name: String) -> String? { hints[name] }

  private static let shell = "there is no shell; write the command itself: pipes, `;`, `&&` and `||` work"
  private static let pager = "there is no terminal; use `cat FILE`, or `head` and `tail` for a part of it"
  private static let editor = "nothing can be changed here; use `cat FILE` to read it"
  private static let change = "nothing can be changed here"
  private static let download = "commands have no network here"
  private static let interpreter =
    "programs cannot be run here; `help` lists the commands, and pipes join them"
  private static let login = "no other account can be used; write the command itself"
  private static let remote = "other hosts are reached from your own side, one `ssh` a host"
  private static let loop =
    "there are no loops or conditions; give a command several operands, or make several calls"

  private static let hints: [String: String] = [
    "su": login, "runuser": login, "login": login, "pkexec": login,
    "sh": shell, "bash": shell, "dash": shell, "zsh": shell, "fish": shell, "ksh": shell, "busybox": shell,
    "eval": shell, "source": shell, ".": shell, "exec": shell,
    "env": "write the command itself without `env`",
    "export": "variables are not kept; a rule sets its command's environment",
    "vi": editor, "vim": editor, "nvim": editor, "nano": editor, "emacs": editor, "ed": editor,
    "less": pager, "more": pager, "most": pager, "view": pager,
    "man": "manual pages are not served; `help COMMAND` shows what is allowed of it",
    "info": "manuals are not served; `help COMMAND` shows what is allowed of it",
    "python": interpreter, "python3": interpreter, "perl": interpreter, "ruby": interpreter,
    "node": interpreter,
    "php": interpreter, "lua": interpreter, "gdb": interpreter,
    "awk": "awk is a programming language; use `cut`, `grep`, `sort` and `uniq`",
    "gawk": "awk is a programming language; use `cut`, `grep`, `sort` and `uniq`",
    "mawk": "awk is a programming language; use `cut`, `grep`, `sort` and `uniq`",
    "sed": "sed can write files; use `grep`, `cut`, `head -n` and `tail -n`",
    "parallel": "make one call for each", "tee": "nothing can be written; output comes back to you",
    "curl": download, "wget": download, "nc": download, "ncat": download, "telnet": download,
    "ftp": download, "ssh": remote, "scp": "use `cat FILE` and redirect on your own side",
    "sftp": "use `cat FILE` and redirect on your own side",
    "rsync": "use `cat FILE` and redirect on your own side",
    "rm": change, "mv": change, "cp": change, "ln": change, "mkdir": change, "rmdir": change, "touch": change,
    "chmod": change, "chown": change, "dd": change, "truncate": change, "install": change, "patch": change,
    "mkfs": change, "mknod": change, "kill": change, "killall": change, "pkill": change,
    "reboot": change, "shutdown": change, "poweroff": change, "halt": change, "useradd": change,
    "userdel": change, "passwd": change, "crontab": change, "apt": change, "apt-get": change, "dnf": change,
    "yum": change, "pacman": change, "snap": change, "pip": change, "npm": change,
    "service": "`systemctl status UNIT` shows a service",
    "ifconfig": "use `ip address`", "netstat": "use `ss`", "route": "use `ip route`",
    "arp": "use `ip neighbour`",
    "top": "use `ps aux` or `top -b -n 1` where the policy has it", "htop": "use `ps aux`",
    "watch": "make several calls", "screen": "there is no terminal", "tmux": "there is no terminal",
    "nohup": "a call ends with its connection",
    "timeout": "each command has a time limit of its own", "nice": "write the command itself",
    "type": "use `command -v NAME`", "alias": shell, "history": shell, "exit": "a call ends with its line",
    "logout": "a call ends with its line",
    "pwd": "a line begins in no particular place; write absolute paths",
    "printf": "use `echo`", "test": loop, "[": loop, "read": "commands read from the pipe only",
  ]
}
