package dev.threadwright.http;

import io.smallrye.mutiny.Multi;

/**
 * A body that comes bit by bit, over minutes: its status and headers are sent at once, each part as soon as it is there, and
 * no part is made before the client has taken the one before.
 *
 * @param parts emitted on the request's context; cancelled when the client goes away
 */
record StreamedBody(Multi<byte[]> parts) {}
