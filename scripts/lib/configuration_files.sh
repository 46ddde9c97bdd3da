# Files that an administrator may edit, kept as dpkg keeps conffiles: what was edited or removed stays so. Sourced by
# scripts/install. $INSTALLED lists what was installed, one "sha256  path" a line.

readonly INSTALLED=/var/lib/keyhole/installed.sha256

# Nothing for a file that is not there.
digest_of() { [[ ! -e $1 ]] || sha256sum -- "$1" | cut -d ' ' -f 1; }

installed_digest() { [[ ! -e $INSTALLED ]] || awk -v path="$1" '$2 == path { print $1 }' "$INSTALLED"; }

remember_installed() {
  mkdir -p "${INSTALLED%/*}"
  touch "$INSTALLED"
  awk -v path="$2" '$2 != path' "$INSTALLED" >"$INSTALLED.new"
  [[ -z $1 ]] || printf '%s  %s\n' "$1" "$2" >>"$INSTALLED.new"
  mv -f "$INSTALLED.new" "$INSTALLED"
}

# What is to be done with the shipped file $1 at its place $2: write, keep, or new (keep it and put the shipped one beside it).
configuration_action() {
  local shipped now then
  shipped=$(digest_of "$1")
  now=$(digest_of "$2")
  then=$(installed_digest "$2")
  if [[ $now == "$shipped" ]]; then
    echo keep
  elif [[ -z $now && -z $then ]] || [[ -n $now && $now == "$then" ]]; then
    echo write
  elif [[ $shipped == "$then" ]]; then
    echo keep
  else
    echo new
  fi
}

# install_configuration SHIPPED PLACE MODE
install_configuration() {
  local action
  action=$(configuration_action "$1" "$2")
  case $action in
  write) place_file "$1" "$2" "$3" ;;
  new)
    install -m "$3" "$1" "$2.new"
    echo "    $2 was edited here: kept; the one that ships is $2.new"
    ;;
  keep) ;;
  esac
  remember_installed "$(digest_of "$1")" "$2"
}

# Removes what was installed and not edited since; names the rest.
remove_configuration() {
  local digest path
  [[ -e $INSTALLED ]] || return 0
  while read -r digest path; do
    rm -f "$path.new"
    [[ -e $path ]] || continue
    if [[ $(digest_of "$path") == "$digest" ]]; then
      rm -f "$path"
    else
      echo "    left, since it was edited here: $path"
    fi
  done <"$INSTALLED"
  rm -f "$INSTALLED"
  rmdir "${INSTALLED%/*}" 2>/dev/null || true
}
