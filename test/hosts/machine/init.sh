#!/bin/sh
# PID 1 of a lab host: starts /etc/howdah-lab/init and buries the dead. SIGHUP reboots, SIGINT and SIGTERM turn off.
STOP_TENTHS=100
# What ends all processes here would, anywhere but in a PID namespace of its own, end a machine's.
if [ $$ != 1 ] || [ ! -e /etc/howdah-lab/environment ]; then exit 64; fi

turn_off() {
  trap '' HUP INT TERM
  rm -f /run/howdah-lab/up
  kill -TERM -1
  tenths=0
  set -- /proc/[0-9]*
  while [ $# -gt 1 ] && [ $tenths -lt $STOP_TENTHS ]; do
    sleep 0.1
    tenths=$((tenths + 1))
    set -- /proc/[0-9]*
  done
  sync
  exit "$status"
}
trap 'status=3; turn_off' HUP
trap 'status=0; turn_off' INT TERM

umount -l /mnt
. /etc/howdah-lab/environment
cd /
# A session of its own, so that no signal to its group reaches PID 1.
setsid /etc/howdah-lab/init </dev/null >>/var/log/howdah-lab-boot.log 2>&1 &
: >/run/howdah-lab/up
# `wait` collects every child that ends, adopted ones too.
while :; do
  sleep 2147483647 &
  wait $!
done
