#!/bin/sh
# The examples of gsctp-cat(1) work as they stand there.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
need tar
use_tmp
# shellcheck source=../support/cat.sh
. "$top_srcdir/tests/support/cat.sh"

# A gsctp that says when it listens, and who it is; nobody else's registry.
# $gsctp may be relative.
real=$(cd "$(dirname "$gsctp")" && pwd)/gsctp
mkdir "$tmp/bin"
cat >"$tmp/bin/gsctp" <<END
#!/bin/sh
shift
echo \$\$ >>"$tmp/pids"
exec "$real" cat -v "\$@"
END
chmod +x "$tmp/bin/gsctp"
PATH=$tmp/bin:$PATH
mkdir -m 700 "$tmp/run"
GSCTP_RUN_DIR=$tmp/run
export GSCTP_RUN_DIR

# A file for each example: 1, 2 ...
mkdir "$tmp/examples"
awk -v dir="$tmp/examples" '
/^\.Sh / { is_there = $2 == "EXAMPLES" }
/^\.Ed/ { is_in = 0 }
is_in { gsub(/\\e/, "\\"); print >(dir "/" n) }
is_there && /^\.Bd/ { n++; is_in = 1 }
' "$top_srcdir/man/gsctp-cat.1"

# One line; what is to run in the background listens before this returns.
run_line() { # line
	case $1 in
	*'&') ;;
	*)
		eval "$1" 2>>err || die "$1: $?: $(cat err)"
		return
		;;
	esac
	eval "{ ${1%&}; } 2>fifo &"
	pids="$pids $!"
	exec 3<fifo
	while read -r said <&3; do
		echo "$said" >>err
		case $said in
		*' listening on '*) return ;;
		esac
	done
	die "$1: does not listen: $(cat err)"
}

run() { # number
	mkdir "$tmp/$1" "$tmp/$1/here" "$tmp/$1/there"
	cd "$tmp/$1"
	mkfifo fifo
	head -c 100000 /dev/urandom | tee here/a >file
	echo text >here/b
	: >"$tmp/pids"
	# read puts lines together that a backslash divides.
	# shellcheck disable=SC2162
	while read line <&4; do
		run_line "$line"
	done 4<"$tmp/examples/$1" >output
	# Servers go on.
	if grep -e 'cat -lk' "$tmp/examples/$1" >/dev/null; then
		read -r server <"$tmp/pids"
		kill -TERM "$server"
	fi
	cat <&3 >>err
	exec 3<&-
	wait
}

run 1
cmp file copy
run 2
cmp here/a there/a && cmp here/b there/b
run 3
echo 42 | cmp - output
run 4
echo 0100001400000118000000000000000100000002 | cmp - output
run 5
says messages.json '"stream":3,"ppid":51,"ppid_name":"webrtc-string",.*"hello\\n"'
run 6
echo hello | cmp - output
cd "$tmp"
[ ! -e "$tmp/examples/7" ] || die "there are more examples than are looked at"

echo "cat_man: the examples work"
