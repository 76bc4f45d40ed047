# common.sh: unmodified programs, started with the preload library.  Sourced,
# after script.sh.
#
# Each script has a run directory of its own, so its SCTP ports are nobody
# else's; nothing else is set, neither flag nor variable.
#
# PRELOAD_KERNEL=1 starts them without it, on a host whose kernel has SCTP: up
# to where gsctp comes in, the same scripts then tell what the kernel does.
# shellcheck shell=sh

top_builddir=$(cd "$top_builddir" && pwd)
preload=$top_builddir/preload/.libs/libgsctp-preload.so
[ -e "$preload" ] || skip "the preload library was not built"
gsctp=$top_builddir/apps/gsctp/gsctp
host=127.0.0.1
use_tmp
GSCTP_RUN_DIR=$tmp/run
export GSCTP_RUN_DIR
# For any program, in seconds: no more than a guard.
limit=120
# What the next program in the background reads.
in=/dev/null

# What a program is started with: its own environment and "gsctp run", which
# wants no sanitizer in the library.
with() {
	if [ -n "${PRELOAD_KERNEL-}" ]; then
		exec timeout -k 5 "$limit" "$@"
	elif [ -n "$sanitizer" ] || [ ! -x "$gsctp" ]; then
		exec timeout -k 5 "$limit" env LD_PRELOAD="$preload" "$@"
	else
		exec timeout -k 5 "$limit" "$gsctp" run -- "$@"
	fi
}

# A sanitizer's runtime has to be there before the program itself.
sanitizer=
for name in asan tsan; do
	grep "__${name}_init" "$preload" >/dev/null || continue
	sanitizer=$name
	preload=$(${CC:-cc} -print-file-name="lib$name.so"):$preload
	# What the programs leak is not ours to count.
	ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS-}
	export ASAN_OPTIONS
	break
done

# The virtual machines of Java and Erlang have signals and stacks of their own.
no_sanitizer() {
	[ -z "$sanitizer" ] || skip "$sanitizer's runtime does not go into" "$@"
}

# An unmodified program, in front.
under() { # command...
	(with "$@")
}

# The same, behind: it writes to $tmp/NAME and $tmp/NAME.err.  Its pid is
# $pid.
start() { # name, command...
	started=$1
	shift
	# Nobody shall read what the last one of that name said.
	rm -f "$tmp/$started" "$tmp/$started.err"
	(with "$@") <"$in" >"$tmp/$started" \
	    2>"$tmp/$started.err" &
	pid=$!
	pids="$pids $pid"
}

# A gsctp command, behind.
start_gsctp() { # name, argument...
	started=$1
	shift
	rm -f "$tmp/$started" "$tmp/$started.err"
	(exec timeout -k 5 "$limit" "$gsctp" "$@") <"$in" \
	    >"$tmp/$started" 2>"$tmp/$started.err" &
	pid=$!
	pids="$pids $pid"
}

need_gsctp() {
	[ -x "$gsctp" ] || skip "gsctp was not built: no jansson"
}

# From here on gsctp is at the other end.
gsctp_too() {
	[ -z "${PRELOAD_KERNEL-}" ] || exit 0
}

# Show what these said, and end.
give_up() { # name, text...
	for file in "$tmp/$1" "$tmp/$1.err"; do
		[ ! -s "$file" ] || sed "s/^/$1: /" "$file" | tail -n 30 >&2
	done
	shift
	die "$@"
}

# Until it is so, for a minute at most, and as long as that program lives.
until_ok() { # name, pid, what, command...
	what=$3
	whose=$1
	of=$2
	shift 3
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || give_up "$whose" "not $what in a minute"
		kill -0 "$of" 2>/dev/null || {
			"$@" && return
			give_up "$whose" "it ended, not $what"
		}
		sleep 0.05
	done
}

# A line like that, on either output.
has_said() { # name, pattern
	cat "$tmp/$1" "$tmp/$1.err" 2>/dev/null |
	    tr -d '\r' | grep -e "$2" >/dev/null
}
until_said() { # name, pid, pattern
	until_ok "$1" "$2" "saying \"$3\"" has_said "$1" "$3"
}

