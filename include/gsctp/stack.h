/*
 * The stack of gsctp: one a process, with its configuration, its start and
 * its end, and what it tells of itself.
 *
 * <gsctp/gsctp.h> includes this, and states the rules that hold here too.
 */

#ifndef GSCTP_STACK_H
#define GSCTP_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What carries SCTP's packets. */
enum gsctp_encapsulation {
	GSCTP_ENCAPS_UDP = 0,	/* UDP: no privilege */
	GSCTP_ENCAPS_RAW = 1,	/* IP itself, protocol 132: CAP_NET_RAW */
};

/* How the stack chooses its UDP port. */
enum gsctp_port_mode {
	GSCTP_PORT_AUTO = 0,	/* udp_port if it is free, else ephemeral */
	GSCTP_PORT_FIXED = 1,	/* udp_port, or -EADDRINUSE */
	GSCTP_PORT_EPHEMERAL = 2,
};

/* Levels of the log sink. */
enum gsctp_log_level {
	GSCTP_LOG_ERROR = 0,
	GSCTP_LOG_WARN = 1,
	GSCTP_LOG_INFO = 2,
	GSCTP_LOG_DEBUG = 3,
};

/*
 * Configuration of the stack.  All zero is the default, and what is zero
 * here is taken from the environment:
 *
 *   GSCTP_ENCAPSULATION  udp or raw; not looked at where a field here says
 *                        something of UDP
 *   GSCTP_UDP_PORT       "auto", 0 (ephemeral) or a port (fixed)
 *   GSCTP_PEER_UDP_PORT  the UDP port of peers not heard from yet
 *   GSCTP_UDP_OFFLOAD    on, or off: the system gets and gives packets one by
 *                        one, never many as one (UDP_SEGMENT, UDP_GRO)
 *   GSCTP_RUN_DIR        where the programs of a user on this host find each
 *                        other's UDP ports; empty: nowhere
 *   GSCTP_ADDRS          local addresses to use, separated by commas
 *   GSCTP_LOG            error, warn, info or debug, to standard error
 *   GSCTP_PCAP           a file to capture to, %p in it the process's id, %%
 *                        a %; not looked at in a program that runs with more
 *                        rights than its user
 *   GSCTP_FAULTS         what shall go wrong on the wire
 *
 * A variable that cannot be understood is -EINVAL, not a guess.
 */
struct gsctp_stack_config {
	uint32_t port_mode;	/* enum gsctp_port_mode */
	uint16_t udp_port;	/* 0: 9899 */
	uint16_t peer_udp_port;	/* 0: as found on this host, or 9899 */

	/*
	 * Numeric local addresses that the stack may use and tell peers
	 * of; NULL is every address of every interface that is up, and any
	 * of 127.0.0.0/8 for a socket that is bound to it.  Any of
	 * 127.0.0.0/8 may be named.  Copied.
	 */
	const char *const *addrs;
	size_t naddrs;

	/*
	 * Log sink: called from the thread that has something to say, with
	 * no lock held that the library's other callers wait for, but
	 * those of start and stop; NULL logs nothing unless GSCTP_LOG is
	 * set.  It must not call the library, and is not called again
	 * when the stack has stopped.
	 */
	void (*log)(void *arg, int level, const char *line);
	void *log_arg;
	int log_level;		/* up to this enum gsctp_log_level */

	/*
	 * UDP sockets that are bound already, for whoever may not, or shall
	 * not, bind them here: 64 at most, all to the same port, none
	 * connected, and no two to one address.  The stack works on
	 * duplicates, and the caller keeps his own, but must not read from
	 * them while it runs; it sets options on them, and does not change
	 * whether they block.  The addresses that they cannot send from are
	 * not used.  udp_port is 0, or the same port; port_mode is not
	 * GSCTP_PORT_EPHEMERAL.
	 */
	const int *udp_fds;
	size_t nudp_fds;

	/*
	 * Over raw IP a process needs CAP_NET_RAW, and the kernel must not
	 * have SCTP of its own.  Peers see SCTP as kernels send it; there is
	 * no UDP port, and the fields above that have to do with one must be
	 * 0.  Processes share the addresses of the host then, and must not
	 * have the same SCTP port; so packets to a port that no socket of
	 * this stack has are not answered, and a peer that connects to it
	 * hears nothing.  A socket that does not listen refuses as ever.
	 */
	uint32_t encapsulation;	/* enum gsctp_encapsulation */

	/*
	 * A file to which every packet is captured, from the first one on,
	 * as by gsctp_stack_capture(); and what shall go wrong on the wire,
	 * as by gsctp_stack_set_faults().  NULL: nothing.  Copied.
	 */
	const char *capture;
	const char *faults;

