# shellcheck shell=bash
# shellcheck disable=SC2154
# The suites of Tests/suites: finding them, running one, reading how many of its tests passed. Sourced by scripts/test.

# All suites, as `name: command`.
suites() { grep -vE '^[[:space:]]*(#|$)' "$root/Tests/suites"; }

# select_suites [NAME...]: those named, or all; nothing when a name is unknown.
select_suites() {
    local name found=()
    (($# > 0)) || { suites; return; }
    for name in "$@"; do
        found+=("$(suites | grep -m 1 "^$name: ")") || return 1
    done
    printf '%s\n' "${found[@]}"
}

# Test targets of Package.swift that no line of Tests/suites runs.
unlisted_suites() {
    local folder
    for folder in "$root"/Tests/*Tests; do
        suites | grep -qF "^${folder##*/}\\." || printf '%s\n' "${folder##*/}"
    done
}

# The Python of the suites, with the packages of Tests/requirements.txt; made anew when that file changed.
make_venv() {
    local wanted log=$root/.build/test-logs/venv.log
    wanted=$(sha256sum <"$root/Tests/requirements.txt")
    [[ $(cat .venv/made 2>/dev/null) != "$wanted" ]] || return 0
    step "Installing Python packages"
    mkdir -p "${log%/*}"
    if ! { rm -rf .venv && /usr/bin/python3 -m venv .venv && .venv/bin/pip install -q -r Tests/requirements.txt; } \
        >"$log" 2>&1; then
        show_tail "$log"
        return 1
    fi
    printf '%s\n' "$wanted" >.venv/made
}

# counts LOG: `passed failed skipped` of the closing lines of Swift Testing, pytest, or one that reads
# `3 passed, 0 failed`.
counts() {
    tr '\r' '\n' <"$1" | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | awk '
        function number(word,    m) { return match($0, "[0-9]+ " word) ? substr($0, RSTART) + 0 : 0 }
        /Test run with [0-9]+ tests?/ { match($0, /with [0-9]+/); swift += substr($0, RSTART + 5) + 0 }
        /^[^ ]+ Test .* failed after/ && !/Test run with/ { failed++ }
        /^[^ ]+ Test .* skipped/ && !/Test run with/ { skipped++ }
        /^(=+ )?([0-9]+ [a-z]+, )*[0-9]+ (passed|failed|error|errors|skipped)(, [0-9]+ [a-z]+)*( in .*)?$/ {
            plain = number("passed"); plainFailed = number("failed") + number("error")
            plainSkipped = number("skipped") + number("deselected") + number("xfailed")
        }
        END {
            if (swift > 0) print swift - failed - skipped, failed + 0, skipped + 0
            else print plain + 0, plainFailed + 0, plainSkipped + 0
        }'
}

# run_suite NAME COMMAND: runs it and prints its closing line; adds to `passed` and `failed`. Fails when a test failed, a
# test was skipped, or none ran.
run_suite() {
    local name=$1 command=$2 log=$root/.build/test-logs/$1.log began=$SECONDS status good wrong skipped time
    step "$name"
    bash -c "$command" >"$log" 2>&1 </dev/null &
    local runner=$! said=$SECONDS
    while kill -0 "$runner" 2>/dev/null; do
        sleep 0.2
        if ((SECONDS >= said + 30)); then
            said=$SECONDS
            say "$name: running for $((SECONDS - began)) s"
        fi
    done
    wait "$runner"
    status=$?
    time=$((SECONDS - began))
    read -r good wrong skipped < <(counts "$log")
    passed=$((passed + good))
    if ((status == 0 && wrong == 0 && skipped == 0 && good > 0)); then
        printf 'suite %s: passed %d (%d s)\n' "$name" "$good" "$time"
        return 0
    fi
    failed=$((failed + wrong + skipped))
    ((wrong + skipped > 0)) || failed=$((failed + 1))
    if ((status == 0 && wrong == 0 && skipped > 0)); then
        printf 'suite %s: SKIPPED %d, passed %d, which counts as failed (%d s)\n' "$name" "$skipped" "$good" "$time"
    elif ((status == 0 && wrong == 0)); then
        printf 'suite %s: failed, it ran no test (%d s)\n' "$name" "$time"
    else
        printf 'suite %s: failed %d, passed %d, status %d (%d s)\n' "$name" "$wrong" "$good" "$status" "$time"
    fi
    # The lines that say what failed, else the end of the log.
    local lines
    lines=$(grep -aE '✘|^(FAILED|ERROR) |recorded an issue|error:|AssertionError|Fatal' "$log" | head -n 40)
    if [[ -n $lines ]]; then
        say "  From $log:"
        printf '    %s\n' "${lines//$'\n'/$'\n'    }" >&2
    else
        show_tail "$log" 30
    fi
    return 1
}
