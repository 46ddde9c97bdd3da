/// Commands and options that no proposal offers, whatever was asked for: each with the reason.
enum NeverProposed {
  /// Why a command is not proposed; nil for one that may be.
  static func reason(forCommand name: String) -> String? {
    var base = Substring(name.lowercased())
    if let reason = commands[String(base)] { return reason }
    // python3.11, gcc-12, mkfs.ext4, vim.basic
    if let dot = base.firstIndex(of: "."), let reason = commands[String(base[..<dot])] { return reason }
    while let last = base.last, last.isNumber || last == "." || last == "-" { base.removeLast() }
    return commands[String(base)]
  }

  /// Why an option is not proposed; nil for one that may be. Options that say what they do are judged by their name.
  static func reason(forOption name: String, of command: String) -> String? {
    if knownOptions[command]?.split(separator: " ").contains(Substring(name)) == true {
      return "of \(command) it is known to write, to run something, or to read names from a file"
    }
    guard name.hasPrefix("-") else { return nil }
    let words = name.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
    for (reason, names) in options where words.contains(where: names.contains) { return reason }
    return nil
  }

  /// Why a verb is not proposed.
  static func reason(forVerb name: String) -> String? {
    let words = name.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
    return words.contains(where: verbs.contains) ? "a verb of this name changes something" : nil
  }

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
      "it is a programming language that can write files and start programs; the types sed-script and awk-program take what is harmless of it",
      "awk gawk mawk nawk original-awk sed gsed"
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
      "tee dd cp mv rm ln mkdir rmdir touch chmod chown chgrp chattr setfacl setfattr setcap truncate install patch shred split csplit mkfs fdisk sfdisk cfdisk parted mkswap mknod mkfifo mktemp rsync tar zip unzip gzip gunzip xz unxz bzip2 bunzip2 zstd ar cpio logrotate logger unlink rename fallocate losetup cryptsetup lvm lvcreate lvremove vgcreate pvcreate mdadm tune2fs resize2fs fsck wipefs sponge"
    ),
    (
      "it talks to the network",
      "curl wget nc ncat netcat telnet ftp tftp lftp sftp scp ssh socat nmap openssl rclone aws gcloud az kubectl mail sendmail ping traceroute dig nslookup tcpdump tshark"
    ),
    (
      "it changes the machine's state",
      "kill killall pkill skill reboot shutdown halt poweroff init telinit mount umount swapon swapoff modprobe insmod rmmod kexec iptables ip6tables nft ufw firewall-cmd useradd userdel usermod adduser deluser passwd chpasswd chage groupadd groupdel visudo service hwclock setenforce auditctl wall write ifup ifdown dhclient systemd-tmpfiles udevadm hostname date timedatectl"
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
        "helper", "hook", "filter", "preprocess", "pre", "checkpoint", "run", "eval",
      ]
    ),
    (
      "an option of this name writes, deletes or changes something",
      [
        "output", "write", "append", "delete", "remove", "unlink", "place", "edit", "save", "create", "kill",
        "force", "set", "reset", "clear", "flush", "vacuum", "rotate", "sync", "update", "overwrite",
        "truncate", "fprint", "fprintf", "fprint0", "fls", "log", "tee", "dump", "store", "import", "install",
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
    "start", "stop", "restart", "reload", "enable", "disable", "mask", "unmask", "kill", "set", "edit",
    "delete", "del", "add", "remove", "rm",
    "create", "write", "exec", "run", "attach", "prune", "push", "commit", "change", "replace", "flush",
    "link", "preset", "isolate", "reset",
    "import", "export", "install", "uninstall", "upgrade", "update", "apply", "patch", "scale", "drain",
    "cordon", "reboot", "poweroff", "halt",
    "suspend", "hibernate", "switch", "rescue", "emergency", "daemon", "clean", "freeze", "thaw", "revert",
    "cancel", "load", "save", "build",
    "pull", "login", "logout", "tag", "cp", "mv", "rename", "checkout", "merge", "rebase", "fetch", "clone",
    "gc", "config", "bind", "mount",
  ]
}
