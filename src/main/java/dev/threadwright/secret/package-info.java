/** What steps may send and nobody may see: looked up when it is sent, taken out of what comes back, kept nowhere. */
@NullMarked
package dev.threadwright.secret;

import org.jspecify.annotations.NullMarked;
