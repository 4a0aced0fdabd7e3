/** What a server's owner may deploy: beans of these types are found by name. */
@NullMarked
package dev.threadwright.spi;

import org.jspecify.annotations.NullMarked;
