#!/bin/sh
# The howdah daemon, from the first boot on at which this host has a state of its own, started again whenever it ends.
[ -e /var/lib/howdah/state.db ] || exit 0
while :; do
  /usr/local/bin/howdah daemon run
  sleep 1
done
