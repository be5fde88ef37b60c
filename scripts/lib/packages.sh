# shellcheck shell=bash
# Debian packages: which are missing, and installing exactly those.

# What the build and every script need.
# shellcheck disable=SC2034
build_packages=(
    ca-certificates curl g++ git libcurl4-openssl-dev libpq-dev libssl-dev libzmq3-dev openssl pkg-config tzdata
    util-linux zlib1g-dev
)

# require_packages PACKAGE...: installs those that are missing; does and says nothing when all are there.
require_packages() {
    local package missing=() as_root=()
    command -v dpkg-query >/dev/null || die "this is no Debian or Ubuntu." \
        "Install what these packages hold by the means of your system, and see docs/operations.md: $*"
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0

    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "packages are missing and there is no sudo here." \
            "As root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    step "Installing packages: ${missing[*]}"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
    if ! "${as_root[@]}" "${install[@]}" >&2; then
        say "Again, with fresh package lists."
        "${as_root[@]}" apt-get update -q >&2 || die "the package lists could not be read." \
            "Look at what apt-get says above; without a network, install by hand: ${missing[*]}"
        "${as_root[@]}" "${install[@]}" >&2 || die "the packages could not be installed." \
            "Look at what apt-get says above, then run this again."
    fi
}
