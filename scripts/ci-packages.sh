#!/usr/bin/env bash
# Debian packages that the tests use and a bare CI machine lacks. On a person's machine it does nothing: tests that need a
# program which is not there say so and are skipped.
set -euo pipefail

packages=(busybox docker.io etcd-client etcd-server fish haproxy iproute2 iputils-ping libfaketime mmdebstrap nftables patroni pgbackrest pgbouncer
  postgresql-15 postgresql-common python3-etcd xfsprogs zsh)

[ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0

missing=()
for package in ${packages[@]+"${packages[@]}"}; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

# The packages would start servers of their own, and make a cluster.
mkdir -p /etc/systemd/system /etc/postgresql-common/createcluster.d
for service in etcd haproxy patroni pgbouncer postgresql; do
  ln -sfn /dev/null "/etc/systemd/system/$service.service"
done
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/howdah-ci.conf
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
