#!/bin/sh
# A capture of the library is what tcpdump sees of the same run: each packet,
# byte for byte, in the order of its direction; and Wireshark has nothing to
# say against it.  Over IPv4 and IPv6 on the loopback of a namespace, both
# ends being captured; over raw IP between two namespaces.  And what is left
# on a disk that got full is as good.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
examples=$top_builddir/apps/examples
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

# -- outside: a namespace ------------------------------------------------------

if [ "${1-}" != inside ]; then
	need tshark tcpdump dumpcap unshare nsenter ip
	flags=-nm
	[ "$(id -u)" -eq 0 ] || flags=-Urnm
	unshare "$flags" true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 200 unshare "$flags" /bin/sh "$0" inside "$(id -u)"
fi

# -- inside --------------------------------------------------------------------

use_tmp

# Wireshark's settings are the default ones.
HOME=$tmp
export HOME
unset XDG_CONFIG_HOME

ip link set lo up
sees_packets lo
head -c 300000 /dev/urandom >"$tmp/in"

# -- tcpdump -------------------------------------------------------------------

# In a user namespace, where it cannot change to another user, it does not run:
# there it is dumpcap, which has what it needs from the same library.
if [ "$2" -eq 0 ]; then
	sniffer=tcpdump is_ready='listening on' has_all='0 packets dropped by kernel'
	sniff() { # interface, run
		# -U: a packet is in the file at once; through a pipe, as a
		# tcpdump that is confined may write nowhere.
		exec tcpdump -Z root -i "$1" -n -U -B 16384 -w - \
		    2>"$tmp/$2.said" >"$tmp/$2.seen"
	}
else
	sniffer=dumpcap is_ready='File:' has_all='/0 (pcap:0/'
	sniff() {
		exec dumpcap -q -i "$1" -B 16 -w "$tmp/$2.seen" \
		    2>"$tmp/$2.said"
	}
fi

start_sniffer() { # run, interface
	mkfifo "$tmp/$1.said"
	sniff "$2" "$1" &
	sniffer_pid=$!
	pids="$pids $sniffer_pid"
	exec 3<"$tmp/$1.said"
	said=
	until case $said in *"$is_ready"*) true ;; *) false ;; esac do
		read -r line <&3 || case $said in
		*ermi*) skip "no capturing here: $said" ;;
		*) die "$sniffer has ended: $said" ;;
		esac
		said="$said$line; "
	done
}

# When the end of the association is in its file, all is.
stop_sniffer() { # run
	tries=0
	until fields "$tmp/$1.seen" 'sctp.chunk_type == 14' \
	    frame.number 2>/dev/null | grep . >"$tmp/found"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || die "$1: no end was captured"
	done
	kill -INT "$sniffer_pid"
	said=$(cat <&3)
	wait "$sniffer_pid" || :
	case $said in
	*"$has_all"*) ;;
	*) die "$1: $sniffer: $said" ;;
	esac
}

# -- Wireshark -----------------------------------------------------------------

udp_ports=
# One line a packet that matches, the fields in it.
fields() { # file, filter, field...
	file=$1 filter=$2
	shift 2
	# Words, an -e before each.
	# shellcheck disable=SC2046
	set -- -Y "$filter" -T fields $(printf -- '-e %s ' "$@")
	for udp_port in $udp_ports; do
		set -- "$@" -d "udp.port==$udp_port,sctp"
	done
	tshark -n -r "$file" -o ip.check_checksum:TRUE \
	    -o udp.check_checksum:TRUE -o sctp.checksum:crc-32c \
	    -o ip.defragment:FALSE \
	    -o sctp.ulp_dissection:FALSE "$@" 2>"$tmp/tshark.err" || {
		cat "$tmp/tshark.err" >&2
		die "tshark fails"
	}
	if grep -v '^Running as user' "$tmp/tshark.err" >&2; then
		die "tshark complains of $file"
	fi
}

