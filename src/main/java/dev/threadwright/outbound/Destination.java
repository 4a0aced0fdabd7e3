package dev.threadwright.outbound;

import java.net.InetAddress;
import java.util.List;

/**
 * Where a request goes. The connection is made to one of these very addresses: a name that is looked up again may lead
 * elsewhere by then.
 *
 * @param host as the server there knows itself; brackets around an IPv6 address
 * @param addresses all that the host has, each of them checked
 * @param path with the query
 */
public record Destination(boolean isSecure, String host, int port, List<InetAddress> addresses, String path) {

    public Destination {
        addresses = List.copyOf(addresses);
    }

    /** Another one at each attempt, as long as there are. */
    public InetAddress address(int attempt) {
        return addresses.get(Math.floorMod(attempt - 1, addresses.size()));
    }
}
