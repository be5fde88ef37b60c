# shellcheck shell=bash
# The Swift toolchain, and building with it.

# Ends the script when there is no Swift that can build this.
require_swift() {
    local hint="Install Swift 6.2 or later for this system from https://www.swift.org/install/linux/, put its usr/bin
  directory on PATH (export PATH=/path/to/swift/usr/bin:\$PATH), and run this again."
    command -v swift >/dev/null || die "Swift 6 is missing." "$hint"
    local version major minor
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    major=${version%%.*} minor=${version#*.}
    [[ -n $version ]] || die "the Swift at $(command -v swift) does not run." "swift --version says why." "$hint"
    ((major > 6 || (major == 6 && minor >= 2))) || die "this Swift is $version, and 6.2 is needed." "$hint"
}

# build WHAT LOG SWIFT-BUILD-ARGUMENT...: builds, and shows where it stands once it takes more than two seconds: a line
# that changes in a terminal, else a line every 15 seconds. When it fails, its errors are shown and 1 is returned.
build() {
    local what=$1 log=$2 status=0 began=$SECONDS said=0
    shift 2
    mkdir -p "${log%/*}"
    swift build "$@" >"$log" 2>&1 &
    local compiler=$!
    while kill -0 "$compiler" 2>/dev/null; do
        sleep 0.2
        local passed=$((SECONDS - began)) at
        ((passed >= 2)) || continue
        at=$(tail -c 4000 "$log" | tr '\r' '\n' | grep -aE '^\[[0-9]+/[0-9]+\]|^(Fetching|Computing|Working|Creating|Another)' |
            tail -n 1 | cut -c 1-90)
        if [[ -t 2 ]]; then
            printf '\r\033[K%s: %d:%02d %s' "$what" $((passed / 60)) $((passed % 60)) "${at:-reading the package}" >&2
        elif ((said == 0 || passed >= said + 15)); then
            say "$(printf '%s: %d:%02d %s' "$what" $((passed / 60)) $((passed % 60)) "${at:-reading the package}")"
            said=$passed
        fi
    done
    wait "$compiler" || status=$?
    [[ -t 2 ]] && ((SECONDS - began >= 2)) && printf '\r\033[K' >&2
    if ((status != 0)); then
        say "$what failed; all of it is in $log."
        grep -aE '(error|warning):' "$log" | sort -u | head -n 40 | sed 's/^/  /' >&2
        grep -qaE 'error:' "$log" || show_tail "$log"
        return 1
    fi
    ((SECONDS - began < 2)) || say "$(printf '%s: done in %d:%02d' "$what" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)))"
}

# is_built CONFIGURATION: whether the last build of that configuration that `mark_built` marked was of these sources, by
# this toolchain.
is_built() {
    local mark=.build/$1.built
    [[ -x .build/$1/aw && $(cat "$mark" 2>/dev/null) == "$(swift --version 2>/dev/null)" ]] || return 1
    [[ -z $(find Package.swift Services Shared -newer "$mark" -print -quit) ]]
}

# mark_built CONFIGURATION MOMENT: remembers a build that began at MOMENT, a time that touch understands.
mark_built() {
    swift --version >".build/$1.built" 2>/dev/null && touch -d "$2" ".build/$1.built"
}