# A socket of some program that listens there: what gsctp status is told.
is_listening() { # port
	if [ -n "${PRELOAD_KERNEL-}" ]; then
		awk -v port="$1" '$6 == port { found = 1 }
		    END { exit !found }' /proc/net/sctp/eps
		return
	fi
	"$gsctp" status 2>/dev/null |
	    grep -E "^one-to-(one|many) +listens +[^ ]*:$1 " >/dev/null
}
until_listening() { # name, pid, port
	until_ok "$1" "$2" "listening on port $3" is_listening "$3"
}

# So many bytes in that file.
has_bytes() { # file, count
	[ -e "$1" ] && [ "$(wc -c <"$1")" -ge "$2" ]
}
until_bytes() { # name, pid, file, count
	until_ok "$1" "$2" "$4 bytes in $3" has_bytes "$3" "$4"
}

# The port that a program said it listens on.
said_port() { # name
	sed -n 's/.*listening on \(port \)*\([0-9]*\).*/\2/p' "$tmp/$1" | head -n 1
}

# Has a sanitizer found something in one of them?
no_reports() {
	[ -n "$sanitizer" ] || return 0
	! grep -a -A 30 'Sanitizer:' "$tmp"/*.err >&2 ||
	    die "$sanitizer has found something"
}

# Its end, which has to be with that status.
expect_end() { # name, pid, status
	got=0
	wait "$2" || got=$?
	no_reports
	[ "$got" -eq "$3" ] || give_up "$1" "$1 ended with $got, not $3"
}

# End one that would go on.
stop() { # pid
	kill "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
	no_reports
}

same() { # file, file, what
	cmp "$1" "$2" || die "$3: not the same"
}

random_bytes() { # count
	head -c "$1" /dev/urandom
}

# A port that is likely to be free, in TCP too.
any_port() {
	od -An -N2 -tu2 /dev/urandom | awk '{ print 20000 + $1 % 12000 }'
}

# Debian's own Python, where there is another one in the way.
need_python() {
	python=/usr/bin/python3
	[ -x "$python" ] || python=python3
	need "$python"
}
start_python() { # name, argument...: of echo.py
	named=$1
	shift
	start "$named" "$python" "$top_srcdir/tests/preload/echo.py" "$@"
}

# Java and Erlang load it when they want SCTP, and else have none.
need_libsctp() {
	for file in /usr/lib/*/libsctp.so.1 /usr/lib/libsctp.so.1 \
	    /lib/*/libsctp.so.1; do
		[ ! -e "$file" ] || return 0
	done
	skip "libsctp.so.1 is not installed"
}

# A Java that has the module, and the compiler, which may be a module alone: it
# runs once, as it takes longer than the tests.  A small virtual machine that
# starts at once.
java='java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m'
need_java() {
	need java
	need_libsctp
	java --list-modules >"$tmp/modules" 2>&1 || :
	for module in jdk.compiler jdk.sctp; do
		grep "^$module" "$tmp/modules" >/dev/null ||
		    skip "java has no module $module"
	done
	# Words.
	# shellcheck disable=SC2086
	$java -m jdk.compiler/com.sun.tools.javac.Main -d "$tmp" \
	    "$top_srcdir/tests/preload/Echo.java" ||
	    die "Echo.java does not compile"
}
start_java() { # name, argument...: of Echo.java
	named=$1
	shift
	# shellcheck disable=SC2086
	start "$named" $java -cp "$tmp" Echo "$@"
}

need_erlang() {
	need erl erlc
	need_libsctp
	HOME=$tmp
	export HOME
	erlc -o "$tmp" "$top_srcdir/tests/preload/sctp_trial.erl" ||
	    die "sctp_trial.erl does not compile"
}
start_erl() { # name, argument...: of sctp_trial
	named=$1
	shift
	start "$named" erl -noinput +S 2 -pa "$tmp" -run sctp_trial main "$@"
}
