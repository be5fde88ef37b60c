# shellcheck shell=bash
# Processes by pid and start time, so that a number that was given to another process is never mistaken; and ports.

# start_time PID: clock ticks since boot; empty when there is no such process or it only waits to be reaped.
start_time() {
    local stat fields
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    read -r -a fields <<<"${stat##*) }"
    [[ ${fields[0]} == Z ]] || printf '%s' "${fields[19]}"
}

# record FILE PID: remembers a process.
record() {
    printf '%s %s\n' "$2" "$(start_time "$2")" >"$1.new" && mv "$1.new" "$1"
}

# recorded FILE: the pid that FILE remembers when that very process still runs, else nothing.
recorded() {
    local pid started
    [[ -r $1 ]] && read -r pid started <"$1" && [[ -n $started && $(start_time "$pid") == "$started" ]] || return 0
    printf '%s' "$pid"
}

# is_alive PID START-TIME
is_alive() { [[ -n $2 && $(start_time "$1") == "$2" ]]; }

# stop_process PID SIGNAL SECONDS: asks with SIGNAL, waits, and ends it with KILL when it has not gone by then.
stop_process() {
    local pid=$1 signal=$2 started tenths=$(($3 * 10))
    started=$(start_time "$pid")
    [[ -n $started ]] || return 0
    kill -s "$signal" "$pid" 2>/dev/null
    while ((tenths-- > 0)); do
        is_alive "$pid" "$started" || return 0
        sleep 0.1
    done
    say "Process $pid did not stop in $3 s and is ended."
    kill -s KILL "$pid" 2>/dev/null
    while is_alive "$pid" "$started"; do sleep 0.1; done
}

# is_listening PORT: whether something on this machine listens there, on any address.
is_listening() {
    local hex
    printf -v hex '%04X' "$1"
    awk -v port="$hex" '$4 == "0A" { n = split($2, a, ":"); if (a[n] == port) { found = 1; exit } } END { exit !found }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# free_port FIRST [TAKEN...]: the first port from FIRST on that nobody listens on and that is not among TAKEN.
free_port() {
    local port=$1
    shift
    while ((port < 65536)); do
        if [[ " $* " != *" $port "* ]] && ! is_listening "$port"; then
            printf '%s' "$port"
            return
        fi
        port=$((port + 1))
    done
    return 1
}
