package dev.vellum.proxy.server;

import dev.vellum.proxy.net.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads who a load balancer speaks for, at the beginning of its connection: the PROXY protocol,
 * versions 1 and 2 (haproxy.org, proxy-protocol.txt). What does not begin so is closed.
 */
final class ProxyHeader extends ByteToMessageDecoder {

    private static final byte[] SIGNATURE = {
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
    };
    private static final byte[] FIRST = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    /** Section 2.1: what a line of version 1 has at most. */
    private static final int MOST_LINE = 107;

    /** Addresses and whatever else is told with them, which we do not read. */
    private static final int MOST_REST = 4096;

    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;

    private final InetSocketAddress peer;
    private final Consumer<InetSocketAddress> onClient;

    /**
     * @param peer the load balancer, which speaks for itself where it says so
     * @param onClient told once; it adds what reads the connection from here
     */
    ProxyHeader(InetSocketAddress peer, Consumer<InetSocketAddress> onClient) {
        this.peer = peer;
        this.onClient = onClient;
    }

    private static final class NoHeader extends Exception {
        private static final long serialVersionUID = 1;

        NoHeader() {
            super(null, null, false, false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        try {
            boolean binary = in.getByte(in.readerIndex()) == SIGNATURE[0];
            InetSocketAddress client =
                    !begins(in, binary ? SIGNATURE : FIRST)
                            ? null
                            : binary ? second(in) : first(in);
            if (client != null) {
                onClient.accept(client);
                context.pipeline().remove(this);
            }
        } catch (NoHeader other) {
            in.skipBytes(in.readableBytes());
            Channels.close(context.channel());
        }
    }

    /** Whether all of that is there; nothing else may be. */
    private static boolean begins(ByteBuf in, byte[] with) throws NoHeader {
        int known = Math.min(in.readableBytes(), with.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != with[i]) {
                throw new NoHeader();
            }
        }
        return known == with.length;
    }

    private @Nullable InetSocketAddress first(ByteBuf in) throws NoHeader {
        int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
        int length = (end < 0 ? in.writerIndex() : end + 1) - in.readerIndex();
        if (length > MOST_LINE) {
            throw new NoHeader();
        }
        if (end < 0) {
            return null;
        }
        String line = in.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
        if (!line.endsWith("\r\n")) {
            throw new NoHeader();
        }
        String[] words = line.substring(0, length - 2).split(" ", -1);
        return switch (words[1]) {
            case "UNKNOWN" -> peer;
            case "TCP4", "TCP6" -> {
                if (words.length != 6 || words[1].equals("TCP6") == (words[2].indexOf(':') < 0)) {
                    throw new NoHeader();
                }
                yield new InetSocketAddress(literal(words[2]), port(words[4]));
            }
            default -> throw new NoHeader();
        };
    }

    private static InetAddress literal(String text) throws NoHeader {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException none) {
            throw new NoHeader();
        }
    }

    private static int port(String text) throws NoHeader {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new NoHeader();
        }
        return Integer.parseInt(text);
    }

    private @Nullable InetSocketAddress second(ByteBuf in) throws NoHeader {
        if (in.readableBytes() < SIGNATURE.length + 4) {
            return null;
        }
        int at = in.readerIndex() + SIGNATURE.length;
        int command = in.getUnsignedByte(at);
        int family = in.getUnsignedByte(at + 1);
        int rest = in.getUnsignedShort(at + 2);
        if ((command != 0x20 && command != 0x21) || rest > MOST_REST) {
            throw new NoHeader();
        }
        if (in.readableBytes() < SIGNATURE.length + 4 + rest) {
            return null;
        }
        in.skipBytes(SIGNATURE.length + 4);
        ByteBuf told = in.readSlice(rest);
        // section 2.2: a family that is not told of, and LOCAL, mean the connection's own address
        return command == 0x20 || (family != TCP4 && family != TCP6)
                ? peer
                : source(told, family == TCP4 ? 4 : 16);
    }

    private static InetSocketAddress source(ByteBuf told, int bytes) throws NoHeader {
        if (told.readableBytes() < 2 * bytes + 4) {
            throw new NoHeader();
        }
        byte[] address = new byte[bytes];
        told.readBytes(address);
        told.skipBytes(bytes);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address), told.readUnsignedShort());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("address: " + bytes + " bytes", impossible);
        }
    }
}
