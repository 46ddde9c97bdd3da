# Debian packages, installed only when they are missing. Sourced by the scripts one folder up.

readonly BUILD_PACKAGES=(libseccomp-dev libaudit-dev libssh-dev pkg-config)
readonly GATEWAY_PACKAGES=(openssh-server openssh-client auditd python3 util-linux procps)
# What scripts/bench sandbox compares with.
readonly SANDBOX_PEERS=(bubblewrap firejail)
# What scripts/bench policy compares with, and reads policies with.
readonly POLICY_PEERS=(sudo python3-yaml)
# The second line and the third have the clients of SSH, the fourth the tools that the corpora try, the fifth a browser (100 MB).
readonly TEST_PACKAGES=(python3-pytest python3-yaml gcc libc6-dev strace python3-audit
  python3-paramiko python3-asyncssh python3-cryptography python3-jsonschema dropbear-bin putty-tools
  openssh-sftp-server rsync
  sysstat jq xxd tree binutils libcap2-bin gawk original-awk busybox
  chromium-headless-shell fonts-dejavu-core)
# To make and run the Debian 12 guest. What runs inside of it stands in guest_machine.sh.
readonly GUEST_HOST_PACKAGES=(mmdebstrap qemu-system-x86 e2fsprogs fakeroot kmod util-linux)

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

# install_packages PACKAGE…: fails, naming what is missing, when it cannot install. Services that come with a
# package are not started unless start_services=yes: who tries Keyhole has not asked for an ssh server on port 22.
install_packages() {
  local missing policy=/usr/sbin/policy-rc.d status=0
  # Another apt may be at work, such as unattended-upgrades.
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    printf '%s: these Debian packages are missing: %s\n' "${0##*/}" "${missing[*]}" >&2
    printf 'hint: as root, run: apt-get install %s\n' "${missing[*]}" >&2
    return 1
  fi
  printf '==> installing %s\n' "${missing[*]}"
  if [[ ${start_services-} != yes && ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 0755 "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d; exit 130' INT TERM
  else
    policy=
  fi
  { "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
    { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; }; } \
    </dev/null >/dev/null || status=1
  if [[ -n $policy ]]; then
    rm -f "$policy"
    trap - INT TERM
  fi
  if ((status)); then
    echo "${0##*/}: apt-get could not install: ${missing[*]}" >&2
    echo "hint: run it by hand to see why: apt-get install ${missing[*]}" >&2
  fi
  return $status
}
