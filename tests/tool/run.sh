#!/bin/sh
# gsctp run: what it makes of its options, the exit codes, how it finds the
# library, and which programs it takes and which not, and why.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}" "${CC:=cc}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
top_builddir=$(cd "$top_builddir" && pwd)
gsctp=$top_builddir/apps/gsctp/gsctp
[ -x "$gsctp" ] || skip "gsctp was not built: no jansson"
use_tmp
chmod 755 "$tmp"
unset GSCTP_ADDRS GSCTP_UDP_PORT GSCTP_PEER_UDP_PORT GSCTP_ENCAPSULATION \
    GSCTP_PCAP GSCTP_FAULTS GSCTP_LOG GSCTP_PRELOAD LD_PRELOAD
mkdir -m 700 "$tmp/run.dir"
GSCTP_RUN_DIR=$tmp/run.dir
export GSCTP_RUN_DIR
library=$top_builddir/preload/.libs/libgsctp-preload.so
sock=$top_builddir/tests/tool/run_sock

# A sanitizer wants to be the first in a program: there the library is one that
# does nothing, and only who takes it is asked.
is_sanitized=
if grep -E '__(asan|tsan)_init' "$library" >/dev/null; then
	is_sanitized=yes
	echo 'int gsctp_stub;' >"$tmp/stub.c"
	$CC -shared -fPIC -o "$tmp/stub.so" "$tmp/stub.c"
	library=$tmp/stub.so
	GSCTP_PRELOAD=$library
	export GSCTP_PRELOAD
fi

# run CODE ARGUMENTS: "gsctp run" ends with that; output in $tmp/out, $tmp/err.
run() {
	expected=$1
	shift
	code=0
	timeout 60 "$gsctp" run "$@" >"$tmp/out" 2>"$tmp/err" </dev/null ||
	    code=$?
	[ "$code" -eq "$expected" ] ||
	    die "run $*: code $code, not $expected: $(cat "$tmp/out" "$tmp/err")"
}

# It says so on standard error, or on standard output.
says() {
	grep -e "$1" "$tmp/err" >/dev/null ||
	    die "no \"$1\" in: $(cat "$tmp/err")"
}
prints() {
	grep -e "$1" "$tmp/out" >/dev/null ||
	    die "no \"$1\" in: $(cat "$tmp/out")"
}
quiet() {
	[ ! -s "$tmp/err" ] || die "it says: $(cat "$tmp/err")"
}

# -- the command line ----------------------------------------------------------

run 0 --help
[ "$(wc -l <"$tmp/out")" -le 24 ] || die "the help is longer than a screen"
! grep -e '.\{80\}' "$tmp/out" || die "the help is wider than a screen"
run 125
says 'which program'
for words in '-u x true' '-u 65536 true' '--peer-udp-port 0 true' \
    '--log loud true' '--addrs 127.0.0.1,, true' '--addrs localhost true' \
    '--raw-ip -u 1 true' '--nothing true' '--json true' '--pcap' \
    '-u'; do
	# shellcheck disable=SC2086
	run 125 $words
	says 'gsctp run --help tells more'
done
run 125 --pcap '' true

# What is behind the program is the program's; it may have options of ours.
# shellcheck disable=SC2016
run 0 sh -c 'echo "$@"' sh -u x --check --pcap
prints '^-u x --check --pcap$'
# shellcheck disable=SC2016
run 0 -u 0 -- sh -c 'echo "$GSCTP_UDP_PORT"'
prints '^0$'
quiet

# The process is the program's.
# shellcheck disable=SC2016
"$gsctp" run sh -c 'echo $$' >"$tmp/out" &
pid=$!
wait "$pid"
[ "$(cat "$tmp/out")" = "$pid" ] || die "another process"

# -- exit codes ----------------------------------------------------------------

