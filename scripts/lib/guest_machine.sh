# shellcheck shell=bash disable=SC2034
# The Debian 12 guest: its disk, the tree that is tested in it, and the machine. Sourced by scripts/guest.

# The guest's userland is unpacked from these and what they depend on.
readonly GUEST_PACKAGES=(
  linux-image-cloud-amd64 busybox-static base-files base-passwd libc-bin bash dash mawk hostname kmod apt systemd
  coreutils diffutils findutils grep sed gzip xz-utils file util-linux bsdextrautils mount passwd login procps psmisc
  iproute2 openssh-server openssh-client auditd python3 python3-pytest python3-paramiko
  libseccomp2 libaudit1 libcap-ng0 libstdc++6 strace
)
readonly GUEST_CACHE=${KEYHOLE_SCRATCH:-.build}/guest
GUEST_IMAGE=
guest_processes=()
guest_ended_by=

guest_fails() {
  echo "guest: $1" >&2
  [[ -z ${2-} ]] || echo "hint: $2" >&2
  exit 125
}

# The disk is kept as long as what it is made from stays the same. Sets GUEST_IMAGE.
prepare_guest_image() {
  local inputs new began=$SECONDS
  inputs=$({ printf '%s\n' "${GUEST_PACKAGES[@]}"; cat scripts/lib/guest/make-image scripts/lib/guest/initrd-init; } | sha256sum)
  GUEST_IMAGE=$GUEST_CACHE/${inputs:0:16}
  if [[ $1 != yes && -e $GUEST_IMAGE/release ]]; then
    echo "==> the guest's disk is up to date (Linux $(<"$GUEST_IMAGE/release"))"
    return
  fi
  echo '==> making the disk of a Debian 12 guest'
  mkdir -p "$GUEST_CACHE"
  new=$(mktemp -d "$GUEST_CACHE/new-XXXXXX")
  if ! as_if_root scripts/lib/guest/make-image "$new" "${GUEST_PACKAGES[@]}" >"$GUEST_CACHE/make-image.log" 2>&1; then
    rm -rf "$new"
    cat "$GUEST_CACHE/make-image.log" >&2
    guest_fails 'the disk could not be made' 'the packages come from deb.debian.org: is it reachable?'
  fi
  rm -rf "$GUEST_IMAGE"
  mv "$new" "$GUEST_IMAGE"
  # Disks of other inputs.
  find "$GUEST_CACHE" -mindepth 1 -maxdepth 1 -type d ! -name "${GUEST_IMAGE##*/}" -exec rm -rf {} +
  echo "==> made it in $((SECONDS - began)) s (Linux $(<"$GUEST_IMAGE/release"))"
}

# So that what is root's in the guest can be written by anybody.
as_if_root() {
  if ((EUID == 0)); then "$@"; else fakeroot -- "$@"; fi
}

# prepare_guest_tree WORK MODE ARGUMENT…: a second disk, with what is tested and what is to be done.
prepare_guest_tree() {
  local work=$1 mode=$2 tree=$1/tree
  shift 2
  mkdir -p "$tree/out" "$tree/.guest" "$tree/Tests"
  cp -a out/bin "$tree/out/"
  rm -f "$tree/out/bin/"*-benchmark
  cp -a Tests/Acceptance "$tree/Tests/"
  cp -a scripts policy packaging docs "$tree/"
  python3 Tests/Acceptance/probe_programs.py "$tree/.guest/probes" || guest_fails 'the probes could not be compiled'
  printf '%s\0' "$@" >"$tree/.guest/arguments"
  {
    declare -p mode | sed 's/^declare -- mode/MODE/'
    printf 'SYSCTLS=('
    # Each word is a setting.
    # shellcheck disable=SC2086
    printf ' %q' ${KEYHOLE_GUEST_SYSCTLS-}
    printf ' )\n'
    printf 'export KEYHOLE_GUEST=1 KEYHOLE_PROBES=/repository/.guest/probes PYTHONDONTWRITEBYTECODE=1\n'
    printf 'export KEYHOLE_TEST_SCALE=%q\n' "${KEYHOLE_TEST_SCALE:-6}"
  } >"$tree/.guest/settings"
  chmod -R go-w "$tree"
  truncate -s 1G "$work/tree.ext4"
  # shellcheck disable=SC2016
  as_if_root sh -c 'chown -R 0:0 "$1/tree" && /sbin/mke2fs -q -t ext4 -b 4096 -L keyhole-tree -d "$1/tree" "$1/tree.ext4"' sh "$work"
  rm -rf "$tree"
}

