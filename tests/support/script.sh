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
	export GSCTP_TEST_DIR="$tmp"
	pids=
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
}

# Whoever looks at the device $1, of a namespace of the test's own, sees each
# packet.  Those that leave as one message are cut before they are there, or,
# where the device cannot be told so, do not leave like that.
sees_packets() {
	! ethtool -K "$1" tx-udp-segmentation off 2>/dev/null || return 0
	GSCTP_UDP_OFFLOAD=off
	export GSCTP_UDP_OFFLOAD
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

# Is process $1 one that this script has begun?  The number of one that has
# ended may be another's by now.
is_ours() {
	grep -q "^[0-9]* (.*) [A-Z] $$ " "/proc/$1/stat" 2>/dev/null ||
	    tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" |
	    grep -qx "GSCTP_TEST_DIR=$tmp"
}

is_stopped() {
	grep -q '^[0-9]* (.*) T ' "/proc/$1/stat" 2>/dev/null
}

clean_up() {
	# Those that have ended are no more, those that are stopped shall.  No
	# other gets SIGCONT: it would undo the stop with which LeakSanitizer
	# attaches to a process that ends, which waits for that without limit.
	for pid in $pids; do
		is_ours "$pid" 2>/dev/null || continue
		kill "$pid" 2>/dev/null || :
		! is_stopped "$pid" || kill -CONT "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "$tmp"
}
