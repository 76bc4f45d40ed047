/*
 * Echo: Java's SCTP channels as echo servers and their clients.
 *
 *   Echo.java listen channel|multi CLIENTS
 *       A server on a port of its own choice, which it prints.  It ends when
 *       so many associations have ended.
 *   Echo.java talk channel|multi PORT MESSAGES
 *       Send messages to 127.0.0.1, and want each of them back.
 *   Echo.java all
 *       Both in one process, each kind with each, a blocking and a selecting
 *       client, and an association that is branched off.
 *
 * "channel" is SctpChannel and SctpServerChannel, "multi" SctpMultiChannel.
 * Each message has a stream number and a payload protocol id, which have to
 * come back with it; with "loose" as the last word, they need not.
 */

import com.sun.nio.sctp.AbstractNotificationHandler;
import com.sun.nio.sctp.Association;
import com.sun.nio.sctp.AssociationChangeNotification;
import com.sun.nio.sctp.AssociationChangeNotification.AssocChangeEvent;
import com.sun.nio.sctp.HandlerResult;
import com.sun.nio.sctp.MessageInfo;
import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpMultiChannel;
import com.sun.nio.sctp.SctpServerChannel;
import com.sun.nio.sctp.SctpStandardSocketOptions;
import com.sun.nio.sctp.ShutdownNotification;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

public class Echo {
	static final int ROOM = 65536;
	static final int STREAMS = 8;
	static boolean isLoose;

	static void check(boolean isSo, String text) {
		if (!isSo)
			throw new IllegalStateException(text);
	}

	static InetSocketAddress any() {
		return new InetSocketAddress("127.0.0.1", 0);
	}

	static int portOf(Set<SocketAddress> all) {
		check(all.size() > 0, "no local address");
		return ((InetSocketAddress)all.iterator().next()).getPort();
	}

	static void say(String text) {
		System.out.println(text);
		System.out.flush();
	}

	/* What an association went through. */
	static class Changes extends AbstractNotificationHandler<Object> {
		int ups, downs;
		Association last;

		@Override
		public HandlerResult
		handleNotification(AssociationChangeNotification n, Object o) {
			AssocChangeEvent e = n.event();

			last = n.association();
			if (e == AssocChangeEvent.COMM_UP)
				ups++;
			else if (e == AssocChangeEvent.SHUTDOWN ||
			    e == AssocChangeEvent.COMM_LOST)
				downs++;
			return HandlerResult.RETURN;
		}

		@Override
		public HandlerResult
		handleNotification(ShutdownNotification n, Object o) {
			return HandlerResult.CONTINUE;
		}
	}

	/* Messages that are made one after the other, and checked. */
	static class Messages {
		final Random random = new Random(7);
		byte[] sent;
		int stream, ppid;
		long bytes;

		ByteBuffer next() {
			int[] sizes = { 1, 2, 1000, 1452,
				1 + random.nextInt(20000) };

			sent = new byte[sizes[random.nextInt(sizes.length)]];
			random.nextBytes(sent);
			stream = random.nextInt(STREAMS);
			ppid = random.nextInt();
			bytes += sent.length;
			return ByteBuffer.wrap(sent);
		}

		void check(ByteBuffer got, MessageInfo info) {
			got.flip();
			Echo.check(info.isComplete(), "a part of a message");
			Echo.check(got.equals(ByteBuffer.wrap(sent)),
			    sent.length + " bytes came back as " +
			    got.remaining() + " others");
			if (isLoose)
				return;
			Echo.check(info.streamNumber() == stream,
			    "stream " + stream + " became " +
			    info.streamNumber());
			Echo.check(info.payloadProtocolID() == ppid,
			    "payload protocol id " + ppid + " became " +
			    info.payloadProtocolID());
		}
	}

	/* -- servers ---------------------------------------------------- */

	static SctpServerChannel server;
	static SctpMultiChannel multi;

	static int bindChannel() throws Exception {
		server = SctpServerChannel.open();
		server.setOption(
		    SctpStandardSocketOptions.SCTP_INIT_MAXSTREAMS,
		    SctpStandardSocketOptions.InitMaxStreams.create(STREAMS,
			STREAMS));
		server.bind(any());
		return portOf(server.getAllLocalAddresses());
	}