# No packet matches any of these filters.  tshark takes a while to begin, so
# they are one for it, and each on its own only where that finds something.
none() { # file, what, filter, what, filter...
	pcap=$1 any=
	shift
	is_filter=no
	for word; do
		[ $is_filter = no ] || any="${any:+$any || }($word)"
		[ $is_filter = no ] && is_filter=yes || is_filter=no
	done
	fields "$pcap" "$any" frame.number >"$tmp/any"
	[ -s "$tmp/any" ] || return 0
	while [ $# -gt 0 ]; do
		fields "$pcap" "$2" frame.number frame.protocols \
		    _ws.expert.message >"$tmp/found"
		head -n 20 "$tmp/found" >&2
		[ ! -s "$tmp/found" ] ||
		    die "$(wc -l <"$tmp/found") packets of $pcap: $1"
		shift 2
	done
	die "$(wc -l <"$tmp/any") packets of $pcap: $any"
}

# All is good in Wireshark's eyes, and none of these is so.
is_clean() { # file, udp or raw, what, filter...
	pcap=$1 over=$2
	shift 2
	if [ "$over" = udp ]; then
		set -- "not SCTP in UDP" '!(udp && sctp)' \
		    "UDP's checksum is not good" \
		    '!(udp.checksum.status == 1)' "$@"
	else
		set -- "UDP" udp "not protocol 132" \
		    '!(ip.proto == 132 || ipv6.nxt == 132)' "$@"
	fi
	# 0x600000 is a warning, 0x800000 an error.
	none "$pcap" "SCTP's checksum is not good" \
	    '!(sctp.checksum.status == 1)' \
	    "IP's checksum is not good" 'ip && !(ip.checksum.status == 1)' \
	    "malformed" _ws.malformed \
	    "Wireshark warns" '_ws.expert.severity >= 0x600000' "$@"
	# And libpcap reads it.
	[ "$sniffer" = tcpdump ] || return 0
	tcpdump -Z root -n -r "$pcap" >"$tmp/text" 2>"$tmp/text.err" || {
		cat "$tmp/text.err" >&2
		die "tcpdump does not read $pcap"
	}
}

# The packets that leave from an address and UDP port: a filter.
from() { # address, UDP port or ""
	case $1 in
	*:*) set -- "ipv6.src == $1" "$2" ;;
	*) set -- "ip.src == $1" "$2" ;;
	esac
	echo "$1${2:+ && udp.srcport == $2}"
}

# What the headers of all packets say (no field that a process cannot know) and
# what is in them: FILE.fields; all their bytes: FILE.bytes.  Each line begins
# with the address and the UDP port that the packet leaves from.
list() { # file, an address of it
	case $2 in
	*:*) ip=ipv6 head="ipv6.tclass ipv6.plen ipv6.nxt ipv6.hlim" ;;
	*) ip=ip head="ip.dsfield ip.len ip.proto ip.ttl" ;;
	esac
	# Words.
	# shellcheck disable=SC2086
	fields "$1" sctp $ip.src udp.srcport $ip.dst $head \
	    udp.dstport udp.length sctp.srcport sctp.dstport \
	    sctp.verification_tag sctp.checksum sctp.chunk_type \
	    sctp.data_tsn_raw sctp.sack_cumulative_tsn_ack_raw >"$1.fields"
	# The bytes, in one field where SCTP is not known.
	set -- "$1"
	for udp_port in $udp_ports; do
		set -- "$@" -d "udp.port==$udp_port,data"
	done
	tshark -n --disable-protocol sctp -Y '!icmp && !icmpv6' -T fields \
	    -e $ip.src -e udp.srcport -e data.data -r "$@" \
	    >"$1.bytes" 2>"$tmp/tshark.err" || die "tshark fails"
}

# Those of them that leave from there, with all that is after the port.
leaving() { # file, address, UDP port or ""
	awk -F '\t' -v address="$2" -v port="$3" '
	    $1 == address && $2 == port' "$1.fields" "$1.bytes"
}

