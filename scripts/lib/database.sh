# shellcheck shell=bash
# shellcheck disable=SC2154
# The parts of scripts/up that concern data: the private cluster, its database, secrets and first accounts. Sourced by
# the supervisor; uses its run, state, logs and programs.

# secret NAME: the secret of that name, made at its first use and kept for its owner's eyes alone.
secret() {
    local file=$run/secrets/$1
    [[ -s $file ]] || (umask 077 && random_secret >"$file.new" && mv "$file.new" "$file")
    cat "$file"
}

# Stops what a supervisor that was ended with KILL left running. Keepers go first, so that they start nothing again.
clear_leftovers() {
    local file pid
    for file in "$state"/*.keeper.pid "$state"/*.pid; do
        [[ -e $file && $file != "$state/supervisor.pid" ]] || continue
        pid=$(recorded "$file")
        if [[ -n $pid ]]; then
            say "Stopping ${file##*/} ($pid), left over from a start that was ended."
            stop_process "$pid" "$([[ $file == */postgres.pid ]] && echo INT || echo TERM)" 65
        fi
        rm -f "$file"
    done
}

# Where the cluster lives: RUN/postgres, or below /var/lib when the server's user can't reach that.
choose_cluster() {
    local user=$1 elsewhere
    [[ ! -e $run/postgres ]] || return 0
    if may_enter "$user" "$run"; then
        mkdir "$run/postgres"
    else
        elsewhere=/var/lib/alert-whisperer/$(printf '%s' "$run" | sha256sum | cut -c 1-12)
        say "The user $user, who runs PostgreSQL, can't reach $run, so the data goes to $elsewhere."
        mkdir -p "$elsewhere" && ln -s "$elsewhere" "$run/postgres"
    fi
}

start_database() {
    local user directory port
    user=$(postgres_user)
    choose_cluster "$user"
    directory=$(readlink -f "$run/postgres")
    if [[ ! -s $directory/made ]]; then
        say "Making the PostgreSQL cluster in $directory"
        rm -rf "$directory/data"
        make_cluster "$directory" "$user" "$(secret postgres.password)" \
            "shared_buffers = 256MB" "max_connections = 200" "fsync = on" "synchronous_commit = on" \
            "max_wal_size = 2GB" "password_encryption = scram-sha-256" "timezone = 'UTC'" "log_timezone = 'UTC'" \
            >"$logs/initdb.log" 2>&1 || {
            show_tail "$logs/initdb.log"
            fail "The PostgreSQL cluster could not be made."
        }
        date -u +%FT%TZ >"$directory/made"
    fi
    port=$(cat "$run/postgres.port" 2>/dev/null)
    if [[ -z $port ]] || is_listening "$port"; then
        port=$(free_port 54320)
        printf '%s\n' "$port" >"$run/postgres.port"
    fi
    keep postgres INT 60 "$here/run-postgres" "$directory" "$user" "$port"
    if ! wait_for_postgres "$port" 60; then
        show_tail "$logs/postgres.log"
        fail "PostgreSQL did not get ready in 60 s."
    fi
    make_database "$port"
    AW_DATABASE_URL=postgres://alert_whisperer:$(secret database.password)@127.0.0.1:$port/alert_whisperer
    export AW_DATABASE_URL
    say "PostgreSQL runs on 127.0.0.1:$port"
}

# The login of the services, which is no superuser, and its database. The server's log never shows the password.
make_database() {
    local psql
    psql=("$(postgres_programs)/psql" -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$1" -U postgres -d postgres)
    PGPASSWORD=$(secret postgres.password) PGOPTIONS='-c log_min_error_statement=panic' "${psql[@]}" \
        >>"$logs/initdb.log" 2>&1 <<SQL || fail "The database could not be made; see $logs/initdb.log"
SELECT 'CREATE ROLE alert_whisperer LOGIN CREATEROLE PASSWORD ''$(secret database.password)'''
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'alert_whisperer') \gexec
SELECT 'CREATE DATABASE alert_whisperer OWNER alert_whisperer'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'alert_whisperer') \gexec
SQL
}

# The master key, the schema, the first accounts.
prepare_database() {
    if [[ -z ${AW_MASTER_KEY:-} ]]; then
        [[ -s $run/secrets/master.key ]] ||
            (umask 077 && "$programs/aw" key generate >"$run/secrets/master.key.new" &&
                mv "$run/secrets/master.key.new" "$run/secrets/master.key") || fail "No master key could be made."
        AW_MASTER_KEY=$(cat "$run/secrets/master.key")
        export AW_MASTER_KEY
    fi
    "$programs/aw" migrate apply >&2 || fail "The schema could not be brought up to date."
    "$programs/aw" setup --credentials "$run/credentials.json" >/dev/null || fail "The first accounts could not be made."
}

# What aw and scripts/up need to know of this run.
write_environment() {
    (
        umask 077
        {
            printf 'AW_DATABASE_URL=%s\n' "$AW_DATABASE_URL"
            printf 'AW_MASTER_KEY=%s\n' "$AW_MASTER_KEY"
            printf 'AW_CONSOLE_PUBLIC_URL=%s\n' "$AW_CONSOLE_PUBLIC_URL"
            printf 'AW_INGEST_PUBLIC_URL=%s\n' "$AW_INGEST_PUBLIC_URL"
        } >"$run/environment"
    )
    printf '%s\n' "$console_url" "${ingest_urls[@]}" >"$state/addresses"
}
