package dev.threadwright.ending;

import dev.threadwright.outbound.AddressRange;
import dev.threadwright.outbound.Destination;
import dev.threadwright.outbound.Destinations;
import dev.threadwright.outbound.HostNames;
import dev.threadwright.outbound.RefusedAddressException;
import dev.threadwright.outbound.WebAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which addresses webhooks are sent to. */
public final class WebhookAddresses {

    private static final String WHOSE = "The webhook's";

    private final Destinations destinations;

    /** @param allowPrivate whether everything may be sent to: where those who ask for runs are trusted with the network */
    public WebhookAddresses(boolean allowPrivate) {
        this(allowPrivate, HostNames.OF_THE_SYSTEM);
    }

    WebhookAddresses(boolean allowPrivate, HostNames hostNames) {
        this.destinations = new Destinations(WHOSE, allowPrivate ? AddressRange.ALL : List.of(), hostNames);
    }

    /**
     * Why nothing will be sent to this address; null if something may be. Blocks while the host is looked up. A host that
     * is not found is no reason: it may be found when there is something to send, and is checked again then.
     */
    public @Nullable String check(String url) {
        try {
            target(url);
            return null;
        } catch (RefusedAddressException e) {
            return e.getMessage();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    Destination target(String url) throws RefusedAddressException, UnknownHostException {
        return destinations.of(WebAddress.of(WHOSE, url));
    }
}
