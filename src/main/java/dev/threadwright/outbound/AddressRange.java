package dev.threadwright.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The addresses that begin with these bits: {@code 10.0.0.0/8}. */
public record AddressRange(byte[] prefix, int bits) {

    /** All there are, of both kinds. */
    public static final List<AddressRange> ALL = List.of(of("0.0.0.0/0"), of("::/0"));

    /** @throws IllegalArgumentException if it is none */
    public static AddressRange of(String text) {
        try {
            int slash = text.indexOf('/');
            byte[] prefix = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            int bits = slash < 0 ? prefix.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= prefix.length * 8) {
                return new AddressRange(prefix, bits);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("No range of addresses: " + text, e);
        }
        throw new IllegalArgumentException("No range of addresses: " + text);
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((bytes[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** The last four bytes of an IPv6 address, which hold an IPv4 address in ranges made for that. */
    static InetAddress embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            return InetAddress.getByAddress(new byte[] {
                bytes[bytes.length - 4], bytes[bytes.length - 3], bytes[bytes.length - 2], bytes[bytes.length - 1]
            });
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }
}
