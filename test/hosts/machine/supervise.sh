#!/bin/sh
# The power supply of one lab host, outside of it: plugs it in, boots it, and boots it again when it reboots.
# usage: supervise.sh FOLDER (the host's folder; `settings` in it was written by settings.ts)
set -eu
folder=$1
here=${0%/*}
. "$folder/settings"

# A new network namespace for each boot, as a machine that lost power forgets its connections without a word to their peers.
plug_in() {
  ip -n "$SWITCH" link del "$NAME" 2>/dev/null || :
  ip netns del "$NETNS" 2>/dev/null || :
  ip netns add "$NETNS"
  ip -n "$SWITCH" link add "$NAME" type veth peer name eth0 address "$MAC" netns "$NETNS"
  # A host that `lab slow` holds back hangs behind its delay line.
  bridge=br0
  if ip -n "$SWITCH" link show "$NAME-s" >/dev/null 2>&1; then bridge=$NAME-s; fi
  ip -n "$SWITCH" link set "$NAME" master "$bridge" up
  ip -n "$NETNS" link set lo up
  ip -n "$NETNS" address add "$ADDRESS/$PREFIX" dev eth0
  ip -n "$NETNS" link set eth0 up
  ip -n "$NETNS" route add default via "$GATEWAY"
}

# The kernel lets go of a dead host's disks a moment after its last process.
await_disks() {
  for image in "$folder/system.img" "$folder/data.img"; do
    while [ -n "$(losetup --associated "$image")" ]; do sleep 0.02; done
  done
}

# A limit names a loop device, and the next boot may get others.
lift_disk_limits() {
  for group in $CGROUPS; do
    for file in "$group"/blkio.throttle.*_device; do
      [ -e "$file" ] || continue
      awk '{ print $1, 0 }' "$file" | while read -r limit; do echo "$limit" >"$file"; done
    done
    [ -e "$group/io.max" ] || continue
    awk '{ print $1, "rbps=max wbps=max riops=max wiops=max" }' "$group/io.max" |
      while read -r limit; do echo "$limit" >"$group/io.max"; done
  done
}

boot() (
  for group in $CGROUPS; do echo 0 >"$group/cgroup.procs"; done
  exec nsenter --net="/run/netns/$NETNS" unshare --mount --uts --ipc --pid --fork --kill-child \
    --propagation private sh "$here/boot.sh" "$folder"
)

while :; do
  await_disks
  lift_disk_limits
  plug_in
  status=0
  boot || status=$?
  # 3: init was asked to reboot; 129: reboot(2) in a PID namespace ends its init with SIGHUP. Anything else is power off.
  case $status in 3 | 129) ;; *) exit "$status" ;; esac
done
