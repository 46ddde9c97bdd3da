/// Commands and options that no proposal offers, whatever was asked for: each with the reason.
enum NeverProposed {
  /// Why a command is not proposed; nil for one that may be.
  static func reason(forCommand name: String) -> String? {
    var base = Substring(name.lowercased())
    if let reason = commands[String(base)] { return reason }
    // python3.11, gcc-12, mkfs.ext4, vim.basic
    if let dot = base.firstIndex(of: "."), let reason = commands[String(base[..<dot])] { return reason }
    while let last = base.last, last.isNumber || last == "." || last == "-" { base.removeLast() }
    return commands[String(base)] ?? families.first { name.hasPrefix($0.prefix) }?.reason
  }

  /// Why an option is not proposed; nil for one that may be. Options that say what they do are judged by their name.
  static func reason(forOption name: String, of command: String) -> String? {
    if knownOptions[command]?.split(separator: " ").contains(Substring(name)) == true {
      return "of \(command) it is known to write, to run something, or to read names from a file"
    }
    guard name.hasPrefix("-") else { return nil }
    let words = name.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
    for (reason, names) in options {
      // Also abbreviated: `--outp` is `--output` to most tools.
      let isOne = words.contains { word in
        names.contains(word) || word.count >= 3 && names.contains { $0.hasPrefix(word) }
      }
      if isOne { return reason }
    }
    return nil
  }

  /// Why an option of a command that the policy does not have is not proposed: of what nobody has read the manual,
  /// letters are not taken that mostly stand for writing, deleting or running something.
  static func reason(forOptionOfNewCommand name: String) -> String? {
    guard name.utf8.count == 2, let letter = name.last, "oOwWxXeEkKCDRFIif".contains(letter) else {
      return nil
    }
    return
      "of many tools this option writes, runs or changes something; read its manual and write the rule yourself"
  }

  /// Whether a word has the name of a file where anybody may write: calls see a place of their own there.
  static func namesScratch(_ word: String) -> Bool {
    ["/tmp", "/var/tmp", "/dev/shm"].contains { place in
      word.ranges(of: place).contains { range in
        let rest = word[range.upperBound...]
        guard rest.isEmpty || rest.hasPrefix("/") else { return false }
        return word[..<range.lowerBound].last.map { "=@:,".contains($0) || $0.isLetter } ?? true
      }
    }
  }

  /// Why a verb is not proposed.
  static func reason(forVerb name: String) -> String? {
    let words = name.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
    return words.contains(where: verbs.contains) ? "a verb of this name changes something" : nil
  }

  private static let families: [(prefix: String, reason: String)] = [
    ("git-", "it is a part of git, which runs hooks and writes files"),
    ("qemu-", "it runs machines or changes disks"),
    ("systemd-", "it is a part of the service manager"), ("mkfs", "it writes file systems"),
    ("update-", "it changes the system's configuration"), ("dpkg-", "it builds or changes packages"),
    ("pg_", "it works on a database's files"), ("xfs_", "it changes file systems"),
    ("grub-", "it changes how the machine starts"),
  ]

  private static let commands: [String: String] = {
    var reasons: [String: String] = [:]
    for (reason, names) in commandGroups {
      for name in names.split(separator: " ") { reasons[String(name)] = reason }
    }
    return reasons
  }()

  private static let commandGroups: [(reason: String, names: String)] = [
    (
      "a shell runs anything",
      "sh bash dash zsh ksh mksh fish csh tcsh ash rbash busybox toybox eval source exec"
    ),
    (
      "an interpreter runs anything",
      "python perl ruby node nodejs deno bun php lua luajit tclsh wish expect gdb lldb guile r rscript julia java jshell groovy scala swift go cargo gcc cc clang make cmake ninja osascript pwsh"
    ),
    (
      "it is a programming language that can write files and start programs; the types sed-script, awk-program and jq-filter take what is harmless of it",
      "awk gawk mawk nawk original-awk sed gsed jq yq"
    ),
    (
      "it runs another command",
      "env nice ionice nohup timeout stdbuf setsid xargs parallel watch time chroot unshare nsenter setpriv runuser su sudo doas pkexec strace ltrace script screen tmux at batch crontab systemd-run flock taskset numactl chrt prlimit start-stop-daemon rlwrap find2perl perf bpftrace catchsegv ld.so run-parts faketime proot fakeroot"
    ),
    (
      "an editor writes files and runs commands",
      "vi vim vimdiff nvim nano pico emacs ed ex mcedit mc joe view vipw"
    ),
    ("a pager runs commands", "less more most man info"),
    (
      "it writes or changes files",
      "tee dd cp mv rm ln mkdir rmdir touch chmod chown chgrp chattr setfacl setfattr setcap truncate install patch shred split csplit mkfs fdisk sfdisk cfdisk parted mkswap mknod mkfifo mktemp rsync tar zip unzip gzip gunzip xz unxz bzip2 bunzip2 zstd ar cpio logrotate logger unlink rename fallocate losetup cryptsetup lvm lvcreate lvremove vgcreate pvcreate mdadm tune2fs resize2fs fsck e2fsck debugfs wipefs sponge iconv shuf sdiff blkid btrfs zfs zpool pg_dump pg_dumpall pg_basebackup mysqldump mongodump utmpdump git hg svn bzr rpmbuild ssh-keygen gpg"
    ),
    (
      "it talks to the network",
      "curl wget nc ncat netcat telnet ftp tftp lftp sftp scp ssh socat nmap openssl rclone aws gcloud az kubectl mail sendmail ping traceroute dig nslookup tcpdump tshark dbus-send busctl gdbus ssh-keyscan"
    ),
    (
      "it changes the machine's state",
      "kill killall pkill skill reboot shutdown halt poweroff init telinit mount umount swapon swapoff modprobe insmod rmmod kexec iptables ip6tables nft ufw firewall-cmd useradd userdel usermod adduser deluser passwd chpasswd chage groupadd groupdel visudo service hwclock setenforce auditctl setpci stty setterm chvt loadkeys setfont ldconfig ipcrm killall5 chfn chsh newgrp gpasswd fuser lastlog lastb login capsh renice fstrim sync usbreset dmsetup ethtool iw rfkill nmcli tc ifconfig route arp brctl hdparm smartctl nvme blkdiscard wall write ifup ifdown dhclient systemd-tmpfiles udevadm hostname date timedatectl"
    ),
    (
      "it installs and removes software",
      "apt apt-get aptitude dnf yum zypper pacman apk snap flatpak pip pipx npm yarn gem dpkg-reconfigure"
    ),
    (
      "its language can change data and read any of it",
      "mysql mariadb psql sqlite sqlite3 redis-cli mongo mongosh"
    ),
    ("whoever uses it is root", "docker podman nerdctl ctr crictl virsh lxc machinectl"),
  ]