	static int bindMulti() throws Exception {
		multi = SctpMultiChannel.open();
		multi.setOption(
		    SctpStandardSocketOptions.SCTP_INIT_MAXSTREAMS,
		    SctpStandardSocketOptions.InitMaxStreams.create(STREAMS,
			STREAMS), null);
		multi.bind(any());
		return portOf(multi.getAllLocalAddresses());
	}

	static String serveChannel(int clients) throws Exception {
		ByteBuffer buffer = ByteBuffer.allocateDirect(ROOM);
		long messages = 0, bytes = 0;

		for (int i = 0; i < clients; i++) {
			SctpChannel c = server.accept();
			Changes changes = new Changes();

			check(c.getRemoteAddresses().size() > 0, "no peer");
			for (;;) {
				MessageInfo info;

				buffer.clear();
				info = c.receive(buffer, null, changes);
				if (info == null)
					continue;
				if (info.bytes() == -1)
					break;
				check(info.isComplete(), "a part");
				buffer.flip();
				messages++;
				bytes += buffer.remaining();
				c.send(buffer, MessageInfo
				    .createOutgoing(null, info.streamNumber())
				    .payloadProtocolID(
					info.payloadProtocolID()));
			}
			c.close();
		}
		server.close();
		return "echoed " + messages + " " + bytes;
	}

	static String serveMulti(int clients) throws Exception {
		ByteBuffer buffer = ByteBuffer.allocate(ROOM);
		Changes changes = new Changes();
		long messages = 0, bytes = 0;

		while (changes.downs < clients) {
			MessageInfo info;

			buffer.clear();
			info = multi.receive(buffer, null, changes);
			if (info == null)
				continue;
			check(info.isComplete(), "a part of a message");
			check(multi.associations().contains(
			    info.association()), "an unknown association");
			buffer.flip();
			messages++;
			bytes += buffer.remaining();
			multi.send(buffer, MessageInfo
			    .createOutgoing(info.association(), null,
				info.streamNumber())
			    .payloadProtocolID(info.payloadProtocolID()));
		}
		check(changes.ups == clients,
		    changes.ups + " associations came up");
		check(multi.associations().isEmpty(), "some are left");
		multi.close();
		return "echoed " + messages + " " + bytes;
	}

	static int bind(String kind) throws Exception {
		return kind.equals("multi") ? bindMulti() : bindChannel();
	}

	static String serve(String kind, int clients) throws Exception {
		return kind.equals("multi") ? serveMulti(clients) :
					      serveChannel(clients);
	}

	/* -- clients ---------------------------------------------------- */

	static void talkChannel(int port, int messages) throws Exception {
		ByteBuffer buffer = ByteBuffer.allocate(ROOM);
		Changes changes = new Changes();
		Messages m = new Messages();
		SctpChannel c = SctpChannel.open(
		    new InetSocketAddress("127.0.0.1", port), STREAMS,
		    STREAMS);

		check(c.association() != null, "no association");
		check(isLoose ||
		    c.association().maxOutboundStreams() == STREAMS,
		    c.association().maxOutboundStreams() + " streams");
		for (int i = 0; i < messages; i++) {
			MessageInfo info;
			int n;

			ByteBuffer out = m.next();
			n = c.send(out, MessageInfo
			    .createOutgoing(null, m.stream)
			    .payloadProtocolID(m.ppid)
			    .unordered(i % 7 == 0));
			check(n == m.sent.length, "half a message was sent");
			buffer.clear();
			do
				info = c.receive(buffer, null, changes);
			while (info == null);
			m.check(buffer, info);
		}
		check(changes.ups <= 1 && changes.downs == 0, "it came down");
		c.shutdown();
		buffer.clear();
		for (;;) {
			MessageInfo info = c.receive(buffer, null, changes);

			if (info != null && info.bytes() == -1)
				break;
			check(info == null, "data after the shutdown");
		}
		c.close();
		say("echoed " + messages + " " + m.bytes);
	}

