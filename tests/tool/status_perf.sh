#!/bin/sh
# gsctp status of a server that three clients measure: three associations,
# and their figures are those of the moment.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/script.sh
. "$here/../support/script.sh"
: "${top_builddir:=.}"
gsctp=$(cd "$top_builddir" && pwd)/apps/gsctp/gsctp
[ -x "$gsctp" ] || skip "gsctp was built without jansson"
need jq mkfifo
use_tmp
# Stacks of other tests may be stopped, and do not answer then.
export GSCTP_RUN_DIR="$tmp/run"

mkfifo "$tmp/server"
"$gsctp" perf -s -p 0 -u 0 --bind 127.0.0.1 >"$tmp/server" 2>&1 &
pids="$pids $!"
exec 3<"$tmp/server"
read -r line <&3 || die "the server says nothing"
port=$(expr "$line" : 'listening on port \([0-9]*\), UDP port') ||
    die "the server says: $line"

for i in 1 2 3; do
	"$gsctp" perf -c 127.0.0.1 -p "$port" -u 0 --bind 127.0.0.1 -t 60 \
	    -b 2m -l 1000 >"$tmp/client$i" 2>&1 &
	pids="$pids $!"
done

# libtool's wrapper may have a child: the stack knows its own pid.
"$gsctp" status --json >"$tmp/all"
server=$(jq -r --argjson port "$port" \
    'select(any(.sockets[]; .port == $port)) | .pid' "$tmp/all")
[ -n "$server" ] || die "no stack has port $port"

look() { # file
	"$gsctp" status --json "$server" >"$1"
}
# What has come in of each, in the order of their ids.
received() { # file
	jq -c '[.associations | sort_by(.id)[] | .counters.in_octets]' "$1"
}

n=0
until look "$tmp/first" && jq -e '(.associations | length) == 3 and
    all(.associations[]; .state == "established" and
	.counters.in_messages > 10)' "$tmp/first" >/dev/null; do
	n=$((n + 1))
	[ "$n" -lt 300 ] || die "not three: $(cat "$tmp/first")"
	sleep 0.1
done
n=0
until look "$tmp/second" && jq -e -n --argjson a "$(received "$tmp/first")" \
    --argjson b "$(received "$tmp/second")" \
    '($a | length) == 3 and ($b | length) == 3 and
    all(range(3); $b[.] > $a[.])' >/dev/null; do
	n=$((n + 1))
	[ "$n" -lt 300 ] || die "its figures stand still"
	sleep 0.1
done
jq -e 'all(.associations[]; .peer_address == "127.0.0.1" and
    .receive_buffer > 0 and (.paths | length) == 1 and
    .paths[0].state == "active" and .paths[0].cwnd > 0 and
    .paths[0].rto_ms > 0 and .paths[0].mtu > 0)' "$tmp/second" >/dev/null ||
    die "no path: $(cat "$tmp/second")"

"$gsctp" status "$server" >"$tmp/table"
[ "$(grep -c '^[0-9][0-9]* *established .*rtt:.*cwnd:' "$tmp/table")" -eq 3 ] || {
	cat "$tmp/table" >&2
	die "the table has not three associations"
}
echo "status_perf: three associations, $(received "$tmp/first") and then" \
    "$(received "$tmp/second") bytes"
