#!/bin/sh
# The house has one direction: a file in lib/ includes only headers of its own
# layer and of lower ones.  And: usrsctp.h stays in the engine's files, apps/
# see the public header alone, and no global of ours has a name that the
# engine could take for its own.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}" "${NM:=nm -B}"

# Every file of lib/, without .c or .h, and its layer (doc/architecture.md).
# A name that ends in * stands for all that begin so.
layers="
0 addr clock cursor error handle htab json kernel_sctp log port_set ready route rundir textfile visibility waiter
1 msg mbox deliver
2 arrival batch chunk counter crc32c faults faults_* filter filter_* pcapng pmtu pmtu_* registry registry_* source tags tap tap_* wire wire_*
3 driver engine engine_*
4 assoc assoc_* collision endpoint endpoint_* hub hub_* raw_ports send_defaults
5 bindx config connect opt opt_* posix posix_* resolve sock sock_* stack stack_* status status_* xfer
"

result=0
complain() {
	echo "layers: $*" >&2
	result=1
}

# Print the layer of the base name $1, or nothing.
layer_of() {
	echo "$layers" | awk -v name="$1" '{
		for (i = 2; i <= NF; i++) {
			stem = $i
			if (sub(/\*$/, "", stem))
				found = index(name, stem) == 1
			else
				found = name == $i
			if (found) {
				print $1
				exit
			}
		}
	}'
}

# The names that $1 includes, with their < or ".
includes() {
	sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*\)[>"].*/\1/p' "$1"
}

files=0
for file in "$top_srcdir"/lib/*.[ch]; do
	name=$(basename "$file")
	mine=$(layer_of "${name%.*}")
	if [ -z "$mine" ]; then
		complain "lib/$name is in no layer: see the table in $0"
		continue
	fi
	files=$((files + 1))

	for header in $(includes "$file"); do
		case $header in
		'<usrsctp.h' | '"usrsctp.h')
			case $name in
			engine*) ;;
			*) complain "lib/$name includes usrsctp.h" ;;
			esac
			;;
		'<netinet/sctp.h' | '<linux/sctp.h')
			complain "lib/$name includes the kernel's sctp.h"
			;;
		'<'*) ;;
		'"'*)
			base=${header#?}
			if [ ! -e "$top_srcdir/lib/$base" ]; then
				complain "lib/$name includes \"$base\", which" \
				    "is not in lib/"
				continue
			fi
			base=${base%.h}
			theirs=$(layer_of "$base")
			if [ -z "$theirs" ]; then
				complain "lib/$base.h is in no layer"
			elif [ "$theirs" -gt "$mine" ]; then
				complain "lib/$name (layer $mine) includes" \
				    "$base.h (layer $theirs)"
			fi
			;;
		esac
	done
done
[ "$files" -gt 0 ] || complain "no file in $top_srcdir/lib"

for file in "$top_srcdir"/include/gsctp/*; do
	for header in $(includes "$file"); do
		case $header in
		'<usrsctp.h' | '<netinet/sctp.h' | '"'*)
			complain "${file#"$top_srcdir"/} includes ${header#?}"
			;;
		esac
	done
done

for file in "$top_srcdir"/apps/*.[ch] "$top_srcdir"/apps/*/*.[ch]; do
	[ -e "$file" ] || continue
	for header in $(includes "$file"); do
		case $header in
		'<usrsctp.h' | '<netinet/sctp.h')
			complain "${file#"$top_srcdir"/} includes ${header#?}"
			;;
		'"'*)
			[ -e "$(dirname "$file")/${header#?}" ] ||
			    complain "${file#"$top_srcdir"/} includes" \
				"\"${header#?}\": apps see <gsctp/...> only"
			;;
		esac
	done
done

# A source that is not built, or not in the tarball, is a source forgotten.
for file in "$top_srcdir"/lib/*.[ch] "$top_srcdir"/tests/unit/test_*.c \
    "$top_srcdir"/tests/integration/test_*.c "$top_srcdir"/apps/examples/*.c \
    "$top_srcdir"/apps/gsctp/*.[ch]; do
	[ -e "$file" ] || continue
	name=${file#"$top_srcdir"/}
	case $name in
	lib/* | apps/gsctp/*) ;;
	*) name=${name%.c} ;;
	esac
	awk -v name="$name" '{
		for (i = 1; i <= NF; i++)
			if ($i == name)
				found = 1
	}
	END { exit !found }' "$top_srcdir/Makefile.am" ||
	    complain "Makefile.am does not list $name"
done

# The engine has 590 globals without a prefix of its own, and would call ours
# of the same name.
core=$top_builddir/lib/.libs/libgsctp-core.a
if [ -e "$core" ]; then
	# shellcheck disable=SC2086
	for symbol in $($NM -g --defined-only "$core" | awk 'NF == 3 { print $3 }'); do
		case $symbol in
		sctp_* | m_* | so* | ip_* | userspace_* | hz*)
			complain "global $symbol: the engine's kind of name"
			;;
		gs_* | gsctp_* | __wrap_* | in6addr_any) ;;
		__odr_asan* | __asan_* | __tsan_* | __ubsan_* | DW.ref.*) ;;
		*) complain "global $symbol: not gs_*" ;;
		esac
	done
else
	complain "$core is not built"
fi

[ "$result" -ne 0 ] || echo "layers: $files files of lib/ in order"
exit "$result"
