#!/bin/sh
# What the library puts on the wire, as Wireshark reads it: the examples talk
# on the loopback of a network namespace of their own, and every packet is
# well-formed SCTP in UDP with a good checksum.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
examples=$top_builddir/apps/examples
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

complain() {
	echo "tshark: $*" >&2
	result=1
}

# -- outside: a namespace ------------------------------------------------------

if [ "${1-}" != inside ]; then
	need tshark dumpcap unshare ip
	flags=-n
	[ "$(id -u)" -eq 0 ] || flags=-Urn
	unshare "$flags" true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 120 unshare "$flags" /bin/sh "$0" inside
fi

# -- inside --------------------------------------------------------------------

use_tmp

ip link set lo up
sees_packets lo
pcap=$tmp/packets.pcapng
mkfifo "$tmp/dumpcap" "$tmp/server" "$tmp/receiver"

dumpcap -q -i lo -w "$pcap" 2>"$tmp/dumpcap" &
capture=$!
pids="$pids $capture"
exec 3<"$tmp/dumpcap"
said=
while :; do
	if ! read -r line <&3; then
		case $said in
		*ermission*) skip "no capturing here: $said" ;;
		esac
		die "dumpcap has ended: $said"
	fi
	said="$said$line; "
	# It captures once it has its file.
	case $line in
	File:*) break ;;
	esac
done

# The word after "port" in "listening on port 2006, UDP port 9899".
ports_of() {
	echo "$1" | sed -n \
	    's/^listening on port \([0-9]*\), UDP port \([0-9]*\)$/\1 \2/p'
}

# An association that is aborted.
"$examples/server" -p 0 -n 1 127.0.0.1 >"$tmp/server" &
server=$!
pids="$pids $server"
exec 4<"$tmp/server"
read -r line <&4 || die "the server says nothing"
ports=$(ports_of "$line")
[ -n "$ports" ] || die "the server says: $line"
udp_ports=${ports#* }
"$examples/client" -p "${ports% *}" 127.0.0.1 ||
    die "the client fails"
cat <&4
wait "$server" || die "the server fails"

# And one that is shut down, with some data.
head -c 300000 /dev/urandom >"$tmp/in"
"$examples/transfer" -l -p 0 -o "$tmp/out" 127.0.0.1 \
    >"$tmp/receiver" &
receiver=$!
pids="$pids $receiver"
exec 5<"$tmp/receiver"
read -r line <&5 || die "the receiver says nothing"
ports=$(ports_of "$line")
[ -n "$ports" ] || die "the receiver says: $line"
udp_ports="$udp_ports ${ports#* }"
"$examples/transfer" -p "${ports% *}" 127.0.0.1 "$tmp/in" ||
    die "the sender fails"
cat <&5
wait "$receiver" || die "the receiver fails"
cmp "$tmp/in" "$tmp/out"

# The packets that match, one line of the fields each.  What the user's
# payload looks like to Wireshark is of no interest.
decode() { # filter, field...
	filter=$1
	shift
	# Words, an -e before each.
	# shellcheck disable=SC2046
	set -- -Y "$filter" -T fields $(printf -- '-e %s ' "$@")
	for port in $udp_ports; do
		set -- "$@" -d "udp.port==$port,sctp"
	done
	tshark -n -r "$pcap" -o sctp.checksum:crc-32c \
	    -o sctp.ulp_dissection:FALSE "$@" 2>"$tmp/tshark.err"
}

# The last packet is in the file soon; before that tshark may find it cut.
tries=0
until [ -n "$(decode 'sctp.chunk_type == 14' frame.number || :)" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || die "no SHUTDOWN_COMPLETE was captured"
done
kill -INT "$capture"
wait "$capture" || :

result=0
none() { # what, filter, field...
	what=$1
	shift
	decode "$@" >"$tmp/found" || {
		cat "$tmp/tshark.err" >&2
		die "tshark fails"
	}
	[ -s "$tmp/found" ] || return 0
	complain "$(wc -l <"$tmp/found") packets: $what"
	head -n 20 "$tmp/found" >&2
}

none "not SCTP in UDP" '!(udp && sctp)' frame.number frame.protocols
none "the checksum is not good" 'sctp && !(sctp.checksum.status == 1)' \
    frame.number sctp.checksum
none "malformed" _ws.malformed frame.number _ws.col.Info
# 0x600000 is a warning, 0x800000 an error.
none "Wireshark warns" '_ws.expert.severity >= 0x600000' frame.number \
    _ws.expert.message

decode sctp sctp.chunk_type >"$tmp/types"
tr ',' '\n' <"$tmp/types" | sort -n | uniq -c >"$tmp/counts"
while read -r type name; do
	awk -v type="$type" '$2 == type { found = 1 } END { exit !found }' \
	    "$tmp/counts" || complain "no $name"
done <<END
0 DATA
1 INIT
2 INIT_ACK
3 SACK
6 ABORT
7 SHUTDOWN
8 SHUTDOWN_ACK
10 COOKIE_ECHO
11 COOKIE_ACK
14 SHUTDOWN_COMPLETE
END

echo "packets: $(wc -l <"$tmp/types"); chunks by type:" \
    "$(awk '{ printf " %s: %s", $2, $1 }' "$tmp/counts")"
decode '_ws.expert && sctp' _ws.expert.message | sort | uniq -c |
    sed 's/^/remark: /'
[ "$result" -ne 0 ] || echo "tshark: all is well"
exit "$result"
