package dev.threadwright.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks up the addresses of a host; an address in text is its own. */
@FunctionalInterface
public interface HostNames {

    HostNames OF_THE_SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    List<InetAddress> addresses(String host) throws UnknownHostException;
}