run 0 true
run 1 false
run 125 sh -c 'exit 125'
quiet
# shellcheck disable=SC2016
run 143 sh -c 'kill -TERM $$'
run 127 "$tmp/nothing"
says 'nothing: No such file or directory'
# Without directories that this user may not look into: those are EACCES.
sane=/usr/bin:/bin
PATH=$sane run 127 gsctp-no-such-program
run 127 ''
: >"$tmp/plain"
run 126 "$tmp/plain"
says 'plain: Permission denied'
run 126 "$tmp"
mkdir "$tmp/a" "$tmp/b"
: >"$tmp/a/gsctp-try"
PATH=$tmp/a:$PATH run 126 gsctp-try
printf '#!/bin/sh\necho b\n' >"$tmp/b/gsctp-try"
chmod +x "$tmp/b/gsctp-try"
PATH=$tmp/a:$tmp/b:$PATH run 0 gsctp-try
prints '^b$'
(cd "$tmp/b" && PATH=:$PATH run 0 gsctp-try)
prints '^b$'

# -- the environment -----------------------------------------------------------

cd "$tmp"
mkdir 'in%p'
cd 'in%p'
run 0 -u auto --peer-udp-port 9 --addrs 127.0.0.1,127.0.0.2 --pcap 'x-%p' \
    --faults loss=1%,seed=1 --log error env
quiet
prints '^GSCTP_UDP_PORT=auto$'
prints '^GSCTP_PEER_UDP_PORT=9$'
prints '^GSCTP_ADDRS=127.0.0.1,127.0.0.2$'
prints "^GSCTP_PCAP=$tmp/in%%p/x-%p\$"
prints '^GSCTP_FAULTS=loss=1%,seed=1$'
prints '^GSCTP_LOG=error$'
prints "^LD_PRELOAD=$library\$"
[ -z "$(ls)" ] || die "there is a capture of nothing"
cd "$tmp"
run 0 env
! grep -E '^GSCTP_(UDP|PEER|ADDRS|PCAP|FAULTS|LOG|ENCAPS)' "$tmp/out" ||
    die "variables that nobody has asked for"

# Others in LD_PRELOAD stay, behind ours, which is there once.
echo 'int gsctp_one;' >"$tmp/one.c"
$CC -shared -fPIC -o "$tmp/one.so" "$tmp/one.c"
cp "$tmp/one.so" "$tmp/two.so"
preload() { # LD_PRELOAD, expected behind the library
	code=0
	env LD_PRELOAD="$1" "$gsctp" run env >"$tmp/out" 2>"$tmp/err" || code=$?
	[ "$code" -eq 0 ] || die "LD_PRELOAD=$1: code $code"
	prints "^LD_PRELOAD=$library$2\$"
}
if [ -z "$is_sanitized" ]; then
	preload '' ''
	preload "$tmp/one.so" ":$tmp/one.so"
	preload "$tmp/one.so:$tmp/two.so" ":$tmp/one.so:$tmp/two.so"
	preload "$tmp/one.so $library  $tmp/two.so:" ":$tmp/one.so:$tmp/two.so"
	run 0 "$gsctp" run env
	prints "^LD_PRELOAD=$library\$"
fi

# Mistakes are told before the program begins.
refused() { # TEXT ARGUMENTS
	text=$1
	shift
	run 125 "$@" touch "$tmp/begun"
	says "$text"
	[ ! -e "$tmp/begun" ] || die "run $*: the program has begun"
}
refused 'there is no such fault' --faults los=5%
refused 'SCTP cannot start' --faults los=5%
refused 'not all of these addresses' --addrs 192.0.2.77
refused 'cannot capture to' --pcap "$tmp/no/x"
refused 'cannot capture to' --pcap "$tmp"
GSCTP_UDP_PORT=x refused 'one of the variables'
GSCTP_FAULTS=los=1 refused 'no such fault'
GSCTP_ADDRS=::x refused 'one of the variables'

# -- where the library is ------------------------------------------------------

GSCTP_PRELOAD=$tmp/none.so run 125 true
says 'GSCTP_PRELOAD: .*none.so: No such file'
GSCTP_PRELOAD=$tmp/one.c run 125 true
says 'one.c: is no library'
mkdir "$tmp/a blank"
cp "$tmp/one.so" "$tmp/a blank"
GSCTP_PRELOAD="$tmp/a blank/one.so" run 125 true
says 'LD_PRELOAD cannot have a path with a blank'
GSCTP_PRELOAD=./one.so run 0 env
prints "^LD_PRELOAD=$tmp/one.so\$"

# -- which programs can be caught ----------------------------------------------

