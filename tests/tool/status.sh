#!/bin/sh
# gsctp status: tables and JSON of the programs of this user, and what it says
# where there is none.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

gsctp=$top_builddir/apps/gsctp/gsctp
[ -x "$gsctp" ] || skip "the gsctp command is not built"
need jq
use_tmp
export GSCTP_ADDRS=127.0.0.1 GSCTP_UDP_PORT=0 GSCTP_RUN_DIR="$tmp/run"

# Run gsctp status with $2... : its exit code is $1.
status() {
	want=$1
	shift
	got=0
	timeout -k 5 60 "$gsctp" status "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$want" ] || {
		cat "$tmp/out" "$tmp/err" >&2
		die "gsctp status $* exits with $got, not with $want"
	}
}

out_has() {
	grep "$1" "$tmp/out" >/dev/null || {
		cat "$tmp/out" >&2
		die "it does not print \"$1\""
	}
}

err_has() {
	grep "$1" "$tmp/err" >/dev/null || {
		cat "$tmp/err" >&2
		die "it does not say \"$1\""
	}
}

# -- nobody --------------------------------------------------------------------

status 1
err_has 'no gsctp program of yours runs'
status 1 "$$"
err_has "no gsctp program of yours has the process id $$"
status 2 nonsense
status 2 -w 0
status 2 --such
status 0 --help
out_has '^usage: gsctp status'
chmod 755 "$tmp/run"
status 1
err_has 'not yours alone'
chmod 700 "$tmp/run"

# -- a server, and one with two associations ------------------------------------

start_server() { # the variable for its SCTP port, and the one for its pid
	mkfifo "$tmp/$1"
	"$top_builddir/apps/examples/server" -p 0 127.0.0.1 >"$tmp/$1" &
	eval "$2=\$!"
	pids="$pids $!"
}

GSCTP_FAULTS=delay=1ms,seed=7
export GSCTP_FAULTS
start_server one pid1
unset GSCTP_FAULTS
exec 4<"$tmp/one"
read -r line <&4 || die "the first server says nothing"
port1=$(echo "$line" | sed -n 's/.* port \([0-9]*\), UDP.*/\1/p')
start_server two pid2
exec 5<"$tmp/two"
read -r line <&5 || die "the second server says nothing"
port2=$(echo "$line" | sed -n 's/.* port \([0-9]*\), UDP.*/\1/p')

# libtool's wrapper may have a child: the stack knows its own pid.
status 0 --json
[ "$(wc -l <"$tmp/out")" -eq 2 ] || die "not two lines"
# shellcheck disable=SC2016
pid_of() {
	jq -r --argjson port "$1" \
	    'select(any(.sockets[]; .port == $port)) | .pid' "$tmp/out"
}
pid1=$(pid_of "$port1")
pid2=$(pid_of "$port2")
kill -0 "$pid1" "$pid2" || die "$pid1 and $pid2 are no processes"

"$top_builddir/apps/examples/connect_init" 127.0.0.1 "$port1" \
    127.0.0.1 "$port2" --idle-ms 60000 >"$tmp/client" &
pids="$pids $!"
n=0
until [ "$(grep -c comm_up "$tmp/client")" -eq 2 ]; do
	n=$((n + 1))
	[ "$n" -lt 600 ] || die "the associations do not come up"
	sleep 0.1
done

status 0 --json
jq -e -s '
    length == 3 and
    all(.[]; .version and .udp_port > 0 and (.sockets | length) == 1) and
    ([.[].associations | length] | sort) == [1, 1, 2] and
    all(.[].associations[]; .state == "established" and
	(.paths | length) == 1 and .paths[0].primary and
	.paths[0].rto_ms > 0 and .paths[0].cwnd > 0) and
    ([.[].faults | select(. != null)] | length == 1 and
	all(.[]; .seed == 7 and .out.delayed > 0 and
	    .out.packets == .out.delayed and .out.lost == 0 and
	    .in.packets > 0))' "$tmp/out" >/dev/null || {
	cat "$tmp/out" >&2
	die "the JSON is not so"
}

# Every field has its row in the manual, and no row is of nothing.
page=$top_srcdir/man/gsctp_stack_status.3
for key in $(jq -r '[.. | objects | keys[]] | unique[]' "$tmp/out"); do
	grep -w "$key" "$page" >/dev/null || die "the manual has no $key"
done
for key in $(sed -n 's/^\.It \([a-z_]*\) Ta .*/\1/p' "$page" | sort -u); do
	case $key in
	backlog | pending | active_left) continue ;; # not of these
	esac
	jq -e -s --arg key "$key" \
	    'any(.[] | .. | objects; has($key))' "$tmp/out" >/dev/null ||
	    die "nothing has the manual's $key"
done

status 0
[ "$(grep -c '^[a-z_-]*connect_init\[' "$tmp/out")" -eq 1 ] || {
	cat "$tmp/out" >&2
	die "connect_init is not there once"
}
out_has '^SOCKET  *STATE  *LOCAL'
out_has "^one-to-many  *listens  *127.0.0.1:$port1  *1 "
out_has "established .* 127.0.0.1:$port2 .* rtt:"
status 0 --paths "$pid1"
out_has '127.0.0.1:[0-9]*  *active  *rtt [0-9]*ms  *rto [0-9]*ms'
[ "$(grep -c '^[^ ]*\[[0-9]*\]: gsctp ' "$tmp/out")" -eq 1 ] ||
    die "more than process $pid1"

# -- one that is stopped, and one that is gone ----------------------------------

freeze "$pid2"
status 4 "$pid2"
err_has "process $pid2 does not answer"
kill -CONT "$pid2"
kill -9 "$pid1"
n=0
while kill -0 "$pid1" 2>/dev/null && [ "$n" -lt 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
status 1 "$pid1"
err_has "no gsctp program of yours has the process id $pid1"
status 0
[ "$(grep -c '^[^ ]*\[[0-9]*\]: gsctp ' "$tmp/out")" -eq 2 ] ||
    die "not the two that are left"

# -- the output cannot be written ----------------------------------------------

if [ -c /dev/full ]; then
	for args in '' --json '-w 1' --help; do
		code=0
		# shellcheck disable=SC2086
		timeout -k 5 60 "$gsctp" status $args >/dev/full \
		    2>"$tmp/err" || code=$?
		[ "$code" -eq 1 ] || die "a full disk: $args: code $code"
		err_has '^gsctp status: standard output: No space left'
	done
fi

# -- again and again, until a signal -------------------------------------------

# Not by timeout(1): it sends a signal twice, and the second one, while a leak
# sanitizer looks at a process that ends, stops it for good.
"$gsctp" status --json -w 100ms "$pid2" >"$tmp/watch" &
watcher=$!
pids="$pids $watcher"
n=0
until [ "$(wc -l <"$tmp/watch")" -ge 3 ]; do
	n=$((n + 1))
	[ "$n" -lt 300 ] || die "it does not say it again"
	sleep 0.1
done
kill -TERM "$watcher"
n=0
while kill -0 "$watcher" 2>/dev/null; do
	n=$((n + 1))
	[ "$n" -lt 300 ] || die "SIGTERM does not end it"
	sleep 0.1
done
got=0
wait "$watcher" || got=$?
[ "$got" -eq 143 ] || die "SIGTERM makes it exit with $got"

echo "$me: tables and JSON of three programs"
