package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection through a proxy: what comes from either side is looked at and handed to the other. */
final class Link {
    private static final int CHUNK = 32 * 1024;

    private final Proxy proxy;
    private final Socket client;
    private final Socket server;
    private final Wire wire;
    private final AtomicInteger open = new AtomicInteger(2);
    private volatile boolean cut;
    private volatile boolean clientLeft;

    private record Mark(Point point, int index) {}

    @FunctionalInterface
    private interface Look {
        void at(byte[] bytes, int length, Wire.Marks marks);
    }

    Link(Proxy proxy, Socket client, Socket server, Wire wire) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        this.wire = wire;
    }

    void start() {
        Thread.ofVirtual().name("to-" + proxy.name()).start(() -> pump(client, server, wire::fromClient));
        Thread.ofVirtual().name("from-" + proxy.name()).start(() -> pump(server, client, wire::fromServer));
    }

    String refusal() {
        return wire.refusal();
    }

    /** Whether the client has gone. */
    boolean isLeft() {
        return clientLeft || cut;
    }

    /** Both sides see a reset; what was under way is lost. */
    void reset() {
        cut = true;
        for (Socket socket : List.of(client, server)) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // It is closed already, which is all the same.
            }
            close(socket);
        }
        proxy.ended(this);
    }

    /** One side sees the end of what the other has to say, and can go on talking itself. */
    void halfClose(boolean towardsClient) {
        try {
            (towardsClient ? client : server).shutdownOutput();
        } catch (IOException e) {
            // It is closed already, and more than half of it.
        }
    }

    private void pump(Socket from, Socket to, Look look) {
        byte[] bytes = new byte[CHUNK];
        List<Mark> marks = new ArrayList<>();
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                marks.clear();
                look.at(bytes, length, (point, index) -> marks.add(new Mark(point, index)));
                proxy.awaitPassage();
                int done = 0;
                for (Mark mark : marks) {
                    out.write(bytes, done, mark.index() - done);
                    done = mark.index();
                    proxy.reached(mark.point(), this);
                    if (cut) {
                        return;
                    }
                }
                out.write(bytes, done, length - done);
            }
            clientLeft |= from == client;
            to.shutdownOutput();
            if (open.decrementAndGet() == 0) {
                close(client);
                close(server);
                proxy.ended(this);
            }
        } catch (IOException e) {
            // One side is gone: the other is to see it.
            reset();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left to close.
        }
    }
}
