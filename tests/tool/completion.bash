# What bash offers for each line of standard input, which ends where the
# cursor is: a line of words, sorted, without the = behind a name.
#
#   bash completion.bash FILE            FILE is gsctp.bash
#   bash completion.bash FILE unknown    the arguments among the lines that
#                                        FILE knows nothing of

. "$1" || exit 1

if [ "${2-}" = unknown ]; then
	cur=
	while read -r argument; do
		_gsctp_values gsctp "$argument" || echo "$argument"
	done
	exit 0
fi

# A list of hosts that does not depend on this one.
printf '192.0.2.%s\tpeer-%s.example\n' 1 1 2 2 >"${TMPDIR:?}/hosts"
HOSTFILE=$TMPDIR/hosts

while IFS= read -r COMP_LINE; do
	COMP_POINT=${#COMP_LINE}
	_gsctp gsctp
	printf '%s\n' "${COMPREPLY[@]%=}" | LC_ALL=C sort -u | paste -sd " " -
done