# run_guest WORK MODE: WORK/{console,status,junit} afterwards; sets guest_ended_by when it had to be ended.
run_guest() {
  local work=$1 mode=$2 seconds=${KEYHOLE_GUEST_SECONDS:-1500} status=0 clock words machine
  # A guest that measures its clock by an emulated timer hangs in half of the boots.
  clock=$(python3 scripts/lib/tsc_frequency.py)
  words="console=ttyS0 panic=-1 quiet audit_backlog_limit=8192 tsc_early_khz=$clock tsc=reliable"
  # shellcheck disable=SC2054
  machine=(
    qemu-system-x86_64 -M microvm,pit=on,pic=on,rtc=on,isa-serial=on -accel tcg,thread=multi,tb-size=256 -cpu qemu64
    -smp 2 -m 2048 -no-reboot -nodefaults -no-user-config -display none
    -kernel "$GUEST_IMAGE/vmlinuz" -initrd "$GUEST_IMAGE/initrd" -append "$words"
    # What the guest writes to its disks goes to files without a name.
    -drive "if=none,id=root,file=$GUEST_IMAGE/root.ext4,format=raw,snapshot=on" -device virtio-blk-device,drive=root
    -drive "if=none,id=tree,file=$work/tree.ext4,format=raw,snapshot=on" -device virtio-blk-device,drive=tree
    -device virtio-rng-device -device virtio-serial-device
    -chardev "file,id=status,path=$work/status" -device virtserialport,chardev=status,name=keyhole.status
    -chardev "file,id=junit,path=$work/junit" -device virtserialport,chardev=junit,name=keyhole.junit
    -chardev "file,id=output,path=$work/output" -device virtserialport,chardev=output,name=keyhole.output
    -serial chardev:console
  )
  : >"$work/status"
  : >"$work/output"
  if [[ $mode == tests ]]; then
    machine+=(-chardev "file,id=console,path=$work/console")
    TMPDIR=$work setpriv --pdeathsig TERM -- timeout "$seconds" "${machine[@]}" </dev/null >"$work/qemu" 2>&1 &
    guest_processes=($!)
    tail -n +1 -s 0.5 --pid="$!" -f "$work/output" &
    wait "${guest_processes[0]}" || status=$?
    guest_processes=()
    wait
  else
    echo '==> booting; exit ends the guest, and so does Ctrl-a x'
    [[ $mode == shell ]] || echo '==> the tests run before there is a shell'
    : >"$work/console"
    # shellcheck disable=SC2054
    machine+=(-chardev stdio,id=console,mux=on,signal=off)
    TMPDIR=$work setpriv --pdeathsig TERM -- "${machine[@]}" 2>"$work/qemu" || status=$?
    cat "$work/output"
  fi
  cat "$work/qemu" >&2
  if ((status == 124)); then
    guest_ended_by="$seconds seconds were over (KEYHOLE_GUEST_SECONDS)"
  elif ((status)); then
    guest_ended_by="qemu failed with status $status"
  fi
}

# run_two_guests WORK: the tests of the sandbox, in two machines at once, as an emulated processor keeps one of ours busy:
# every second test in each, so that neither waits for the other. Prints the results of one as they come and then those
# of the other.
run_two_guests() {
  local paths=(Tests/Acceptance/test_{kernel_layers,secrets,sandbox,grants}.py Tests/Acceptance/test_attack*.py)
  local number status=0
  setpriv --pdeathsig TERM -- scripts/guest -q -rfEs --share=1/2 "${paths[@]}" &
  guest_processes=($!)
  setpriv --pdeathsig TERM -- scripts/guest -q -rfEs --share=2/2 "${paths[@]}" >"$1/second" 2>&1 &
  guest_processes+=($!)
  for number in 0 1; do
    wait "${guest_processes[number]}" || status=$?
  done
  guest_processes=()
  cat "$1/second"
  return "$status"
}

end_guests() {
  ((${#guest_processes[@]} == 0)) || kill "${guest_processes[@]}" 2>/dev/null || true
}
