/*
 * engine_unordered: a message that its sender gives up takes no other with it.
 *
 * A FORWARD TSN names ordered messages by stream and number (SSN).  The engine
 * looks for each among what waits to be read, to cut it off where it has come
 * in part; there it takes an unordered message with that number, which means
 * nothing, for the ordered one, complete or not, and the ordered one behind
 * it stays uncut.  It also ends its search at one with a later number.
 *
 * So an unordered message gets a number that is neither: one that lies behind
 * those of its stream, as far as it may.  Which those are is remembered here
 * for streams of late; where one was forgotten, 0xffff is right for half of
 * all numbers.  Chunks are changed when they have been authenticated.
 *
 * Guarded by the stack's lock.  Layer 3.
 */

#include <stddef.h>
#include <stdint.h>

#include "chunk.h"
#include "engine_abi.h"

#define DATA_HEADER 16
#define FORWARD_HEADER 8
#define FORWARD_ENTRY 4
#define FLAG_UNORDERED 0x04

/* Numbers are compared modulo 65536: half of them lie behind one.  The last
 * one lies behind those of a stream that begins, or is reset; to others it
 * must not be near, or they would get there. */
#define BEHIND 0x4000
#define BEHIND_FIRST 0xffff
#define FIRST_ONES 0x6000

#define STREAMS 4096

/* The latest number of an ordered message; a wrong one does no harm for
 * long, so that nothing is done where an association ends. */
static struct {
	const void *stcb;
	uint16_t stream;
	uint16_t ssn;
} latest[STREAMS];

static unsigned int
place_of(const void *stcb, uint16_t stream)
{
	uint64_t h = ((uint64_t)(uintptr_t)stcb >> 4) + stream;

	return (unsigned int)(h * 0x9e3779b97f4a7c15u >> 52);
}

static void
learn(const void *stcb, uint16_t stream, uint16_t ssn)
{
	unsigned int i = place_of(stcb, stream);

	latest[i].stcb = stcb;
	latest[i].stream = stream;
	latest[i].ssn = ssn;
}

static uint16_t
number_for(const void *stcb, uint16_t stream)
{
	unsigned int i = place_of(stcb, stream);
	uint16_t ssn;

	if (latest[i].stcb != stcb || latest[i].stream != stream)
		return BEHIND_FIRST;
	ssn = latest[i].ssn;
	return ssn < FIRST_ONES ? BEHIND_FIRST : (uint16_t)(ssn - BEHIND);
}

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void
on_data(const void *stcb, struct mbuf *m, int at, const uint8_t *head)
{
	uint16_t stream = get16(head + 8), ssn;
	char bytes[2];

	if ((head[1] & FLAG_UNORDERED) == 0) {
		learn(stcb, stream, get16(head + 10));
		return;
	}
	ssn = number_for(stcb, stream);
	bytes[0] = (char)(ssn >> 8);
	bytes[1] = (char)ssn;
	m_copyback(m, at + 10, 2, bytes);
}

/* The filter has seen that chunks lie within the packet. */
int
__wrap_sctp_process_data(struct mbuf **mm, int iphlen, int *offset,
    int length, void *inp, void *stcb, void *net, uint32_t *high_tsn)
{
	uint8_t head[DATA_HEADER];
	int at, len;

	for (at = *offset; length - at >= DATA_HEADER; at += (len + 3) & ~3) {
		m_copydata(*mm, at, DATA_HEADER, (char *)head);
		len = get16(head + 2);
		if (len < 4)
			break;
		if (head[0] == GS_CHUNK_DATA && len >= DATA_HEADER)
			on_data(stcb, *mm, at, head);
	}
	return __real_sctp_process_data(mm, iphlen, offset, length, inp, stcb,
	    net, high_tsn);
}

/* m is NULL where the chunk lists no messages; so it comes from reports of a
 * reset, too. */
void
__wrap_sctp_handle_forward_tsn(void *stcb, void *chunk, int *aborted,
    struct mbuf *m, int offset)
{
	const uint8_t *head = chunk;
	uint8_t entry[FORWARD_ENTRY];
	int at;

	if (m != NULL && head[0] == GS_CHUNK_FORWARD_TSN)
		for (at = FORWARD_HEADER; at + FORWARD_ENTRY <= get16(head + 2);
		    at += FORWARD_ENTRY) {
			m_copydata(m, offset + at, FORWARD_ENTRY,
			    (char *)entry);
			learn(stcb, get16(entry), get16(entry + 2));
		}
	__real_sctp_handle_forward_tsn(stcb, chunk, aborted, m, offset);
}
