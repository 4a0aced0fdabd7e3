package dev.threadwright.query;

import dev.threadwright.sealing.Opening;

/** A row of which something may be sealed. */
interface SealedRow {

    /** Says what has to be opened. */
    void wants(Opening opening);

    /** Puts what is in it in the place of what is sealed. */
    void open(Opening opening);
}