	uint32_t reserved[8];	/* must be 0 */
};

/* What gsctp_stack_info() tells. */
struct gsctp_stack_info {
	bool is_running;
	uint16_t udp_port;		/* in use now; 0: not running, raw IP */
	uint16_t peer_udp_port;		/* default for peers */
	uint32_t encapsulation;		/* enum gsctp_encapsulation */
	uint32_t sockets;		/* open handles */
	uint32_t associations;		/* with those that are ending */
	char version[32];		/* of this library */
	char engine[32];		/* of the engine, "usrsctp 0.9.5.0" */

	uint64_t in_packets;		/* SCTP packets read */
	uint64_t out_packets;
	uint64_t out_dropped;		/* the system did not take them */
	uint64_t in_bad_checksum;	/* packets refused, by reason */
	uint64_t in_bad_chunk;		/* too short, or malformed */
	uint64_t in_bad_init;		/* malformed INIT or INIT ACK */
	uint64_t in_bad_tag;		/* wrong verification tag */
	uint64_t in_bad_restart;	/* a restart that is refused */
	uint64_t wakeups;		/* of the stack's thread */
};

/*
 * Start the stack, or count one more user of it.
 *
 * Optional: the first gsctp_open() does it with cfg NULL.  cfg is only
 * read during the call; NULL takes everything from the environment.
 *
 * Threads: any.  Does not block.
 *
 * Returns 0, or
 *   -EADDRINUSE  the fixed UDP port is taken; or, over raw IP, the kernel
 *                has SCTP: "rmmod sctp", or UDP
 *   -EPERM       raw IP, and the process lacks the capability CAP_NET_RAW
 *   -EADDRNOTAVAIL an address of cfg or GSCTP_ADDRS is not this host's
 *                or none of udp_fds can send from it
 *   -E2BIG       more than 64 addresses or descriptors
 *   -EALREADY    the stack runs, and cfg is not NULL
 *   -EINVAL      cfg, or a variable of the environment, makes no sense; the
 *                log says what is wrong with one of udp_fds, or with faults
 *   -ENOENT, -EACCES, -EBUSY ...  capture, or GSCTP_PCAP, cannot be written:
 *                see gsctp_stack_capture()
 *   -ESTALE      after fork()
 *   -ENOMEM, -EMFILE ...  as the system says
 */
int gsctp_stack_start(const struct gsctp_stack_config *cfg);

/*
 * Take back one start; the last one ends the stack.
 *
 * Every socket is closed and its associations shut down (RFC 9260 9.2).
 * What is not done after timeout_ms is aborted, so that peers hear of it.
 * All sockets are stale then; mailboxes are not, and keep what they have.
 * The stack may be started again.  A normal exit of the program does the
 * same, and waits for as long as peers take what was sent: its limit is two
 * seconds in which nothing moves.
 *
 * Threads: any; calls that wait on a socket return -EBADF.
 * Blocks: up to timeout_ms and a little; 0 aborts at once.  -1 is -EINVAL.
 *
 * Returns 0, or -EALREADY if the stack does not run, -EINVAL, -ESTALE.
 */
int gsctp_stack_stop(int timeout_ms);

/* Fill *info.  0, or -ESTALE.  Does not block, does not start the stack. */
int gsctp_stack_info(struct gsctp_stack_info *info);

/*
 * Capture every packet of the stack to a file, in the format pcapng, which
 * Wireshark and tcpdump read.
 *
 * path is the file: it is made, for its owner alone (0600), or replaced.  A
 * capture that runs ends when the new one has begun, and no packet is missed
 * between the two, unless both are to the same file; NULL only ends it.
 * path is only read during the call.
 *
 * A packet is captured when the system has taken it, or given it: with the
 * IP and UDP headers that it had, as far as a process can know (not IP's
 * identification, flow label or fragments); malformed ones, too, and over
 * raw IP those for other processes.  The time is the wall clock's, the
 * interface the one that has the local address.  A packet is in the file
 * 200 ms later, or where that is slow is counted there as dropped: 4 MB wait
 * for it at most, and packets never do.  Where the file cannot be written
 * (a full disk) it ends with the last whole packet, the log has one line,
 * and all else goes on.  The end of the stack ends a capture in order; after
 * a crash the file can be read up to what was written.
 *
 * A FIFO needs a reader: one that is slow loses packets, and one that takes
 * nothing for a second at the end is left alone.
 *
 * Threads: any.  Blocks: while the file that ends is written.
 *
 * Returns 0, and then the file that has ended is complete and closed, or
 *   -EBUSY     another capture, of any process, is being written to path
 *   -ENXIO     path is a FIFO that nobody reads
 *   -ENOENT, -EACCES ...  path cannot be written, as the system says; what
 *              was captured before still is
 *   -ENOSPC, -EFBIG, -EIO ...  with NULL: it has ended, or had before; not
 *              all is in the file, as it could not be written
 *   -ENOTCONN  the stack does not run
 *   -ESTALE    after fork()
 *   -ENOMEM, -EMFILE ...  as the system says
 */
