package dev.threadwright.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** TCP ports on 127.0.0.1, the only address on which an embedded server listens. */
final class LoopbackPort {
    static final String HOST = "127.0.0.1";

    private LoopbackPort() {}

    /** Whether a server could listen on {@code port} now. Connections of a previous server in TIME_WAIT do not count. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Fails with the sentence that the user needs: which port, who needs it, and which keys change that. */
    static void requireFree(int port, String server, String portKey, String addressKey) {
        if (!isFree(port)) {
            throw new EmbeddedStartException(
                    "Port %d on %s is already in use, and the embedded %s needs it: set %s to a free port, or %s to use your own."
                            .formatted(port, HOST, server, portKey, addressKey));
        }
    }

    /** A port that was free a moment ago. */
    static int findFree() {
        try (ServerSocket socket = new ServerSocket(0, 1, address())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedStartException("No free port on " + HOST + ": " + e.getMessage(), e);
        }
    }

    private static InetAddress address() throws UnknownHostException {
        return InetAddress.getByName(HOST);
    }
}
