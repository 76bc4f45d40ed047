/*
 * tap: what passes on the wire, captured to a file (pcapng).
 *
 * Guarantees
 *  - while nothing is captured it costs one relaxed load a batch;
 *  - a packet is in the file whole, as an IP packet with its UDP header
 *    where there was one, with the wall clock's time and its direction, or
 *    is counted as lost: where the file is slower than the wire, the
 *    capture loses packets and the wire does not wait;
 *  - the file has what was sent and what came in an order that can have
 *    been: an answer is never before its question;
 *  - memory is bounded: GS_TAP_BUFFER twice, while a capture runs;
 *  - once gs_tap_stop() has returned the file is complete and closed;
 *  - a file that cannot be written ends the capture with one line in the
 *    log, and nothing else; it is cut after its last whole block.
 *
 * Locking: gs_tap_begin() to gs_tap_end() hold the tap's lock, a leaf but
 * for the log's; gs_tap_start(), gs_tap_stop() and gs_tap_fini() are for one
 * thread at a time, and wait for the file: no other lock may be held that
 * packets need.  Layer 2.
 */

#ifndef GS_TAP_H
#define GS_TAP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

/* Bytes that may wait for the file; as many may be on their way there. */
#define GS_TAP_BUFFER ((size_t)2 * 1024 * 1024)

struct gs_capture;

struct gs_tap {
	atomic_bool is_on; /* false: there is none */
	pthread_mutex_t mtx;
	struct gs_capture *capture; /* guarded by mtx; NULL: none */
};

struct gs_tap_packet {
	union gs_addr src, dst; /* of one family; the ports are UDP's */
	bool is_out;
	bool has_udp;	 /* or it is in IP as it is */
	bool has_header; /* data begins with the IP header: as it is */
	uint8_t tos;
	uint8_t ttl; /* 0: not known */
	const uint8_t *data;
	size_t len;
};

/* No failure: there is no capture yet. */
void gs_tap_init(struct gs_tap *tap);

/* Ends the capture, too. */
void gs_tap_fini(struct gs_tap *tap);

/*
 * Capture to the file path, which is made (0600), or emptied; a capture that
 * runs ends when the new one has begun.  about goes into the file, as a
 * comment.  0 or -errno, and then a line in the log:
 *
 *   -EBUSY  another capture is being written to it
 *   -ENXIO  a FIFO that nobody reads
 *
 * What ran before runs on then, unless path is its file.
 */
int gs_tap_start(struct gs_tap *tap, const char *path, const char *about);

/* 0, also where none ran; or -errno where the file is not all that passed,
 * as it could not be written. */
int gs_tap_stop(struct gs_tap *tap);

/* In a child of fork(): the file is the parent's. */
void gs_tap_in_child(struct gs_tap *tap);

/*
 * Is a capture on?  Then the tap is locked, and *now_ns what time it is,
 * until gs_tap_end(): what is sent meanwhile is put before what comes of it.
 */
bool gs_tap_begin(struct gs_tap *tap, uint64_t *now_ns);
void gs_tap_put_locked(struct gs_tap *tap, const struct gs_tap_packet *pkt,
    uint64_t now_ns);
void gs_tap_end(struct gs_tap *tap);

#endif
