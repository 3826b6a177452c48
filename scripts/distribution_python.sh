# The Python 3.14 of a newer release of this machine's distribution, for scripts/setup,
# which reads this file: it uses CACHE, TOOLS, PRIVATE_PYTHON, say, make_tools and
# is_python_314 of that script.
#
# Debian's and Ubuntu's newer releases carry Python 3.14. Their packages are
# unpacked into a private folder and bound to the C library that comes with
# them, so the system stays as it is.
python_from_distribution() {
  local suite keyring
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  case $(. /etc/os-release && echo "$ID ${ID_LIKE:-}") in
    ubuntu* | *\ ubuntu*) suite=resolute keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
    debian* | *\ debian*) suite=forky keyring=/usr/share/keyrings/debian-archive-keyring.gpg ;;
    *) return 1 ;;
  esac
  local work="$CACHE/python.new" site
  for site in $(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u); do
    say "fetching Python 3.14 from this machine's package mirror ($suite)"
    rm -rf "$work"
    if unpack_packages "$work" "$site" "$suite" "$keyring"; then
      rm -rf "$PRIVATE_PYTHON"
      mv "$work/root" "$PRIVATE_PYTHON"
      rm -rf "$work"
      bind_private_python
      is_python_314 "$PRIVATE_PYTHON/usr/bin/python3.14" &&
        echo "$PRIVATE_PYTHON/usr/bin/python3.14" && return
    fi
  done
  return 1
}

unpack_packages() {
  local work=$1 site=$2 suite=$3 keyring=$4
  mkdir -p "$work"/{lists/partial,cache/archives/partial,packages,root}
  local signed=''
  [[ -f $keyring ]] && signed="[signed-by=$keyring] "
  echo "deb $signed$site $suite main" >"$work/sources.list"
  local apt=(apt-get -qq
    -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
    -o Acquire::Languages=none -o APT::Sandbox::User=
    -o Debug::NoLocking=true)
  (
    cd "$work/packages"
    timeout 90 "${apt[@]}" update
    timeout 90 "${apt[@]}" download \
      python3.14 python3.14-minimal python3.14-dev \
      libpython3.14 libpython3.14-minimal libpython3.14-stdlib libpython3.14-dev \
      libc6 libgcc-s1 libstdc++6 libssl3t64 libsqlite3-0 libffi8 liblzma5 \
      libbz2-1.0 zlib1g libzstd1 libncursesw6 libtinfo6 libreadline8t64 \
      libexpat1 libuuid1
    for package in *.deb; do dpkg -x "$package" "$work/root"; done
  ) >"$CACHE/python-packages.log" 2>&1
}

# patchelf writes absolute paths, so this runs where the folder will stay.
bind_private_python() {
  make_tools
  local loader libraries
  loader=$(find "$PRIVATE_PYTHON/usr/lib" -name 'ld-linux*.so*' | head -n 1)
  libraries=$(dirname "$(find "$PRIVATE_PYTHON/usr/lib" -name 'libssl.so.3' | head -n 1)")
  "$TOOLS/bin/patchelf" --set-interpreter "$loader" --force-rpath \
    --set-rpath "$libraries" "$PRIVATE_PYTHON/usr/bin/python3.14"
}