# check yes|no|perhaps TEXT ARGUMENTS: --check says so, of the last file.
check() {
	answer=$1
	text=$2
	shift 2
	code=1
	[ "$answer" != yes ] || code=0
	run "$code" --check "$@"
	quiet
	tail -n 1 "$tmp/out" >"$tmp/last"
	grep -e "^$answer .*: .*$text" "$tmp/last" >/dev/null ||
	    die "--check $*: no \"$answer ... $text\": $(cat "$tmp/out")"
	run "$code" --check --json "$@"
	caught=false
	[ "$answer" != yes ] || caught=true
	prints "^{\"type\":\"check\",.*\"caught\":$caught,"
	prints "$text[^\"]*\"}]}\$"
}

ls=$(command -v ls)
linker=$(readelf -l "$ls" | sed -n 's/.*interpreter: \(.*\)]$/\1/p')
[ -n "$linker" ] || skip "readelf does not tell ls's dynamic linker"
check yes 'is a dynamic program' ls
check no 'No such file or directory' "$tmp/nothing"
check no 'Permission denied' "$tmp/plain"
check perhaps 'the dynamic linker itself.*' "$linker" "$ls"

echo 'int main(void) { return 42; }' >"$tmp/main.c"
echo 'the code is 42' >"$tmp/text"
if $CC -static -o "$tmp/static" "$tmp/main.c" 2>"$tmp/cc"; then
	check no 'is a static program.*' "$tmp/static"
	run 125 "$tmp/static"
	says 'is a static program'
	says '--force'
	run 42 --force "$tmp/static"
	printf '#!%s\n' "$tmp/static" >"$tmp/script"
	chmod +x "$tmp/script"
	check no 'is a static program.*' "$tmp/script"
	run 125 "$tmp/script"
else
	echo "run: no static libc, so no static program"
fi
if $CC -static-pie -o "$tmp/static" "$tmp/main.c" 2>"$tmp/cc"; then
	check no 'is a static program.*' "$tmp/static"
fi

# Others, of which the machine code does not matter.
$CC -o "$tmp/dynamic" "$tmp/main.c"
check yes 'is a dynamic program.*' "$tmp/dynamic"
$CC -c -o "$tmp/object" "$tmp/main.c"
chmod +x "$tmp/object"
check no 'is no program.*' "$tmp/object"
run 126 "$tmp/object"
$CC -o "$tmp/musl" "$tmp/main.c" -Wl,--dynamic-linker=/lib/ld-musl-any.so.1
check no 'is of another libc (ld-musl-any.so.1, .*' "$tmp/musl"
run 125 "$tmp/musl"
cat >"$tmp/go.c" <<'EOF'
__asm__(".section .note.go.buildid,\"a\",%note\n"
	".balign 4\n.long 4, 4, 4\n.ascii \"Go\\0\\0\"\n.ascii \"abcd\"\n"
	".text\n");
int main(void) { return 42; }
EOF
$CC -o "$tmp/go" "$tmp/go.c"
check perhaps 'is a Go program.*' "$tmp/go"
run 42 "$tmp/go"
says 'is a Go program'
if $CC -static -o "$tmp/go" "$tmp/go.c" 2>"$tmp/cc"; then
	check no 'is a static Go program.*' "$tmp/go"
fi