	/* The same with a selector, and a connect that does not wait. */
	static void talkSelecting(int port, int messages) throws Exception {
		ByteBuffer buffer = ByteBuffer.allocateDirect(ROOM);
		Selector selector = Selector.open();
		Changes changes = new Changes();
		Messages m = new Messages();
		SctpChannel c = SctpChannel.open();
		SelectionKey key;
		int left = messages;

		c.configureBlocking(false);
		c.setOption(SctpStandardSocketOptions.SCTP_NODELAY, true);
		c.setOption(SctpStandardSocketOptions.SCTP_INIT_MAXSTREAMS,
		    SctpStandardSocketOptions.InitMaxStreams.create(STREAMS,
			STREAMS));
		key = c.register(selector, SelectionKey.OP_CONNECT);
		if (c.connect(new InetSocketAddress("127.0.0.1", port)))
			key.interestOps(SelectionKey.OP_WRITE);
		while (left >= 0) {
			selector.select();
			selector.selectedKeys().clear();
			if (key.isConnectable()) {
				check(c.finishConnect(), "not connected");
				key.interestOps(SelectionKey.OP_WRITE);
			} else if (key.isWritable()) {
				int n = c.send(m.next(), MessageInfo
				    .createOutgoing(null, m.stream)
				    .payloadProtocolID(m.ppid));

				check(n == m.sent.length, "half a message");
				left--;
				buffer.clear();
				key.interestOps(SelectionKey.OP_READ);
			} else if (key.isReadable()) {
				MessageInfo info =
				    c.receive(buffer, null, changes);

				if (info == null)
					continue;
				m.check(buffer, info);
				if (left == 0)
					break;
				key.interestOps(SelectionKey.OP_WRITE);
			}
		}
		c.close();
		selector.close();
		say("echoed " + messages + " " + m.bytes);
	}

	/* One-to-many; the second half of the messages branched off. */
	static void talkMulti(int port, int messages) throws Exception {
		SocketAddress to = new InetSocketAddress("127.0.0.1", port);
		ByteBuffer buffer = ByteBuffer.allocateDirect(ROOM);
		Changes changes = new Changes();
		Messages m = new Messages();
		SctpMultiChannel c = SctpMultiChannel.open();
		SctpChannel branch = null;
		Association a = null;

		c.setOption(SctpStandardSocketOptions.SCTP_INIT_MAXSTREAMS,
		    SctpStandardSocketOptions.InitMaxStreams.create(STREAMS,
			STREAMS), null);
		c.bind(any());
		for (int i = 0; i < messages; i++) {
			MessageInfo info, out;
			ByteBuffer data = m.next();

			if (a == null)
				out = MessageInfo.createOutgoing(to, m.stream);
			else
				out = MessageInfo.createOutgoing(a, null,
				    m.stream);
			out.payloadProtocolID(m.ppid);
			if (branch != null)
				branch.send(data, MessageInfo
				    .createOutgoing(null, m.stream)
				    .payloadProtocolID(m.ppid));
			else
				c.send(data, out);
			buffer.clear();
			do
				info = branch != null ?
				    branch.receive(buffer, null, changes) :
				    c.receive(buffer, null, changes);
			while (info == null);
			m.check(buffer, info);
			if (branch == null) {
				check(changes.ups == 1, "nothing came up");
				a = info.association();
				check(a.equals(changes.last), "another one");
				check(to.equals(info.address()),
				    "from " + info.address());
			}
			if (i == messages / 2) {
				branch = c.branch(a);
				check(c.associations().isEmpty(),
				    "it is still there");
			}
		}
		branch.close();
		c.close();
		say("echoed " + messages + " " + m.bytes);
	}

	static void talk(String kind, int port, int n) throws Exception {
		if (kind.equals("multi"))
			talkMulti(port, n);
		else if (kind.equals("selecting"))
			talkSelecting(port, n);
		else
			talkChannel(port, n);
	}

	/* -- both ------------------------------------------------------- */

	static void both(String server, String client) throws Exception {
		int port = bind(server);
		Callable<String> body = () -> serve(server, 1);
		FutureTask<String> task = new FutureTask<>(body);
		Thread thread = new Thread(task);

		thread.setDaemon(true);
		thread.start();
		talk(client, port, 40);
		say(server + " serves " + client + ": " +
		    task.get(60, TimeUnit.SECONDS));
	}

	public static void main(String[] args) throws Exception {
		isLoose = args[args.length - 1].equals("loose");
		switch (args[0]) {
		case "listen":
			say("listening on " + bind(args[1]));
			say(serve(args[1], Integer.parseInt(args[2])));
			break;
		case "talk":
			talk(args[1], Integer.parseInt(args[2]),
			    Integer.parseInt(args[3]));
			break;
		default:
			for (String s : new String[] { "channel", "multi" })
				for (String c : new String[] { "channel",
					 "selecting", "multi" })
					both(s, c);
		}
	}
}
