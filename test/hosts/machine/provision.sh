# Sourced by boot.sh at a host's first boot: makes a copied root file system this host's own.
mkdir -p "$root/etc/howdah-lab/boot.d" "$root/usr/sbin" "$root/etc/apt/apt.conf.d" "$root/usr/local/sbin"
rm -f "$root/etc/hostname" "$root/etc/hosts" "$root/etc/resolv.conf" "$root/etc/machine-id" "$root/etc/ld.so.preload"
echo "$NAME" >"$root/etc/hostname"
cp "$folder/../hosts" "$root/etc/hosts"
: >"$root/etc/resolv.conf"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
[ -z "$ZONE" ] || echo "$ZONE" >"$root/etc/howdah-lab/zone"

# No package starts anything: there is no systemd here, and what is to run is ours to start.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
printf '#!/bin/sh\nexec /usr/local/bin/node /opt/howdah/bin/howdah.js "$@"\n' >"$root/usr/local/bin/howdah"
printf '#!/bin/sh\nkill -HUP 1\n' >"$root/usr/local/sbin/reboot"
chmod 755 "$root/usr/sbin/policy-rc.d" "$root/usr/local/bin/howdah" "$root/usr/local/sbin/reboot"

# Packages come through the switch's proxy, as nothing routes out of the lab; what signs its HTTPS is what this machine trusts.
printf 'Acquire::http::Proxy "http://%s:%s";\nAcquire::https::Proxy "http://%s:%s";\n' \
  "$GATEWAY" "$PROXY_PORT" "$GATEWAY" "$PROXY_PORT" >"$root/etc/apt/apt.conf.d/zz-howdah-lab"
mkdir -p "$root/etc/ssl/certs" "$root/usr/local/share/ca-certificates"
cp -RL /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || :
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt" 2>/dev/null || :

install -m 755 "$here/start-up.sh" "$root/etc/howdah-lab/init"
install -m 755 "$here/boot-howdah.sh" "$root/etc/howdah-lab/boot.d/howdah"
# Last, because it says that all of this was done.
cp "$folder/../environment" "$root/etc/howdah-lab/environment.part"
mv "$root/etc/howdah-lab/environment.part" "$root/etc/howdah-lab/environment"
# An installed system is on its disk; what a power cut may take is what the host writes afterwards.
sync -f "$system"
