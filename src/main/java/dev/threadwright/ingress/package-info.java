/**
 * Kafka in: from a record's bytes to a command for a thread, or the reason why it is none.
 *
 * <pre>
 *   record -> origin     where it first arrived, who may have sent it     {@link dev.threadwright.ingress.ForwardHeaders}
 *          -> envelope   a CloudEvent (binary, structured) or plain data  {@link dev.threadwright.ingress.EnvelopeReader}
 *          -> command    by type                                          {@link dev.threadwright.ingress.CommandReader}
 *          -> decoded    for this partition, another one, or dead         {@link dev.threadwright.ingress.RecordDecoder}
 * </pre>
 */
@NullMarked
package dev.threadwright.ingress;

import org.jspecify.annotations.NullMarked;
