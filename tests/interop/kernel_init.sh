#!/bin/sh
# The first process of the machine that kernel.sh starts: sets up its network,
# runs kernel_side there, and turns the machine off.  What it is told comes as
# words of the kernel's command line:
#   KERNEL_DIR      where the programs and the library are
#   KERNEL_TESTS    instead of all that: these programs, with commas between
#   KERNEL_FEATURE  one feature only
#   KERNEL_PCAP     a directory to write to what is captured, one path each run
#
# The host's files are read-only here, and all that comes out is what is
# printed.  The library's side is the machine's own network; the kernel's is
# the namespace "u".  Two pairs of devices, v0-u0 and v1-u1, are the two paths:
# 10.99.N.1 and fd99:N::1 here, 10.99.N.2 and fd99:N::2 there.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
LD_LIBRARY_PATH=$KERNEL_DIR
KERNEL_PEER=$KERNEL_DIR/kernel_peer
export LD_LIBRARY_PATH KERNEL_PEER

off() {
	busybox poweroff -f
	# It takes a moment, in which this must not end.
	while :; do
		busybox sleep 1
	done
}
must() {
	"$@" && return 0
	echo "# not done: $*"
	off
}

# Run a command where the kernel's side is.
there() {
	ip netns exec u "$@"
}

must busybox mount -t proc proc /proc
must busybox mount -t sysfs sysfs /sys
must busybox mount -t tmpfs tmpfs /run
# What the kernel says would come between the lines that are counted.
must busybox dmesg -n 1
echo "# booted: Linux $(uname -r)"

# Load a module after those that it needs: in modules.dep what is needed first
# comes last.
modules=/usr/lib/uml/modules/$(uname -r)
load() { # load PATH
	files=$1
	# Its names are words.
	# shellcheck disable=SC2013
	for file in $(sed -n "s|^$1:||p" "$modules/modules.dep"); do
		files="$file $files"
	done
	for file in $files; do
		case " $loaded " in
		*" $file "*) continue ;;
		esac
		must busybox insmod "$modules/$file"
		loaded="$loaded $file"
	done
}
loaded=
# Cookies are made with hmac.
load kernel/crypto/hmac.ko
load kernel/net/sctp/sctp.ko
must ip link set lo up

# Tests of the preload library, without it: what they say is the kernel's.
# They do not fork, as some of them would wait for ever in here then.
if [ -n "${KERNEL_TESTS-}" ]; then
	must cp -r "$KERNEL_DIR" /run/bin
	must busybox mount -t tmpfs tmpfs /tmp
	export PRELOAD_KERNEL=1 CK_FORK=no CK_VERBOSITY=verbose
	for name in $(echo "$KERNEL_TESTS" | tr , ' '); do
		(cd /tmp && timeout -k 5 150 "/run/bin/$name" 2>&1) && rc=0 ||
		    rc=$?
		echo "# $name: $rc"
	done
	echo "# finished"
	off
fi

load kernel/drivers/net/veth.ko

must ip netns add u
must there ip link set lo up
for path in 0 1; do
	must ip link add "v$path" type veth peer name "u$path" netns u
	must ip addr add "10.99.$path.1/24" dev "v$path"
	must ip addr add "fd99:$path::1/64" dev "v$path" nodad
	must there ip addr add "10.99.$path.2/24" dev "u$path"
	must there ip addr add "fd99:$path::2/64" dev "u$path" nodad
	must ip link set "v$path" up
	must there ip link set "u$path" up
	# Linux 6.1 loses what it segments in UDP: one packet a timeout.
	must there ethtool -K "u$path" gso off tx-sctp-segmentation off
done

# README.md names these two; the rest is for haste.
must there busybox sysctl -q -w net.sctp.udp_port=9899 \
    net.sctp.encap_port=9899
must there busybox sysctl -q -w net.sctp.rto_min=100 \
    net.sctp.rto_initial=200 net.sctp.rto_max=1000 net.sctp.sack_timeout=20 \
    net.sctp.intl_enable=1

capture() { # capture NAME
	[ -n "${KERNEL_PCAP-}" ] || return 0
	"$KERNEL_DIR/dumpcap" -q -i v0 -i v1 -w "/run/$1.pcapng" 2>/run/dumpcap &
	until grep -q '^File' /run/dumpcap; do
		busybox usleep 10000
	done
}
# The last packets are in the file when the capture has ended.
captured() { # captured NAME
	[ -n "${KERNEL_PCAP-}" ] || return 0
	busybox usleep 300000
	kill -INT $!
	wait $!
	must busybox mount -t hostfs -o "$KERNEL_PCAP" none /mnt
	must cp "/run/$1.pcapng" /mnt
	must busybox umount /mnt
}

for network in clean lossy; do
	# Of both ways, at the library's end of them.
	[ "$network" = clean ] || export GSCTP_FAULTS=loss=2%,delay=5ms
	capture "$network"
	"$KERNEL_DIR/kernel_side" "$network" \
	    ${KERNEL_FEATURE:+"$(echo "$KERNEL_FEATURE" | tr _ ' ')"} 2>&1
	echo "# $network: $?"
	captured "$network"
done
echo "# finished"
off
