#!/usr/bin/env bash
# `make demo`: the example project on a managed Postgres, from nothing to a query over verify-full TLS, and down again.
# KEEP=1 leaves it running. Engine and state stay in HOWDAH_HOME, so that a second run needs no network.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

# As root, servers run under an account of their own, which must be able to reach the folder; a checkout may be private.
if [ "$(id -u)" = 0 ]; then default_home=/var/lib/howdah-demo; else default_home=$root/.howdah/demo; fi
export HOWDAH_HOME=${HOWDAH_HOME:-$default_home}
mkdir -p "$HOWDAH_HOME"
cd examples/shop

howdah() { node "$root/bin/howdah.js" "$@"; }

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$1"; }

show() {
  say "\$ howdah $*"
  howdah "$@"
}

take_down() {
  status=$?
  trap - EXIT
  if [ "${KEEP:-}" = 1 ]; then
    say "Left running. To use it: cd examples/shop && export HOWDAH_HOME='$HOWDAH_HOME' PATH=\"$root/bin:\$PATH\""
    echo 'To end it: howdah.js down --yes && howdah.js daemon stop'
    exit "$status"
  fi
  show down --yes || status=$?
  show daemon stop || status=$?
  exit "$status"
}
trap take_down EXIT

echo "Everything of this demo lives in $HOWDAH_HOME"
show config set --random POSTGRES_PASSWORD
show up --yes
show ps
show psql db -c "select 'hello from ' || current_setting('server_version') as answer"

say 'The application of the example, with the environment that compose.yaml gives it, verifying our CA:'
PGSSLROOTCERT=$(howdah url db --format env | sed -n "s/^\(export \)\{0,1\}PGSSLROOTCERT=//p" | tr -d "'\"")
[ -r "$PGSSLROOTCERT" ] || {
  echo "howdah url named no readable CA file (PGSSLROOTCERT='$PGSSLROOTCERT')" >&2
  exit 1
}
export PGSSLROOTCERT
show run web -- node app/connection.js