# What the file says of one direction is what the other saw of it.
is_same() { # run, file, address, UDP port or ""
	leaving "$tmp/$1.seen" "$3" "$4" >"$tmp/theirs"
	leaving "$2" "$3" "$4" >"$tmp/ours"
	n=$(wc -l <"$tmp/ours")
	[ "$n" -ge 10 ] || die "$1: $n lines from $3 $4"
	# Two a packet: its fields, and at least a header and a chunk.
	[ "$(cut -f 3 "$tmp/ours" | grep -Ec '^[0-9a-f]{32,}$')" -eq \
	    $((n / 2)) ] || die "$1: packets without bytes from $3 $4"
	if ! cmp -s "$tmp/theirs" "$tmp/ours"; then
		diff "$tmp/theirs" "$tmp/ours" | cut -c 1-200 |
		    head -n 20 >&2
		die "$1: $2: packets from $3 $4 are not what $sniffer saw"
	fi
	total=$((total + n / 2))
}

# A capture of one side is what the other program saw, each direction of it is
# marked as such, and all of it is of one interface.
check() { # run, side, udp or raw, interface, out: address, UDP port, in: both
	pcap=$tmp/$1.$2.pcapng
	is_clean "$pcap" "$3" \
	    "not of interface $4" "!(frame.interface_name == \"$4\")" \
	    "not marked as out" \
	    "$(from "$5" "$6") && !(frame.packet_flags_direction == 2)" \
	    "not marked as in" \
	    "$(from "$7" "$8") && !(frame.packet_flags_direction == 1)"
	list "$pcap" "$5"
	is_same "$1" "$pcap" "$5" "$6"
	is_same "$1" "$pcap" "$7" "$8"
}

# -- the programs --------------------------------------------------------------

# A file goes from a sender to a receiver; the UDP ports of both.
receive() { # run, command before...
	run=$1
	shift
	mkfifo "$tmp/$run.receiver"
	"$@" env GSCTP_PCAP="$tmp/$run.in.pcapng" GSCTP_LOG=info \
	    "$examples/transfer" -l -p 0 -o "$tmp/out" "$receiver" \
	    >"$tmp/$run.receiver" 2>"$tmp/$run.in.log" &
	pid=$!
	pids="$pids $pid"
	exec 4<"$tmp/$run.receiver"
	read -r line <&4 || die "$run: the receiver says nothing"
	port=$(echo "$line" | sed -n 's/^listening on port \([0-9]*\).*/\1/p')
	[ -n "$port" ] || die "$run: the receiver says: $line"
}
send() { # run
	GSCTP_PCAP="$tmp/$1.out.pcapng" GSCTP_LOG=info \
	    "$examples/transfer" -p "$port" "$receiver" "$tmp/in" \
	    2>"$tmp/$1.out.log" >"$tmp/$1.sent" || {
		cat "$tmp/$1.out.log" >&2
		die "$1: the sender fails"
	}
	cat <&4 >"$tmp/$1.received"
	wait "$pid" || die "$1: the receiver fails"
	cmp "$tmp/in" "$tmp/out"
}
udp_port_of() { # log
	sed -n 's/.*the stack runs on UDP port \([0-9]*\).*/\1/p' "$1"
}

# -- UDP, on the loopback ------------------------------------------------------

on_loopback() { # run, address
	total=0
	receiver=$2
	start_sniffer "$1" lo
	GSCTP_ADDRS=$2
	export GSCTP_ADDRS
	receive "$1" env
	there_port=$(udp_port_of "$tmp/$1.in.log")
	GSCTP_PEER_UDP_PORT=$there_port
	export GSCTP_PEER_UDP_PORT
	send "$1"
	here_port=$(udp_port_of "$tmp/$1.out.log")
	unset GSCTP_PEER_UDP_PORT
	udp_ports="$there_port $here_port"
	stop_sniffer "$1"
	list "$tmp/$1.seen" "$2"
	check "$1" out udp lo "$2" "$here_port" "$2" "$there_port"
	check "$1" in udp lo "$2" "$there_port" "$2" "$here_port"
	echo "capture: $1: $total packets, all as $sniffer saw them"
}

