# Types the first argument and a Tab into an interactive zsh that has loaded $SCRIPT, and shows what comes; succeeds when
# the second argument is part of it.
zmodload zsh/zpty
zpty -b shell "TERM=dumb zsh -f -i"

until_seen() {
  local out shown= tries
  for ((tries = 0; tries < 400; tries++)); do
    if zpty -r -t shell out; then
      shown+=$out
      [[ $shown == *$1* ]] && return 0
    else
      sleep 0.05
    fi
  done
  print -r -- "$shown"
  return 1
}

zpty -w shell "PS1='> '; LISTMAX=1000; stty columns 200 rows 60; autoload -Uz compinit; compinit -u -D; source $SCRIPT; print RE''ADY"
until_seen READY || exit 1
zpty -w -n shell "$1"$'\t'
until_seen "$2"