int gsctp_stack_capture(const char *path);

/*
 * Let things go wrong on the wire, to see how a program takes it; NULL, or
 * an empty spec, ends it.
 *
 * spec is words with commas between, such as
 * "loss=5%,reorder=5%,delay=20ms~5ms,seed=7":
 *
 *   loss=P%             packets vanish, each by itself
 *   burst=P%~N          N packets in a row do, on average; P%: that such a
 *                       burst begins with a packet
 *   duplicate=P%        come twice
 *   corrupt=P%          have a bit that is flipped: the checksum tells
 *   reorder=P%[~N]      let 1 to N (3) later packets go first, or wait 50 ms
 *   delay=T[~J]         take T more, J less or more; order is kept
 *   rate=R[~T]          share a link of R bits a second; what would wait for
 *                       it longer than T (100ms) is dropped
 *   mtu=N               are dropped where they have more than N bytes in IP
 *   blackhole=ADDR      are dropped where they are from ADDR or to it; as a
 *                       path fails.  For several, several words
 *   seed=N              repeats what happened; without it one is chosen, and
 *                       logged (GSCTP_LOG_INFO)
 *
 * P may have a fraction; T and J are in us, ms or s, R in bit, kbit, mbit or
 * gbit.  Each word but seed is for what leaves and for what comes, or after
 * "out." or "in." for that alone; of two that say the same of a direction
 * the later one counts.  So two sockets of one stack meet a word without
 * direction twice.  In this order: blackhole and mtu, then burst and loss;
 * what is left may be doubled, and one of the two corrupted; then rate,
 * delay, and reorder.  With the same seed the nth packet of a direction has
 * the same fate, however long it takes.  A capture has what leaves after all
 * that, and what comes before it.
 *
 * What was there before is replaced; packets that it has held back go on
 * their way at once.  No more than 32 MB is held back in a direction; what
 * is more is dropped.  spec is only read during the call.
 *
 * Threads: any.  Does not block.
 *
 * Returns 0, or
 *   -EINVAL    spec cannot be understood; the log says which word, and all
 *              is as it was
 *   -ENOTCONN  the stack does not run
 *   -ESTALE    after fork()
 *   -ENOMEM
 */
int gsctp_stack_set_faults(const char *spec);

/*
 * What a stack says of itself: a text in JSON, as gsctp_stack_status(3) has
 * it, with its sockets, its associations and their paths, and what they have
 * counted.
 *
 * pid is a process of the same user that runs a stack, in this process's own
 * namespace of ids; 0 is this process.  Others are asked through the run
 * directory (GSCTP_RUN_DIR), and do not have to do anything for it.
 * timeout_ms is in milliseconds, -1 waits without limit; it means nothing
 * where this process is asked.  On success *json is a NUL-terminated text,
 * which the caller frees with free().
 *
 * Threads: any.  Blocks: up to timeout_ms; this process's own status does
 * not, but for a while with very many associations.  Does not start a stack.
 *
 * Returns 0, or
 *   -ESRCH       no stack of this user runs there, or none that can be asked
 *   -ETIMEDOUT   no answer in time, or too many ask at once
 *   -ECONNRESET  it stopped while it answered
 *   -EPERM       the run directory is not this user's alone
 *   -ESTALE      this process is asked, after fork()
 *   -EINVAL, -ENOMEM, -EMFILE ...
 */
int gsctp_stack_status(pid_t pid, int timeout_ms, char **json);

/*
 * The processes of this user that run a stack, in this process's namespace of
 * ids, this one among them; in no order.  pids gets up to max, and may be
 * NULL for a max of 0.
 *
 * Threads: any.  Does not block.  Does not start a stack.
 *
 * Returns how many there are, which may be more than max; or -EPERM where the
 * run directory is not this user's alone, -EINVAL, -ENOMEM, -EMFILE ...
 */
int gsctp_stack_list(pid_t *pids, size_t max);

#ifdef __cplusplus
}
#endif

#endif
