#!/bin/sh
# The firmware of a lab host: PID 1 of new namespaces. It mounts the host's disks and becomes its init. All mounts are in this
# mount namespace only, so that they end with the host's last process.
# usage: boot.sh FOLDER
set -eu
# Anywhere but in namespaces of its own it would mount over the machine's folders.
[ $$ = 1 ] || exit 64
folder=$1
here=${0%/*}
. "$folder/settings"
root=$folder/root
system=$folder/system

mkdir -p "$root" "$system"
mount -o loop,noatime "$folder/system.img" "$system"
mkdir -p "$system/upper" "$system/work"
mount -t overlay -o "lowerdir=$LOWER,upperdir=$system/upper,workdir=$system/work" overlay "$root"
mkdir -p "$root/var/lib/howdah" "$root/opt/howdah" "$root/usr/local/bin" "$root/mnt"
chmod 755 "$root"
mount -o loop,noatime "$folder/data.img" "$root/var/lib/howdah"
rmdir "$root/var/lib/howdah/lost+found" 2>/dev/null || :

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/run"
mount -t tmpfs -o mode=1777,nosuid tmpfs "$root/tmp"
mkdir -m 1777 "$root/run/lock"
mkdir -p "$root/run/howdah-lab/system"
mount --bind "$system" "$root/run/howdah-lab/system"
chmod 700 "$root/run/howdah-lab"

mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for device in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
  set -- $device
  mknod -m 666 "$root/dev/$1" c "$2" "$3"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
# Python's semaphores, and so Patroni, need one that every account may write to.
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${stream%:*}" "$root/dev/${stream#*:}"; done

mount --bind "$CHECKOUT" "$root/opt/howdah"
mount -o remount,bind,ro "$root/opt/howdah"
[ -e "$root/usr/local/bin/node" ] || : >"$root/usr/local/bin/node"
mount --bind "$NODE" "$root/usr/local/bin/node"
mount -o remount,bind,ro "$root/usr/local/bin/node"

if [ ! -e "$root/etc/howdah-lab/environment" ]; then . "$here/provision.sh"; fi
install -m 755 "$here/init.sh" "$root/run/howdah-lab/pid1"
echo "$NAME" >/proc/sys/kernel/hostname

cd "$root"
pivot_root . mnt
cd /
exec env -i /bin/sh /run/howdah-lab/pid1
