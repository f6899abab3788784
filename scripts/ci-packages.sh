#!/usr/bin/env bash
# Debian packages that the tests use and a bare CI machine lacks. On a person's machine it does nothing: tests that need a
# program which is not there say so and are skipped.
set -euo pipefail

packages=(busybox docker.io etcd-client etcd-server fish iproute2 iputils-ping libfaketime mmdebstrap nftables pgbackrest xfsprogs zsh)

[ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0

missing=()
for package in ${packages[@]+"${packages[@]}"}; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

# Where systemd runs, the package would start a member of its own.
mkdir -p /etc/systemd/system
ln -sfn /dev/null /etc/systemd/system/etcd.service

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
