# shellcheck shell=bash
# A PostgreSQL cluster of our own: made and run as a user that is not root, reached by password on 127.0.0.1 alone.

# The directory of the newest PostgreSQL's programs.
postgres_programs() {
    local directory
    directory=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    if [[ -z $directory ]]; then
        directory=$(command -v initdb) || die "PostgreSQL's programs are not here." \
            "Install the package postgresql, or set AW_DATABASE_URL to a server that you have."
    fi
    printf '%s' "${directory%/initdb}"
}

# The user that runs the server: root may not, so for root it is postgres, made where it is missing.
postgres_user() {
    if ((EUID != 0)); then
        id -un
        return
    fi
    if ! id postgres >/dev/null 2>&1; then
        say "Making the system user postgres, because root may not run PostgreSQL."
        useradd --system --no-create-home --shell /usr/sbin/nologin postgres >&2 || die "the user could not be made." \
            "Run this as a user other than root."
    fi
    printf postgres
}

# as_user USER COMMAND...: becomes the command, as that user; no shell or watcher stays in between.
as_user() {
    local user=$1
    shift
    if [[ $user == "$(id -un)" ]]; then
        exec "$@"
    else
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups "$@"
    fi
}

# may_enter USER DIRECTORY: whether the user can reach it through all its parents.
may_enter() { (as_user "$1" test -x "$2") 2>/dev/null; }

# make_cluster DIRECTORY USER PASSWORD SETTING...: an empty cluster in DIRECTORY/data with a superuser `postgres`.
# SETTINGs are lines of postgresql.conf. The port is given when it is started.
make_cluster() {
    local directory=$1 user=$2 password=$3 programs
    shift 3
    programs=$(postgres_programs)
    mkdir -p "$directory/socket"
    ((EUID != 0)) || chown "$user" "$directory" "$directory/socket"
    chmod 700 "$directory/socket"
    (
        umask 077
        printf '%s\n' "$password" >"$directory/password"
        ((EUID != 0)) || chown "$user" "$directory/password"
        cd / && (as_user "$user" "$programs/initdb" -D "$directory/data" -U postgres -A scram-sha-256 \
            --pwfile="$directory/password" -E UTF8 --locale=C.UTF-8 --data-checksums --no-instructions) >&2
    )
    local status=$?
    rm -f "$directory/password"
    ((status == 0)) || return 1
    {
        printf '%s\n' "" "# Alert Whisperer" "listen_addresses = '127.0.0.1'"
        # A socket's path may have 107 bytes.
        if ((${#directory} <= 80)); then
            printf "unix_socket_directories = '%s'\n" "$directory/socket"
        else
            printf "unix_socket_directories = ''\n"
        fi
        printf '%s\n' "$@"
    } >>"$directory/data/postgresql.conf"
}

# wait_for_postgres PORT SECONDS: until the server answers.
wait_for_postgres() {
    local programs tenths=$(($2 * 10))
    programs=$(postgres_programs)
    while ((tenths-- > 0)); do
        "$programs/pg_isready" -q -h 127.0.0.1 -p "$1" && return 0
        sleep 0.1
    done
    return 1
}

# 43 letters and digits: 256 bits from the kernel.
random_secret() {
    local text
    text=$(head -c 96 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9')
    printf '%s' "${text:0:43}"
}
