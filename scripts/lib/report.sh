# shellcheck shell=bash
# What scripts/up prints when everything is ready.

# field FILE NAME: a text field of one of our own JSON files, which have one field per line.
field() { sed -n 's/^ *"'"$2"'" *: *"\([^"]*\)",\{0,1\}$/\1/p' "$1"; }

# addresses RUN: console_url and ingest_urls of what runs there.
addresses() {
    local lines
    mapfile -t lines <"$1/state/addresses"
    console_url=${lines[0]}
    ingest_urls=("${lines[@]:1}")
}

report_json() {
    local run=$1 urls
    addresses "$run"
    printf -v urls '"%s",' "${ingest_urls[@]}"
    printf '{"console_url":"%s","ingest_url":"%s","ingest_urls":[%s]' "$console_url" "${ingest_urls[0]}" "${urls%,}"
    local name
    for name in admin_email admin_password company_id api_key hmac_secret; do
        printf ',"%s":"%s"' "$name" "$(field "$run/credentials.json" "$name")"
    done
    printf '}\n'
}

# report RUN PROGRAMS ROOT
report() {
    local run=$1 aw=${2#"$3/"}/aw credentials=$1/credentials.json directory=''
    addresses "$run"
    [[ $run == "$3/.run" ]] || directory=" --directory $run"
    cat <<TEXT

Alert Whisperer is ready.

  Console   $console_url
  Sign in   $(field "$credentials" admin_email)
  Password  $(field "$credentials" admin_password)
  Ingest    ${ingest_urls[*]}
  Company   $(field "$credentials" company_id)

Send a signed alert (paste it into a shell):

  BODY='{"asset_name":"web-server-01","signature":"high_cpu_usage","severity":"high","message":"CPU at 95%","tool_source":"Datadog"}'
  TIME=\$(date +%s)
  curl -sS '${ingest_urls[0]}/api/webhooks/alerts' -H 'Content-Type: application/json' \\
    -H 'X-API-Key: $(field "$credentials" api_key)' -H "X-Timestamp: \$TIME" \\
    -H "X-Signature: sha256=\$(printf '%s.%s' "\$TIME" "\$BODY" | openssl dgst -sha256 -hmac '$(field "$credentials" hmac_secret)' | sed 's/.* //')" \\
    --data-binary "\$BODY"

What to try next:

  $aw tail                  what happens, as it happens (leave it open in a second terminal)
  $aw send                  the same alert, signed for you
  $aw send --storm 500      five hundred alerts at once, and the incidents they become
  $aw doctor                whether everything is well, and what to do where it is not
  kill -9 \$(cut -d' ' -f1 $run/state/correlator.pid)
                            nothing is lost, and it is started again at once
  scripts/down$directory              stops everything and keeps the data

Data, secrets and logs are in $run
TEXT
}
