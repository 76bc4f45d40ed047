# script.sh: what script tests share.  Sourced.
# shellcheck shell=sh

me=$(basename "$0" .sh)

skip() {
	echo "$me: $*: skipped"
	exit 77
}

die() {
	echo "$me: $*" >&2
	exit 1
}

# All of these programs, or skip.
need() {
	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# A directory $tmp, which goes with the script, as do the processes in $pids.
use_tmp() {
	tmp=$(mktemp -d)
	pids=
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
}

# Stop process $1, and come back when none of its threads runs any more.
freeze() {
	kill -STOP "$1"
	frozen=0
	while cat /proc/"$1"/task/*/stat | sed 's/.*) //' | grep -qv '^T'; do
		frozen=$((frozen + 1))
		[ "$frozen" -lt 100000 ] || die "process $1 does not stop"
	done
}

clean_up() {
	# Those that have ended are no more, those that are stopped shall.
	for pid in $pids; do
		kill "$pid" 2>/dev/null || :
		kill -CONT "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "$tmp"
}