# Byte $2 of a copy of the dynamic program becomes $3, in octal.
patch() { # name, offset, byte
	cp "$tmp/dynamic" "$tmp/$1"
	# shellcheck disable=SC2059
	printf "\\$3" | dd of="$tmp/$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
patch class 4 1
check no 'is a 32-bit .* program, and the library is 64-bit .*' "$tmp/class"
run 125 "$tmp/class"
patch order 5 2
check no 'another byte order' "$tmp/order"
patch machine 18 26
check no 'and the library is .*' "$tmp/machine"

# -- scripts -------------------------------------------------------------------

script() { # LINE: the script's first one
	printf '%s\necho caught "$@"\n' "$1" >"$tmp/script"
	chmod +x "$tmp/script"
}
script '#!/bin/sh'
check yes 'is a dynamic program.*' "$tmp/script"
run 0 "$tmp/script" a b
prints '^caught a b$'
script '#! /bin/sh -e  '
check yes 'is a dynamic program.*' "$tmp/script"
script 'no interpreter'
check yes 'is a dynamic program.*' "$tmp/script"
env=$(command -v env)
script "#!$env sh"
check yes 'is a dynamic program.*' "$tmp/script"
[ "$(wc -l <"$tmp/out")" -eq 1 ] || die "an object is not a line"
run 0 --check "$tmp/script"
[ "$(wc -l <"$tmp/out")" -eq 3 ] || die "not three lines: $(cat "$tmp/out")"
run 0 "$tmp/script" a
prints '^caught a$'
script "#!$env -S -v -u B A=1 sh -e"
check yes 'is a dynamic program.*' "$tmp/script"
script "#!$env --split-string=sh -e"
check yes 'is a dynamic program.*' "$tmp/script"
script "#!$env -S PATH=$tmp/a:$tmp/b gsctp-try"
check yes 'is a dynamic program.*' "$tmp/script"
grep '/b/gsctp-try' "$tmp/out" >/dev/null || die "not PATH's program"
script "#!$env gsctp-no-such-program"
PATH=$sane check no 'No such file or directory' "$tmp/script"
PATH=$sane run 127 "$tmp/script"
for option in -i - --ignore-environment '-S -vi' '-S -u LD_PRELOAD' \
    '-S -uLD_PRELOAD' '-S --unset=LD_PRELOAD' '-S LD_PRELOAD=x'; do
	script "#!$env $option sh"
	case $option in
	-S*) check no 'env .* LD_PRELOAD.*' "$tmp/script" ;;
	*) check no 'env .* LD_PRELOAD.*' "$env" "$option" sh ;;
	esac
done
script "#!$env -S sh -c 'a b'"
check perhaps 'is not looked at' "$tmp/script"
check perhaps 'is not looked at' env -C / sh
check yes 'is a dynamic program.*' env
check yes 'is a dynamic program.*' env A=B
check yes 'is a dynamic program.*' env -- A=B sh
PATH=$sane check no 'No such file.*' env -- gsctp-no-such-program
script "#!$tmp/none"
check no 'No such file.*' "$tmp/script"
run 127 "$tmp/script"
script "#!$tmp/plain"
run 126 "$tmp/script"
script '#!'
run 126 "$tmp/script"
script "#!$tmp/script"
check no 'Too many levels.*' "$tmp/script"
run 126 "$tmp/script"

# -- files that mean harm ------------------------------------------------------

# Cut anywhere, or with a byte that is another one, it is no program, or one;
# in any case that is the answer.
answers() { # FILE
	code=0
	timeout 60 "$gsctp" run --check "$1" >"$tmp/out" 2>"$tmp/err" || code=$?
	if [ "$code" -gt 1 ] || [ -s "$tmp/err" ]; then
		cp "$1" "${TMPDIR:-/tmp}/gsctp-run-bad.$$"
		die "code $code of ${TMPDIR:-/tmp}/gsctp-run-bad.$$:" \
		    "$(cat "$tmp/err")"
	fi
}
for size in 1 2 4 15 16 17 24 40 63 64 65 119 120 121 300 600 800 900; do
	head -c "$size" "$tmp/dynamic" >"$tmp/cut"
	chmod +x "$tmp/cut"
	answers "$tmp/cut"
done
for at in 32 33 38 39 54 55 56 57 58 63 64 72 73 78 79 96 97 103 104 120 127 \
    128 134 135 136 152 153 159 160 176 184; do
	patch bad "$at" 377
	answers "$tmp/bad"
done

# -- programs with more rights -------------------------------------------------

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	# What nobody can get at: the build may be in a closed directory.
	mkdir "$tmp/nobody"
	program=$top_builddir/apps/gsctp/.libs/gsctp
	[ -e "$program" ] || program=$gsctp
	cp "$program" "$tmp/nobody/gsctp"
	cp "$top_builddir"/lib/.libs/libgsctp.so* "$library" "$tmp/nobody"
	chmod -R a+rX "$tmp/nobody"
	cat >"$tmp/as-nobody" <<EOF
