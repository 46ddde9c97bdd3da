extension SyntaxError.Reason {
  var message: String { texts.message }
  var hint: String { texts.hint }

  private var texts: (message: String, hint: String) {
    switch self {
    case .empty: ("the line is empty", "write a command, or `help` for the list")
    case .tooLong:
      (
        "the line is longer than \(CommandLine.maximumLength) bytes",
        "split it into several calls, or name a directory or a glob instead of many files"
      )
    case .tooManyStages:
      ("the line has more than \(CommandLine.maximumStages) commands", "split it into several calls")
    case .tooManyWords:
      (
        "a command has more than \(CommandLine.maximumWords) words",
        "use a glob such as /var/log/*.log, or split it into several calls"
      )

    case .nulByte: ("the line contains a NUL byte", "remove it")
    case .newline: ("the line contains a newline", "join commands with `;` instead")
    case .carriageReturn: ("the line contains a carriage return", "remove it; join commands with `;`")
    case .controlByte: ("the line contains a control character", "remove it; only tabs are allowed")
    case .invisibleCharacter:
      ("the line contains an invisible or direction-changing character", "type the line again in plain text")
    case .lookalikeCharacter:
      ("the line contains a character that is equivalent to an ASCII one", "write the ASCII character")
    case .invalidUTF8: ("the line is not valid UTF-8", "send the line as UTF-8")

    case .unterminatedSingleQuote:
      ("a single quote is not closed", "close it with '; for a quote itself write \\' outside quotes")
    case .unterminatedDoubleQuote:
      ("a double quote is not closed", "close it with \"; for a quote itself write \\\"")
    case .trailingBackslash: ("the line ends with a backslash", "for a backslash itself write \\\\")

    case .variable:
      ("variables ($) are not expanded", "write the value, as in `ls /home`; quote a literal $ as '$'")
    case .bracedVariable:
      ("variables (${…}) are not expanded", "write the value, as in `ls /home`; quote a literal $ as '$'")
    case .commandSubstitution:
      (
        "command substitution $(…) is not available",
        "run the inner command first, such as `pgrep nginx`, then write what it printed: `ps -fp 1`"
      )
    case .arithmetic: ("arithmetic $((…)) is not available", "write the result")
    case .dollarQuote: ("the quotes $'…' and $\"…\" are not available", "use '…' or \"…\"")
    case .backquote:
      (
        "command substitution with backquotes is not available",
        "run the inner command first, such as `pgrep nginx`, then write what it printed: `ps -fp 1`"
      )
    case .processSubstitution:
      ("process substitution <(…) is not available", "join the commands with `|`, as in `ss -tan | wc -l`")
    case .brace:
      (
        "braces { } are not available",
        "write each word out, as in `ls /etc /var`; quote literal braces as '{}'"
      )
    case .tilde: ("~ is not expanded", "write the path, as in `ls /home/NAME`; quote a literal ~ as '~'")

    case .emptyCommand:
      ("a command is missing before this", "write a command on each side of `;`, `|`, `&&`, `||`")
    case .missingCommand:
      ("a command is missing at the end", "write a command after `|`, `&&`, `||`, or drop it")
    case .background:
      (
        "background commands (&) are not available",
        "join commands with `;` or `&&`, as in `uptime; df -h`; quote a literal & as '&'"
      )
    case .pipeWithError: ("|& is not available", "write `2>&1 |`")
    case .openParenthesis:
      (
        "subshells and ( are not available",
        "join commands with `;`, as in `uptime; df -h`; quote a literal ( as '('"
      )
    case .closeParenthesis: (") is not available", "quote a literal ) as ')'")
    case .comment: ("comments (#) are not available", "drop the comment; quote a literal # as '#'")
    case .assignment:
      (
        "variable assignments are not available",
        "drop it, as in `date -u`; the policy sets the environment; quote a literal name as 'X=1'"
      )
    case .negation:
      ("! before a command is not available", "use `||` instead, as in `grep -q x file || echo none`")
    case .loop:
      (
        "loops are not available",
        "name many files with a glob, as in `head -n 5 /var/log/*.log`, or join commands with `;`"
      )
    case .conditional:
      ("conditions are not available", "use `&&` and `||`, as in `ls /etc/nginx && echo there`")
    case .function: ("shell functions are not available", "write the command out, as in `uptime; df -h`")
    case .time: ("`time` is not available", "drop it, as in `uptime`; the audit record has the duration")
    case .sudo:
      ("`sudo` is not available", "drop `sudo`, as in `dmesg`; the policy gives each command what it needs")
    case .xargs:
      (
        "`xargs` is not available",
        "use a glob, as in `cat /var/log/*.log`, or search a tree: `grep -rl TEXT /etc`"
      )

    case .outputFile:
      (
        "output to a file is not available",
        "the output comes back to you, as in `df -h`; only `>/dev/null` is allowed"
      )
    case .appendFile:
      (
        "appending to a file (>>) is not available",
        "the output comes back to you, as in `df -h`; only `>/dev/null` is allowed"
      )
    case .errorFile:
      ("errors to a file are not available", "write `2>&1` or `2>/dev/null`, as in `ls /root 2>/dev/null`")
    case .inputFile:
      (
        "input from a file is not available",
        "name the file as an operand, as in `wc -l /etc/hosts`; only `</dev/null` is allowed"
      )
    case .hereDocument: ("here documents (<<) are not available", "pipe it in, as in `echo 'text' | wc -c`")
    case .hereString: ("here strings (<<<) are not available", "pipe it in, as in `echo 'text' | wc -c`")
    case .duplicateDescriptor:
      (
        "this redirection to a descriptor is not available",
        "only `2>&1` is; for both to nowhere write `&>/dev/null`"
      )
    case .otherDescriptor:
      (
        "only descriptors 1 and 2 can be redirected",
        "write `2>&1`, `2>/dev/null`, `>/dev/null` or `</dev/null`"
      )
    case .readWriteFile:
      ("opening for reading and writing (<>) is not available", "name the file as an operand")
    case .missingFile:
      ("a redirection has no file", "write `>/dev/null`; quote a literal > or < as '>' or '<'")

    case .invalidTarget:
      ("the target after @ is not a name", "write `@name`, `@name,name` or `@name-*` before the command")
    case .misplacedTarget:
      (
        "a target (@) stands before a later command",
        "put one target first, such as `@web-01,web-02 uptime`; it holds for the whole line"
      )
    case .targetWithoutCommand: ("there is no command after the target", "write `@name command`")
    }
  }
}
