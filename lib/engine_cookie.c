/*
 * engine_cookie: the signature of the engine's cookies, at a lower price.
 *
 * Each is signed by HMAC-SHA-1, compiled without optimisation, and checked so
 * when it comes back: a fifth of what setting up an association cost.  Nobody
 * but this process makes the signature or reads it, so the algorithm is ours
 * to choose (RFC 9260 5.1.3): SipHash-2-4, twice, each with half of the
 * endpoint's secret of 256 bits.  128 bits are more than a cookie's life of
 * 60 s needs.
 *
 * The AUTH chunk (RFC 4895) is left as it is.  The stack's lock is held.
 * Layer 3.
 */

#include <string.h>

#include "engine_abi.h"
#include "htab.h"

/* The engine's. */
#define HMAC_SHA1 1
#define SHA1_LEN 20
#define SECRET_LEN 32

/* A longer one is signed by the engine. */
#define COOKIE_MAX 4096

/* From another object it is called for cookies alone: from offset on, but for
 * the last bytes, which are the signature's place. */
uint32_t
__wrap_sctp_hmac_m(uint16_t algo, uint8_t *key, uint32_t key_len,
    struct mbuf *m, uint32_t offset, uint8_t *digest, uint32_t trailer)
{
	size_t whole = m_length(m, NULL);
	uint8_t cookie[COOKIE_MAX];
	uint64_t keys[4], sums[2];
	size_t len;

	if (algo != HMAC_SHA1 || key_len != SECRET_LEN ||
	    whole < (size_t)offset + trailer ||
	    whole - offset - trailer > sizeof(cookie))
		return __real_sctp_hmac_m(algo, key, key_len, m, offset,
		    digest, trailer);
	len = whole - offset - trailer;
	m_copydata(m, (int)offset, (int)len, (char *)cookie);
	memcpy(keys, key, sizeof(keys));
	sums[0] = gs_htab_hash(&keys[0], cookie, len);
	sums[1] = gs_htab_hash(&keys[2], cookie, len);
	memset(digest, 0, SHA1_LEN);
	memcpy(digest, sums, sizeof(sums));
	return SHA1_LEN;
}
