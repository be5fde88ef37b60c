# shellcheck shell=bash
# Words for people. All of them go to standard error; standard output is for results alone.

say() { printf '%s\n' "$*" >&2; }

# A heading for what comes next.
step() {
    if [[ -t 2 ]]; then
        printf '\033[1m==> %s\033[0m\n' "$*" >&2
    else
        printf '==> %s\n' "$*" >&2
    fi
}

# Ends the script: what is wrong, then what to do.
die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    if (($# > 0)); then printf '  %s\n' "$@" >&2; fi
    exit 1
}

# require_value OPTION REMAINING: an option that needs a value and has none.
require_value() {
    (($2 >= 2)) || die "$1 needs a value." "See scripts/${0##*/} --help."
}

# The last lines of a log, indented, with a line that says where the rest is.
show_tail() {
    local log=$1 lines=${2:-20}
    [[ -s $log ]] || { say "  $log is empty."; return; }
    say "  The last lines of $log:"
    tail -n "$lines" "$log" | sed 's/^/    /' >&2
}
