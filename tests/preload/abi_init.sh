#!/bin/sh
# What abi.sh's user-mode-linux runs in place of init: abi on the kernel's
# own SCTP, in a network that is lo alone.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

off() {
	busybox poweroff -f
	while :; do busybox sleep 1; done
}
die() {
	echo "# $*"
	off
}

busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t tmpfs tmpfs /run
busybox dmesg -n 1
echo "# booted: $(uname -r)"

# One module and what it needs; busybox's own insmod does.
modules=/usr/lib/uml/modules/$(uname -r)
loaded=
load() {
	files=$1
	for file in $(sed -n "s|^$1:||p" "$modules/modules.dep"); do
		files="$file $files"
	done
	for file in $files; do
		case " $loaded " in *" $file "*) continue ;; esac
		busybox insmod "$modules/$file" || die "insmod $file fails"
		loaded="$loaded $file"
	done
}
# sctp asks for hmac at the first listen().
load kernel/crypto/hmac.ko
load kernel/net/sctp/sctp.ko

ip link set lo up
# Where packets vanish: 127.128.0.0/9 goes out of lo, and is not local.
ip route del local 127.0.0.0/8 dev lo table local
ip route add local 127.0.0.0/9 dev lo table local src 127.0.0.1
ip route add 127.128.0.0/9 dev lo src 127.0.0.1

PRELOAD_KERNEL=1 "$ABI" ${ABI_ONLY:+"$ABI_ONLY"}
echo "# ended: $?"
off