  private static let options: [(reason: String, names: Set<String>)] = [
    (
      "an option of this name starts another program",
      [
        "exec", "execdir", "ok", "okdir", "command", "cmd", "program", "shell", "pager", "editor", "plugin",
        "helper", "hook", "filter", "preprocess", "pre", "checkpoint", "run", "eval", "invoke", "logger",
      ]
    ),
    (
      "an option of this name writes, deletes or changes something",
      [
        "output", "write", "append", "delete", "remove", "unlink", "place", "edit", "save", "create", "kill",
        "force", "set", "reset", "clear", "flush", "vacuum", "rotate", "sync", "update", "overwrite",
        "truncate", "fprint", "fprintf", "fprint0", "fls", "log", "tee", "dump", "store", "now", "relinquish",
        "import", "install",
      ]
    ),
    (
      "an option of this name makes another file decide what is read or done",
      [
        "config", "rcfile", "init", "files0", "batch", "load", "library", "root", "sysroot", "chroot",
        "directory", "host", "machine", "remote", "connect",
      ]
    ),
  ]

  /// Short options that do not say what they do, and that are harmful in tools that many policies have.
  private static let knownOptions: [String: String] = [
    "sort": "-o -T", "uniq": "-o", "find": "-fls -ls0", "date": "-s -f", "file": "-f -m -C -M", "ip": "-b -n",
    "ss": "-F -K -E -D -N",
    "dmesg": "-c -C -n -D -E -F", "hostname": "-F -b", "sysctl": "-w -p -f", "nginx": "-s -c -g -p -e",
    "journalctl": "-D -M",
    "systemctl": "-H -M", "git": "-c -C", "tail": "-F", "top": "-w", "arp": "-s -d -f", "route": "-C",
    "who": "-l", "last": "-f",
    "lsof": "-k -D -m", "iostat": "-o", "mtr": "-F", "grep": "-f", "diff": "-F", "tree": "-o",
    "jq": "-f -L --slurpfile --rawfile",
    "less": "-o", "wc": "-f", "tar": "-I -F -C -x -c -r -u -T -X", "lsblk": "-y", "netstat": "-c",
  ]

  private static let verbs: Set<String> = [
    "activate", "exit", "kexec", "log", "ntp", "servers", "watchdogs", "add", "am", "annotate", "apply",
    "archive", "attach", "autoremove", "bind", "bisect",
    "build", "bundle", "call", "cancel", "change", "checkout", "clean", "clone", "commit", "config",
    "connect", "copy", "cordon", "cp", "create", "credential", "daemon", "deactivate", "debug", "define",
    "defrag", "del", "delete", "deploy", "destroy", "detach", "difftool", "disable", "disconnect", "down",
    "drain", "dump", "edit", "emergency", "emit", "enable", "erase", "evict", "exec", "export", "expose",
    "fence", "fetch", "filter", "flush", "format", "forward", "freeze", "fsck", "gc", "generate", "gui",
    "halt", "hibernate", "hold", "hook", "import", "init", "inject", "install", "instaweb", "invoke",
    "isolate", "join", "kill", "label", "leave", "link", "load", "login", "logout", "maintenance",
    "managedsave", "mark", "mask", "merge", "mergetool", "migrate", "mount", "move", "mv", "notify",
    "patch", "pause", "poweroff", "preset", "proxy", "prune", "pull", "purge", "push", "rebase", "reboot",
    "receive", "register", "reload", "remove", "rename", "repair", "replace", "rescue", "reset", "resize",
    "respond", "restart", "restore", "resume", "revert", "revoke", "rm", "rollback", "rollout", "rotate",
    "run", "save", "scale", "scrub", "send", "serve", "set", "setmem", "setvcpus", "shell", "shutdown",
    "sign", "signal", "snapshot", "start", "stash", "stop", "submodule", "subscribe", "suspend", "switch",
    "tag", "taint", "thaw", "trim", "undefine", "unhold", "uninstall", "unmask", "unpause", "unregister",
    "up", "update", "upgrade", "upload", "wipe", "worktree", "write",
  ]
}
