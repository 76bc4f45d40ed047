# abi.awk: compare what abi has said on a kernel and with the preload library.
#
#	awk -f abi.awk ALLOW KERNEL OURS
#
# Lines are "name: result"; several of one name are one, in their order.  ALLOW
# has reasons, in lines that begin with "= ", and after each the regular
# expressions of the differences that it is for: each has to match all of
# "name: result => result".  Prints what is not allowed, and then fails.

function keep(set, order, n,	at, name, value) {
	at = index($0, ": ")
	if (at == 0)
		return n
	name = substr($0, 1, at - 1)
	value = substr($0, at + 2)
	if (name in set) {
		set[name] = set[name] " | " value
		return n
	}
	set[name] = value
	order[n] = name
	return n + 1
}

function judge(line,	i) {
	for (i = 0; i < nrules; i++) {
		if (line ~ rule[i]) {
			used[i]++
			allowed++
			return
		}
	}
	print line
	refused++
}

FNR == 1 { file++ }
file == 1 && (/^#/ || /^$/ || /^= /) { next }
file == 1 { rule[nrules++] = "^(" $0 ")$"; next }
file == 2 { nkernel = keep(kernel, names, nkernel + 0) }
file == 3 { nours = keep(ours, others, nours + 0) }

END {
	for (i = 0; i < nkernel; i++) {
		name = names[i]
		if (!(name in ours))
			judge(name ": " kernel[name] " => nothing")
		else if (ours[name] == kernel[name])
			same++
		else
			judge(name ": " kernel[name] " => " ours[name])
	}
	for (i = 0; i < nours; i++)
		if (!(others[i] in kernel))
			judge(others[i] ": nothing => " ours[others[i]])
	print "abi: " same + 0 " as on Linux, " allowed + 0 \
	    " differ for a reason, " refused + 0 " without"
	exit refused > 0 || same == 0
}
