# diameter.sh: Diameter (RFC 6733) in hexadecimal, a message a line.  Sourced;
# or run with "serve": it answers the requests on its input, as the command of
# "gsctp cat --hex --exec" does.
# shellcheck shell=sh

# Text as digits.
as_hex() { # text
	printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
}

# An AVP; its data is digits, filled up to 4 bytes.
avp() { # code, flags, data
	len=$((${#3} / 2))
	printf '%08x%s%06x%s' "$1" "$2" $((8 + len)) "$3"
	while [ $((len % 4)) -ne 0 ]; do
		printf 00
		len=$((len + 1))
	done
}

# A message: its flags, its code, the two identifiers, its AVPs.
diameter() { # flags, code, identifiers, avps
	printf '01%06x%s%06x00000000%s%s\n' $((20 + ${#4} / 2)) "$1" "$2" "$3" \
	    "$4"
}

# Of either side: Origin-Host, Origin-Realm, Host-IP-Address, Vendor-Id,
# Product-Name, Auth-Application-Id.
capabilities() { # name
	avp 264 40 "$(as_hex "$1.example.net")"
	avp 296 40 "$(as_hex example.net)"
	avp 257 40 00017f000001
	avp 266 40 00000000
	avp 269 00 "$(as_hex gsctp)"
	avp 258 40 00000000
}

# Capabilities-Exchange-Request.
cer() {
	diameter 80 257 0a1b2c3d4e5f6071 "$(capabilities client)"
}

# What answers a request, or nothing.
answer() { # request
	code=$(echo "$1" | cut -c 9-16)
	identifiers=$(echo "$1" | cut -c 25-40)
	case $code in
	# Result-Code: DIAMETER_SUCCESS
	80000101) diameter 00 257 "$identifiers" \
	    "$(avp 268 40 000007d1)$(capabilities server)" ;;
	80000118) diameter 00 280 "$identifiers" \
	    "$(avp 268 40 000007d1)$(avp 264 40 \
		"$(as_hex server.example.net)")$(avp 296 40 \
		"$(as_hex example.net)")" ;;
	esac
}

if [ "${1-}" = serve ]; then
	while read -r request; do
		answer "$request"
	done
fi