#!/bin/sh
unset XDG_RUNTIME_DIR
GSCTP_RUN_DIR= LD_LIBRARY_PATH=$tmp/nobody \
    GSCTP_PRELOAD=$tmp/nobody/${library##*/}
export GSCTP_RUN_DIR LD_LIBRARY_PATH GSCTP_PRELOAD
exec setpriv --reuid=65534 --regid=65534 --clear-groups \$OPTIONS \
    $tmp/nobody/gsctp "\$@"
EOF
	chmod +x "$tmp/as-nobody"
	roots=$gsctp
	gsctp=$tmp/as-nobody
	OPTIONS=
	export OPTIONS
	copy() { # MODE OWNER
		cp "$tmp/dynamic" "$tmp/more"
		chown "$2" "$tmp/more"
		chmod "$1" "$tmp/more"
	}
	if "$gsctp" --version >/dev/null; then
		copy 755 0:0
		check yes 'is a dynamic program.*' "$tmp/more"
		copy 4755 0:0
		check no 'is set-user-ID.*' "$tmp/more"
		run 125 "$tmp/more"
		copy 4711 0:0
		check no 'is set-user-ID.*' "$tmp/more"
		copy 2755 0:0
		check no 'is set-group-ID.*' "$tmp/more"
		copy 711 0:0
		check perhaps 'cannot be read, .*' "$tmp/more"
		run 42 "$tmp/more"
		says 'cannot be read'
		# Its own rights are no more rights.
		copy 6755 65534:65534
		check yes 'is a dynamic program.*' "$tmp/more"
		copy 4755 0:0
		OPTIONS=--no-new-privs check yes 'is a dynamic program.*' \
		    "$tmp/more"
		setcap=$(PATH=$PATH:/usr/sbin:/sbin command -v setcap || :)
		copy 755 0:0
		if [ -n "$setcap" ] &&
		    "$setcap" cap_net_raw+ep "$tmp/more" 2>"$tmp/cc"; then
			check no 'has capabilities of its own.*' "$tmp/more"
			gsctp=$roots
			check yes 'is a dynamic program.*' "$tmp/more"
		else
			echo "run: no file of capabilities here"
		fi
	else
		echo "run: nobody cannot get at $tmp"
	fi
	gsctp=$roots
else
	echo "run: not root, so no file of another's rights"
fi

# -- programs that are caught --------------------------------------------------

if [ -n "$is_sanitized" ]; then
	echo "run: a sanitizer is no program's second library: none is run"
	exit 0
fi

run 0 "$sock"
prints '^bind OK$'
quiet
if command -v checksctp >/dev/null; then
	for words in checksctp 'sh -c checksctp' "$gsctp run checksctp"; do
		# shellcheck disable=SC2086
		run 0 $words
		cat "$tmp/err" >>"$tmp/out"
		[ "$(cat "$tmp/out")" = 'SCTP supported' ] ||
		    die "run $words: $(cat "$tmp/out")"
	done
else
	echo "run: no checksctp"
fi

# A mistake that gsctp run has not seen has a line, once.
GSCTP_FAULTS=los=5% LD_PRELOAD=$library "$sock" >"$tmp/out" 2>"$tmp/err" &&
    die "SCTP has started with a fault that there is not"
prints '^bind EINVAL$'
says '^gsctp: SCTP cannot start: .*there is no such fault'
[ "$(wc -l <"$tmp/err")" -eq 1 ] || die "not one line: $(cat "$tmp/err")"

# One file for two: the second is not captured, says so, and runs.
mkfifo "$tmp/in" "$tmp/said"
"$gsctp" run --pcap "$tmp/it" "$sock" hold <"$tmp/in" >"$tmp/said" &
first=$!
pids="$pids $first"
exec 4>"$tmp/in" 5<"$tmp/said"
read -r line <&5 || die "the first one says nothing"
[ "$line" = "bind OK" ] || die "the first one says: $line"
run 125 --pcap "$tmp/it" "$sock"
says 'another process captures to'
GSCTP_PCAP=$tmp/it LD_PRELOAD=$library "$sock" >"$tmp/out" 2>"$tmp/err" ||
    die "the second one fails: $(cat "$tmp/out" "$tmp/err")"
prints '^bind OK$'
says '^gsctp: another process captures to GSCTP_PCAP: this one, [0-9]*, is not'
exec 4>&-
wait "$first" || die "the first one: code $?"
exec 5<&-
[ -s "$tmp/it" ] || die "the first one is not captured"

# With %p each has one.
run 0 --pcap "$tmp/p-%p" sh -c "'$sock'; '$sock'"
quiet
[ "$(ls "$tmp"/p-[0-9]* | wc -l)" -eq 2 ] || die "not two captures: $(ls "$tmp")"

echo "$me: all is well"