on_loopback ipv4 127.0.0.1
if grep -q '^00000000000000000000000000000001' /proc/net/if_inet6; then
	on_loopback ipv6 ::1
else
	echo "capture: no IPv6 here: left out"
fi

# -- a disk that gets full -----------------------------------------------------

mkdir "$tmp/full"
if mount -t tmpfs -o size=128k tmpfs "$tmp/full" 2>/dev/null; then
	receiver=127.0.0.1
	GSCTP_ADDRS=$receiver
	receive full env
	udp_ports=$(udp_port_of "$tmp/full.in.log")
	ln -s full/pcapng "$tmp/full.out.pcapng"
	GSCTP_PEER_UDP_PORT=$udp_ports
	export GSCTP_PEER_UDP_PORT
	send full
	unset GSCTP_PEER_UDP_PORT
	n=$(grep -c 'error: capture: .*No space left' "$tmp/full.out.log") || :
	[ "$n" = 1 ] || {
		cat "$tmp/full.out.log" >&2
		die "the log has $n lines of the full disk"
	}
	is_clean "$tmp/full/pcapng" udp
	n=$(fields "$tmp/full/pcapng" sctp frame.number | wc -l)
	[ "$n" -gt 20 ] || die "$n packets on the full disk"
	umount "$tmp/full"
	echo "capture: $n packets on a disk that got full, all well-formed"
else
	echo "capture: no tmpfs here: no full disk"
fi

# -- raw IP, between two hosts -------------------------------------------------

got=$("$top_builddir/tests/interop/raw_ip" start 2>&1) || :
if [ "$got" != 0 ]; then
	echo "capture: no raw IP here: left out: $got"
	exit 0
fi
udp_ports=
GSCTP_ENCAPSULATION=raw
export GSCTP_ENCAPSULATION
mkfifo "$tmp/hold" "$tmp/held"
# shellcheck disable=SC2016
unshare -n /bin/sh -c 'echo >"$1"; exec cat' sh "$tmp/held" <"$tmp/hold" &
host2=$!
pids="$pids $host2"
exec 9>"$tmp/hold"
read -r _ <"$tmp/held"

# Nothing may change the packets on the way: no checksum is left to others.
ip link add v1 type veth peer name v2 netns "$host2"
ip addr add 10.77.1.1/24 dev v1
nsenter -t "$host2" -n ip addr add 10.77.1.2/24 dev v2
has_ipv6=yes
{ ip addr add fd77::1/64 dev v1 nodad &&
    nsenter -t "$host2" -n ip addr add fd77::2/64 dev v2 nodad; } \
    2>/dev/null || has_ipv6=no
ip link set v1 up
nsenter -t "$host2" -n ip link set v2 up

over_raw_ip() { # run, address, the other host's
	total=0
	receiver=$3
	start_sniffer "$1" v1
	GSCTP_ADDRS=$3
	export GSCTP_ADDRS
	receive "$1" nsenter -t "$host2" -n
	GSCTP_ADDRS=$2
	send "$1"
	stop_sniffer "$1"
	list "$tmp/$1.seen" "$2"
	check "$1" out raw v1 "$2" "" "$3" ""
	check "$1" in raw v2 "$3" "" "$2" ""
	echo "capture: $1: $total packets, all as $sniffer saw them"
}

over_raw_ip raw_ipv4 10.77.1.1 10.77.1.2
[ "$has_ipv6" = no ] || over_raw_ip raw_ipv6 fd77::1 fd77::2
exec 9>&-
echo "capture: all is well"
